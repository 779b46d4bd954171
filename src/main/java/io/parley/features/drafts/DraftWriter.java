package io.parley.features.drafts;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PersonalFrame;
import io.parley.features.drafts.DraftActions.Begun;
import io.parley.features.drafts.DraftActions.Draft;
import io.parley.features.drafts.DraftActions.Save;
import io.parley.features.drafts.DraftStore.Saved;
import io.parley.server.persistence.GatheredWrites;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Gathers drafts for half a second and writes all of them in one call, of one person in one conversation the last: so
 * whoever types takes two versions a second at most, and all who type on an instance together two rows of the journal. Lives
 * on one event loop.
 */
final class DraftWriter {
    static final long GATHER_MS = 500;
    private static final int MOST_CALLERS = 20_000;

    private final GatheredWrites<Save, Saved> writes;
    private final DraftRules rules;
    private final int most;

    /** @param most drafts of one person */
    DraftWriter(Vertx vertx, Bus bus, DraftStore store, DraftRules rules, int most) {
        this.writes = new GatheredWrites<>(vertx, GATHER_MS, GATHER_MS, MOST_CALLERS, new Drafts(bus, store));
        this.rules = rules;
        this.most = most;
    }

    private record Key(UUID conversation, UUID user) {}

    private record Drafts(Bus bus, DraftStore store) implements GatheredWrites.Kind<Save, Saved> {
        @Override
        public String name() {
            return "drafts";
        }

        @Override
        public Object key(Save asked) {
            return new Key(asked.conversation(), asked.user());
        }

        @Override
        public Save merge(Save earlier, Save later) {
            return later;
        }

        @Override
        public int bytes(Save asked) {
            return asked.draft() == null ? 0 : asked.draft().text().length() * Character.BYTES;
        }

        @Override
        public Future<List<Saved>> write(List<Save> batch) {
            return store.save(batch);
        }

        @Override
        public void committed(List<Save> batch, List<Saved> results) {
            for (int i = 0; i < batch.size(); i++) {
                if (results.get(i).outcome().equals("ok")) {
                    tell(batch.get(i), results.get(i));
                }
            }
        }

        private void tell(Save asked, Saved saved) {
            bus.events().publish(new PersonalFrame(asked.user(), saved.userVersion(), false, event(asked, saved)));
        }

        private static Buffer event(Save asked, Saved saved) {
            Begun begun = asked.draft();
            if (begun == null) {
                return DraftEvents.removed(saved.userVersion(), asked.conversation());
            }
            Draft draft = new Draft(
                    asked.conversation(), begun.text(), begun.replyTo(), Objects.requireNonNull(saved.changedAt()));
            return DraftEvents.updated(saved.userVersion(), draft);
        }
    }

    /** @return done when this draft, or a later one, is committed */
    Future<Nothing> save(Save asked) {
        if (asked.draft() != null) {
            rules.requireFit(asked.draft());
        }
        return writes.submit(asked).map(saved -> switch (saved.outcome()) {
            case "ok", "unchanged" -> Nothing.NOTHING;
            case "not_found" -> throw AppError.notFound();
            case "too_many" -> throw AppError.of(ErrorCode.CONFLICT, "At most " + most + " drafts are kept");
            default -> throw new IllegalStateException("unknown outcome " + saved.outcome());
        });
    }
}
