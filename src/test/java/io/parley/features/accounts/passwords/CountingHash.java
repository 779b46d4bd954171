package io.parley.features.accounts.passwords;

import io.parley.support.Metrics;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Stands for the slow function: fast, and remembers what it was asked to do and on which thread. */
public final class CountingHash implements PasswordHash {
    private final List<String> checkedOn = Collections.synchronizedList(new ArrayList<>());

    /** A hasher that uses this. */
    public PasswordHasher hasher(Vertx vertx) {
        return new PasswordHasher(vertx, 1, 100, new Metrics(), this);
    }

    /** How many passwords were compared with a hash. */
    public int checks() {
        return checkedOn.size();
    }

    List<String> checkedOn() {
        return checkedOn;
    }

    @Override
    public String hash(String password) {
        return "hash of " + password;
    }

    @Override
    public boolean matches(String password, String hash) {
        checkedOn.add(Thread.currentThread().getName());
        return hash.equals("hash of " + password);
    }
}
