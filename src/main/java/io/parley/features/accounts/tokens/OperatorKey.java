package io.parley.features.accounts.tokens;

import io.parley.support.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** The bearer key of the operator's calls. Reading and making one blocks. */
public final class OperatorKey {
    private static final int MIN_CHARS = 32;
    private static final int RANDOM_BYTES = 32;

    private final Secret key;

    private OperatorKey(Secret key) {
        this.key = key;
    }

    /**
     * @param configured empty: nobody is the operator
     * @throws IllegalStateException when it is too short to resist guessing
     */
    public static OperatorKey of(Secret configured) {
        if (!configured.isEmpty() && configured.reveal().length() < MIN_CHARS) {
            throw new IllegalStateException("auth.operatorKey must have at least " + MIN_CHARS + " characters");
        }
        return new OperatorKey(configured);
    }

    /** The key in {@code operator.key}, made when it is not there. For a node that keeps everything itself. */
    public static OperatorKey loadOrMake(Path directory) {
        Path file = directory.resolve("operator.key");
        if (Files.notExists(file)) {
            byte[] random = new byte[RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            OwnerFiles.makeDirectory(directory);
            OwnerFiles.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
        }
        return of(new Secret(OwnerFiles.read(file).strip()));
    }

    /** Compares in constant time. */
    public boolean matches(String bearer) {
        return !key.isEmpty() && key.matches(bearer);
    }
}
