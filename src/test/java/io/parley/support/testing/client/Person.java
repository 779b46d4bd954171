package io.parley.support.testing.client;

import java.util.UUID;

/** Somebody who may open clients. */
public record Person(UUID id, String name, Tokens tokens) {
    public static Person of(SignedIn account) {
        return new Person(account.user(), account.username(), account);
    }
}
