package io.parley.features.viewing;

import io.parley.bus.Frame;
import io.parley.features.viewing.ViewingActions.Asked;
import io.parley.features.viewing.ViewingActions.Note;
import io.parley.features.viewing.ViewingActions.Noted;
import io.parley.features.viewing.ViewingActions.Notes;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.server.presence.Gathering;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Answers for viewing beside Redis, and tells of what has changed those nodes that may have somebody who looks. */
final class ViewerService {
    /** Of nobody: for who only asks. */
    private static final UUID NOWHERE = new UUID(0, 0);

    private final ViewerStore store;
    private final Gathering<Change> changes;

    private record Change(UUID root, Viewers viewers) {}

    ViewerService(ViewerStore store, Vertx vertx, Consumer<List<Frame>> publish) {
        this.store = store;
        this.changes = new Gathering<>(
                vertx,
                change -> change.viewers().conversation(),
                (old, next) -> next.viewers().at() < old.viewers().at() ? old : next,
                changed -> publish.accept(
                        changed.stream().map(ViewerService::frame).toList()));
    }

    /** Whoever may look into the conversation is in its root, so that is where it goes. */
    private static Frame frame(Change change) {
        return Frame.asked(change.root(), Json.encode(change.viewers()));
    }

    Future<Noted> note(Notes asked) {
        return store.note(asked).map(done -> {
            List<Change> changed = new ArrayList<>();
            for (int i = 0; i < done.size(); i++) {
                if (done.get(i).changed()) {
                    changed.add(
                            new Change(asked.notes().get(i).root(), done.get(i).viewers()));
                }
            }
            changes.add(changed);
            return new Noted(done.stream().map(ViewerStore.Done::viewers).toList());
        });
    }

    /** What has ended by itself is told by those who ask again and again because they show it or look into it. */
    Future<Viewers> viewers(Asked asked) {
        Note nothing = new Note(asked.tenant(), asked.conversation(), NOWHERE, List.of(), List.of());
        return store.note(new Notes(NOWHERE, List.of(nothing)))
                .map(done -> done.getFirst().viewers());
    }
}
