package io.parley.features.contacts;

import io.parley.features.contacts.ContactActions.ListOwn;
import io.parley.features.contacts.ContactActions.ListRequests;
import io.parley.features.contacts.ContactActions.Pair;
import io.parley.features.contacts.ContactActions.Request;
import io.parley.features.contacts.ContactChanges.Done;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Call;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes questions of what clients say, and answers of what the database says became of them. */
final class ContactRules {
    /** Requests of one person that may wait for an answer at once. */
    static final int MOST_WAITING = 500;

    /** Long enough that pestering is no use, short enough that a mistake heals. Whoever declined may ask at any time. */
    static final int AFTER_DECLINE_SECONDS = (int) TimeUnit.DAYS.toSeconds(7);

    /** Asking and taking back in turn would be a way to ring somebody's bell. */
    static final int AFTER_CANCEL_SECONDS = (int) TimeUnit.MINUTES.toSeconds(10);

    private static final long DEFAULT_LIMIT = 50;

    private ContactRules() {}

    /** @throws AppError {@code validation_failed} */
    static Request request(Principal caller, UUID user, @Nullable String message) {
        requireAnother(caller, user);
        String text = message == null ? "" : message.strip();
        return new Request(caller.tenant(), caller.user(), user, text.isEmpty() ? null : text);
    }

    static Pair pair(Call call) {
        return new Pair(call.principal().tenant(), call.principal().user(), call.id("userId"));
    }

    /** @throws AppError {@code validation_failed} */
    static Pair another(Call call) {
        Pair pair = pair(call);
        requireAnother(call.principal(), pair.user());
        return pair;
    }

    private static void requireAnother(Principal caller, UUID user) {
        if (caller.user().equals(user)) {
            throw AppError.field("user", "range", "must be somebody else");
        }
    }

    static ListOwn list(Call call) {
        return new ListOwn(
                call.principal().tenant(),
                call.principal().user(),
                limit(call),
                call.query("cursor").orElse(null));
    }

    static ListRequests listRequests(Call call) {
        return new ListRequests(
                call.principal().tenant(),
                call.principal().user(),
                call.query("direction").orElseThrow(),
                limit(call),
                call.query("cursor").orElse(null));
    }

    private static int limit(Call call) {
        return call.number("limit").orElse(DEFAULT_LIMIT).intValue();
    }

    /**
     * Returns where what was asked for is so now.
     *
     * @throws AppError why it is not
     */
    static void requireDone(Done done) {
        switch (done.outcome()) {
            case "ok", "unchanged", "new", "requested", "accepted", "contact" -> {}
            case "not_found" -> throw AppError.notFound();
            case "refused" -> throw AppError.of(ErrorCode.FORBIDDEN, "This person takes no requests");
            case "blocked" -> throw AppError.of(ErrorCode.CONFLICT, "You have blocked this person");
            case "too_early" -> throw AppError.rateLimited(done.waitMs());
            case "too_many" ->
                throw AppError.of(ErrorCode.CONFLICT, "At most " + MOST_WAITING + " requests may wait for an answer");
            default -> throw new IllegalStateException("unknown outcome " + done.outcome());
        }
    }
}
