package io.parley.features.contacts;

import io.parley.bus.Nothing;
import io.parley.features.contacts.ContactActions.Pair;
import io.parley.features.contacts.ContactActions.Relation;
import io.parley.features.contacts.ContactActions.Request;
import io.parley.features.contacts.ContactActions.Requested;
import io.parley.features.contacts.ContactChanges.Done;
import io.vertx.core.Future;
import java.util.function.Function;

/** Changes what is between two people: the change, then the events of it, then the answer. */
final class ContactService {
    private final ContactChanges changes;
    private final ContactPublisher publisher;

    ContactService(ContactChanges changes, ContactPublisher publisher) {
        this.changes = changes;
        this.publisher = publisher;
    }

    Future<Requested> request(Request asked) {
        return told(changes.request(asked)).map(done -> {
            boolean accepted = done.outcome().equals("accepted");
            if (accepted) {
                publisher.looksDifferent(new Pair(asked.tenant(), asked.actor(), asked.user()), done.conversation());
            }
            return new Requested(
                    new Relation(asked.user(), accepted || done.outcome().equals("contact") ? "contact" : "requested"),
                    !done.events().isEmpty());
        });
    }

    Future<Nothing> accept(Pair asked) {
        return shown(asked, changes::accept);
    }

    Future<Nothing> decline(Pair asked) {
        return told(changes.decline(asked)).map(done -> Nothing.NOTHING);
    }

    Future<Nothing> cancel(Pair asked) {
        return told(changes.cancel(asked)).map(done -> Nothing.NOTHING);
    }

    Future<Nothing> remove(Pair asked) {
        return shown(asked, changes::remove);
    }

    Future<Nothing> block(Pair asked) {
        return shown(asked, changes::block);
    }

    Future<Nothing> unblock(Pair asked) {
        return shown(asked, changes::unblock);
    }

    /** Also tells those who show presence and typing, because contacts may see more and the blocked less. */
    private Future<Nothing> shown(Pair asked, Function<Pair, Future<Done>> change) {
        return told(change.apply(asked)).map(done -> {
            if (!done.events().isEmpty()) {
                publisher.looksDifferent(asked, done.conversation());
            }
            return Nothing.NOTHING;
        });
    }

    private Future<Done> told(Future<Done> change) {
        return change.map(done -> {
            ContactRules.requireDone(done);
            publisher.told(done.events());
            return done;
        });
    }
}
