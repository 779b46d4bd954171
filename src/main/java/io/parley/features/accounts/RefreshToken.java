package io.parley.features.accounts;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A refresh token: 256 random bits, of which the first half (the selector) stays the same for all tokens of a log-in
 * and the second half is new in each. Whoever shows the selector has or had a token of that log-in. Only hashes of it
 * are stored; being random, the bits need no slow hash.
 */
final class RefreshToken {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int HALF = 16;
    private static final int TEXT_CHARS = 43;

    private final byte[] bits;

    private RefreshToken(byte[] bits) {
        this.bits = bits;
    }

    /** The first token of a log-in. */
    static RefreshToken first() {
        return new RefreshToken(random(2 * HALF));
    }

    /** The next token of the same log-in. */
    RefreshToken successor() {
        byte[] next = Arrays.copyOf(bits, 2 * HALF);
        System.arraycopy(random(HALF), 0, next, HALF, HALF);
        return new RefreshToken(next);
    }

    /** Reads what somebody shows; empty when it cannot be a token. */
    static Optional<RefreshToken> parse(String text) {
        try {
            return text.length() == TEXT_CHARS
                    ? Optional.of(new RefreshToken(Base64.getUrlDecoder().decode(text)))
                    : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** The token itself, for the one whom it is made for. */
    String reveal() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    Buffer selectorHash() {
        return hash(Arrays.copyOf(bits, HALF));
    }

    Buffer hash() {
        return hash(bits);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static Buffer hash(byte[] bytes) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException defect) {
            throw new IllegalStateException("every Java knows SHA-256", defect);
        }
    }
}
