package io.parley.server.session;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands for an access token in the URL of one event stream, where a token must not be. One half names what was
 * deposited for it, the other opens that: so nobody can read a token, or make a stream, from what is deposited.
 */
final class Ticket {
    private static final int HALF = 16;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;

    private Ticket(byte[] bytes) {
        this.bytes = bytes;
    }

    static Ticket make() {
        byte[] bytes = new byte[2 * HALF];
        RANDOM.nextBytes(bytes);
        return new Ticket(bytes);
    }

    /** @throws AppError {@code unauthenticated}: not a ticket of ours */
    static Ticket parse(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (bytes.length == 2 * HALF) {
                return new Ticket(bytes);
            }
        } catch (IllegalArgumentException notBase64) {
            // the one error below
        }
        throw refused();
    }

    static AppError refused() {
        return AppError.of(ErrorCode.UNAUTHENTICATED, "The ticket has been used, has expired, or has never been one");
    }

    /** For the URL. */
    String text() {
        return text(bytes);
    }

    /** Under which the token is deposited. */
    String name() {
        return text(ByteBuffer.allocate(HALF).put(bytes, 0, HALF).array());
    }

    String seal(String token) {
        return text(crypt(Cipher.ENCRYPT_MODE, token.getBytes(StandardCharsets.UTF_8)));
    }

    /** @throws AppError {@code unauthenticated}: sealed by another ticket of the same name */
    String open(String sealed) {
        return new String(crypt(Cipher.DECRYPT_MODE, Base64.getUrlDecoder().decode(sealed)), StandardCharsets.UTF_8);
    }

    /** The key is for this one text, so the nonce need not be another each time. */
    private byte[] crypt(int mode, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode, new SecretKeySpec(bytes, HALF, HALF, "AES"), new GCMParameterSpec(TAG_BITS, new byte[12]));
            return cipher.doFinal(text);
        } catch (AEADBadTagException other) {
            throw refused();
        } catch (GeneralSecurityException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
