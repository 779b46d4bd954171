package io.parley.features.accounts.passwords;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;

/** The slow function itself. Takes some 80 ms of a core and 19 MiB: never call it on an event loop. */
interface PasswordHash {
    /** Argon2id as OWASP advises it, in the PHC text form, which carries the parameters and the salt. */
    PasswordHash ARGON2ID = new PasswordHash() {
        private static final int MEMORY_KIB = 19_456;
        private static final int PASSES = 2;
        private static final int LANES = 1;
        private static final int HASH_BYTES = 32;
        private static final int SALT_BYTES = 16;

        @Override
        public String hash(String password) {
            var argon2 = Argon2Function.getInstance(MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID);
            return Password.hash(password)
                    .addRandomSalt(SALT_BYTES)
                    .with(argon2)
                    .getResult();
        }

        @Override
        public boolean matches(String password, String hash) {
            return Password.check(password, hash).with(Argon2Function.getInstanceFromHash(hash));
        }
    };

    String hash(String password);

    boolean matches(String password, String hash);
}
