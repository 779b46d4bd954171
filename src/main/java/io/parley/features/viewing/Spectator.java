package io.parley.features.viewing;

import io.parley.features.contacts.ContactActions;
import io.parley.features.presence.Veil;
import io.parley.features.presence.Veils;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.features.viewing.ViewingEvents.Seen;
import io.parley.server.session.Caller;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A session that is told who shows some conversations: that which it shows itself, and those that it watches. */
final class Spectator implements Veils.Onlooker {
    final Caller session;
    private final Consumer<Scene> toTell;
    private @Nullable Scene shown;
    private Set<Scene> watched = Set.of();

    /** Null until it has been asked for the first time; before that nothing is told. */
    private @Nullable Veil veil;

    /** @param toTell gets the scenes of which there is anything to tell */
    Spectator(Caller session, Consumer<Scene> toTell) {
        this.session = session;
        this.toTell = toTell;
    }

    private UUID user() {
        return session.principal().user();
    }

    @Override
    public ContactActions.Person person() {
        return new ContactActions.Person(session.principal().tenant(), user());
    }

    Set<Scene> watched() {
        return watched;
    }

    void show(@Nullable Scene scene) {
        shown = scene;
    }

    void watch(Set<Scene> scenes) {
        watched = scenes;
    }

    /** All of which it is told. */
    Set<Scene> scenes() {
        Set<Scene> all = new LinkedHashSet<>(watched);
        if (shown != null) {
            all.add(shown);
        }
        return all;
    }

    /** Is told where that makes a difference. */
    @Override
    public void veiled(Veil next) {
        Veil last = veil;
        veil = next;
        for (Scene scene : scenes()) {
            Viewers viewers = scene.viewers;
            if (viewers != null
                    && (last == null
                            || !ViewingEvents.seen(viewers, user(), last)
                                    .equals(ViewingEvents.seen(viewers, user(), next)))) {
                scene.untold.add(this);
                toTell.accept(scene);
            }
        }
    }

    /**
     * Tells who shows it, as this session sees it.
     *
     * @param all from whom nobody hides
     * @param bytes to be told to those who see all
     * @return false when it must be told another time: the socket is too slow, or it is not known who hides
     */
    boolean tell(Viewers viewers, Seen all, Buffer bytes) {
        if (veil == null) {
            return false;
        }
        Seen seen = ViewingEvents.seen(viewers, user(), veil);
        return session.offer(seen.equals(all) ? bytes : ViewingEvents.viewing(viewers.conversation(), seen));
    }
}
