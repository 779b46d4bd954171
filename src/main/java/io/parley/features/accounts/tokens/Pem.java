package io.parley.features.accounts.tokens;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys in PEM text. What is read has been checked for kind and strength. */
final class Pem {
    static final int MIN_RSA_BITS = 2048;

    private static final int P256_BITS = 256;
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /**
     * @param source named in the error
     * @throws IllegalStateException when the text is not an RSA private key in PKCS#8 of at least 2048 bits
     */
    static RSAPrivateCrtKey rsaPrivateKey(String pem, String source) {
        var key = key(new PKCS8EncodedKeySpec(content(pem, "PRIVATE KEY", source)), source);
        if (!(key instanceof RSAPrivateCrtKey rsa)) {
            throw new IllegalStateException(source + " is not an RSA private key in PKCS#8");
        }
        requireStrong(rsa.getModulus().bitLength(), source);
        return rsa;
    }

    /**
     * @throws IllegalStateException when the text is neither an RSA public key of at least 2048 bits nor one on the
     *     curve P-256
     */
    static PublicKey publicKey(String pem, String source) {
        var key = key(new X509EncodedKeySpec(content(pem, "PUBLIC KEY", source)), source);
        if (key instanceof RSAPublicKey rsa) {
            requireStrong(rsa.getModulus().bitLength(), source);
            return rsa;
        }
        if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == P256_BITS) {
            return ec;
        }
        throw new IllegalStateException(source + " is neither an RSA nor a P-256 public key");
    }

    static RSAPublicKey publicOf(RSAPrivateCrtKey key) {
        try {
            return (RSAPublicKey) KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        } catch (GeneralSecurityException defect) {
            throw new IllegalStateException("every Java knows RSA", defect);
        }
    }

    static String text(Key key) {
        String kind = key instanceof PublicKey ? "PUBLIC KEY" : "PRIVATE KEY";
        return "-----BEGIN " + kind + "-----\n" + LINES.encodeToString(key.getEncoded()) + "\n-----END " + kind
                + "-----\n";
    }

    private static byte[] content(String pem, String kind, String source) {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find() || !block.group(1).equals(kind)) {
            throw new IllegalStateException(source + " is not a PEM file of the kind \"" + kind + "\"");
        }
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalStateException(source + " is damaged", notBase64);
        }
    }

    private static Key key(KeySpec spec, String source) {
        return key("RSA", spec)
                .or(() -> key("EC", spec))
                .orElseThrow(() -> new IllegalStateException(source + " holds no RSA or EC key"));
    }

    /** Empty when the key is of another kind. */
    private static Optional<Key> key(String kind, KeySpec spec) {
        try {
            KeyFactory factory = KeyFactory.getInstance(kind);
            return Optional.of(
                    spec instanceof X509EncodedKeySpec ? factory.generatePublic(spec) : factory.generatePrivate(spec));
        } catch (InvalidKeySpecException otherKind) {
            return Optional.empty();
        } catch (GeneralSecurityException defect) {
            throw new IllegalStateException("every Java knows RSA and EC", defect);
        }
    }

    private static void requireStrong(int bits, String source) {
        if (bits < MIN_RSA_BITS) {
            throw new IllegalStateException(
                    source + " has " + bits + " bits; RSA keys must have at least " + MIN_RSA_BITS);
        }
    }
}
