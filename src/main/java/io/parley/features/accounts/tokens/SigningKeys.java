package io.parley.features.accounts.tokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The RSA keys of our access tokens, from a directory of {@code <kid>.pem} files. All of them verify and one signs: so
 * keys are rotated by adding a file on every node, then making it the signing one, and removing the old file after
 * the life of an access token; nobody is logged out. Loading blocks.
 */
public final class SigningKeys {
    private static final String SUFFIX = ".pem";
    private static final int BITS_OF_NEW_KEYS = 2048;

    private final SortedMap<String, RSAPrivateCrtKey> keys;
    private final String signingKid;

    private SigningKeys(SortedMap<String, RSAPrivateCrtKey> keys, String signingKid) {
        this.keys = keys;
        this.signingKid = signingKid;
    }

    /**
     * @param signingKid the key that signs; empty: the last by name
     * @throws IllegalStateException saying in a line what is wrong with the directory or a key
     */
    public static SigningKeys load(Path directory, String signingKid) {
        SortedMap<String, RSAPrivateCrtKey> keys = new TreeMap<>();
        for (Path file : pemFiles(directory)) {
            String name = file.getFileName().toString();
            String kid = name.substring(0, name.length() - SUFFIX.length());
            keys.put(kid, Pem.rsaPrivateKey(OwnerFiles.read(file), file.toString()));
        }
        if (keys.isEmpty()) {
            throw new IllegalStateException("auth.keys: " + directory + " holds no <kid>.pem file");
        }
        String signing = signingKid.isEmpty() ? keys.lastKey() : signingKid;
        if (!keys.containsKey(signing)) {
            throw new IllegalStateException("auth.signingKey: there is no " + signing + SUFFIX + " in " + directory);
        }
        return new SigningKeys(keys, signing);
    }

    /** As {@link #load}, but a directory without keys gets one. For a node that keeps everything itself. */
    public static SigningKeys loadOrMake(Path directory, String signingKid) {
        OwnerFiles.makeDirectory(directory);
        if (pemFiles(directory).isEmpty()) {
            String kid = "key-" + UUID.randomUUID().toString().substring(0, 8);
            OwnerFiles.write(directory.resolve(kid + SUFFIX), Pem.text(newKey()));
        }
        return load(directory, signingKid);
    }

    private static List<Path> pemFiles(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException unreadable) {
            throw new IllegalStateException("auth.keys: cannot read the directory " + directory, unreadable);
        }
    }

    private static RSAPrivateCrtKey newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS_OF_NEW_KEYS);
            return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
        } catch (GeneralSecurityException defect) {
            throw new IllegalStateException("every Java knows RSA", defect);
        }
    }

    /** The ids of all keys. */
    List<String> kids() {
        return new ArrayList<>(keys.keySet());
    }

    String signingKid() {
        return signingKid;
    }

    RSAPrivateCrtKey key(String kid) {
        RSAPrivateCrtKey key = keys.get(kid);
        if (key == null) {
            throw new IllegalArgumentException("no such key: " + kid);
        }
        return key;
    }
}
