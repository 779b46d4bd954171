package io.parley.features.contacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about contacts, requests and blocks; answered beside the database. */
public final class ContactActions {
    public static final Action<Request, Requested> REQUEST =
            Action.of("contacts.request", Request.class, Requested.class);
    public static final Action<Pair, Nothing> ACCEPT = Action.of("contacts.accept", Pair.class, Nothing.class);
    public static final Action<Pair, Nothing> DECLINE = Action.of("contacts.decline", Pair.class, Nothing.class);
    public static final Action<Pair, Nothing> CANCEL = Action.of("contacts.cancel", Pair.class, Nothing.class);
    public static final Action<Pair, Nothing> REMOVE = Action.of("contacts.remove", Pair.class, Nothing.class);
    public static final Action<Pair, Nothing> BLOCK = Action.of("contacts.block", Pair.class, Nothing.class);
    public static final Action<Pair, Nothing> UNBLOCK = Action.of("contacts.unblock", Pair.class, Nothing.class);
    public static final Action<ListOwn, Contacts> LIST = Action.of("contacts.list", ListOwn.class, Contacts.class);
    public static final Action<ListRequests, Requests> LIST_REQUESTS =
            Action.of("contacts.listRequests", ListRequests.class, Requests.class);
    public static final Action<ListOwn, Blocks> LIST_BLOCKS =
            Action.of("contacts.listBlocks", ListOwn.class, Blocks.class);

    /**
     * Who has blocked each of some people, who shows him more than others, and whom alone he may see, in the order of the
     * question.
     */
    public static final Action<People, Blockers> BLOCKERS =
            Action.of("contacts.blockers", People.class, Blockers.class);

    private ContactActions() {}

    /** @param user whom he asks */
    public record Request(
            UUID tenant, UUID actor, UUID user, @Nullable String message) {}

    /** @param now false: it was so before */
    public record Requested(Relation relation, boolean now) {}

    /** @param state requested, or contact when he had asked, too */
    public record Relation(UUID user, String state) {}

    /** Somebody who does something about another. */
    public record Pair(UUID tenant, UUID actor, UUID user) {}

    /** @param cursor the {@code next} of the page before */
    public record ListOwn(
            UUID tenant, UUID user, int limit, @Nullable String cursor) {}

    /** @param direction incoming or outgoing */
    public record ListRequests(
            UUID tenant,
            UUID user,
            String direction,
            int limit,
            @Nullable String cursor) {}

    public record Contact(UUID user, Instant since) {}

    public record Contacts(
            List<Contact> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** One that waits for an answer, as one of the two sees it. */
    public record ContactRequest(
            UUID user, String direction, @Nullable String message, Instant createdAt) {}

    public record Requests(
            List<ContactRequest> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    public record Block(UUID user, Instant since) {}

    public record Blocks(
            List<Block> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    public record Person(UUID tenant, UUID user) {}

    public record People(List<Person> people) {}

    public record Blockers(List<BlockedBy> people) {}

    /**
     * @param tooMany more than can be told: take it that everybody has blocked him
     * @param confidants those of his contacts who tell their contacts, and nobody else, when they were last there
     * @param acquaintances of a guest: of those whom he knows as many as can be told, and nobody else is shown to him; null:
     *     he is none
     */
    public record BlockedBy(
            List<UUID> users,
            boolean tooMany,
            List<UUID> confidants,
            @Nullable List<UUID> acquaintances) {
        /** Of somebody who is no guest. */
        public BlockedBy(List<UUID> users, boolean tooMany, List<UUID> confidants) {
            this(users, tooMany, confidants, null);
        }
    }
}
