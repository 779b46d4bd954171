package io.parley.features.search;

import io.parley.features.search.SearchActions.FindMessages;
import io.parley.features.search.SearchActions.Sort;
import io.parley.support.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A question to search, put together piece by piece; by itself for all of a person's messages, the newest first. */
final class Ask {
    private final UUID user;
    private final @Nullable String q;
    private UUID tenant = TestDatabase.TENANT;
    private List<UUID> conversations = List.of();
    private @Nullable UUID sender;
    private @Nullable Instant before;
    private @Nullable Instant after;
    private boolean link;
    private boolean mentionsMe;
    private boolean inThreads;
    private Sort sort = Sort.NEWEST;
    private boolean grouped;
    private int limit = 20;
    private @Nullable String cursor;

    Ask(UUID user, @Nullable String q) {
        this.user = user;
        this.q = q;
    }

    Ask tenant(UUID other) {
        tenant = other;
        return this;
    }

    Ask in(UUID conversation) {
        conversations = List.of(conversation);
        return this;
    }

    Ask from(UUID person) {
        sender = person;
        return this;
    }

    Ask between(@Nullable Instant first, @Nullable Instant past) {
        after = first;
        before = past;
        return this;
    }

    Ask withLink() {
        link = true;
        return this;
    }

    Ask mentioningMe() {
        mentionsMe = true;
        return this;
    }

    Ask inThreads() {
        inThreads = true;
        return this;
    }

    Ask sorted(Sort order) {
        sort = order;
        return this;
    }

    Ask grouped(boolean wanted) {
        grouped = wanted;
        return this;
    }

    Ask page(int most, @Nullable String from) {
        limit = most;
        cursor = from;
        return this;
    }

    FindMessages now() {
        return new FindMessages(
                tenant,
                user,
                q,
                conversations,
                sender,
                before,
                after,
                null,
                link,
                mentionsMe,
                inThreads,
                sort,
                grouped,
                limit,
                cursor);
    }
}
