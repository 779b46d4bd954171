package io.parley.features.viewing;

import io.parley.features.viewing.ViewingActions.Viewers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation that sessions of one event loop show, or look into. Each part of the loop minds its own fields. */
final class Scene {
    final UUID tenant;
    final UUID conversation;

    /** Whose members may look. */
    final UUID root;

    /** Who shows it here, by person. */
    final Map<UUID, Mark> marks = HashMap.newHashMap(1);

    /** Those of whom Redis does not know yet whether they show it here. */
    final Set<UUID> unnoted = new LinkedHashSet<>(2);

    /** Who is told of it. */
    final Set<Spectator> spectators = HashSet.newHashSet(1);

    /** Those who have not been told yet what is known now. */
    final Set<Spectator> untold = new LinkedHashSet<>(2);

    /** Null until it has been asked for the first time. */
    @Nullable
    Viewers viewers;

    /** When Redis was last told all of it, and when it last answered. */
    long saidAt;

    long answeredAt;

    /** Not before that may it be told again. */
    long tellAfter;

    /** Somebody who shows it on one or more sessions of the loop. */
    static final class Mark {
        final Scene scene;
        final UUID user;
        int screens;

        /** Whether others may know. */
        boolean shown;

        /** When that was learnt. */
        long knownAt;

        Mark(Scene scene, UUID user) {
            this.scene = scene;
            this.user = user;
        }
    }

    Scene(UUID tenant, UUID conversation, UUID root, long now) {
        this.tenant = tenant;
        this.conversation = conversation;
        this.root = root;
        this.saidAt = now;
        this.answeredAt = now;
        this.tellAfter = now;
    }

    boolean shows(UUID user) {
        Mark mark = marks.get(user);
        return mark != null && mark.shown;
    }

    /** Whether nobody needs it any more, apart from what Redis must be told. */
    boolean deserted() {
        return marks.isEmpty() && spectators.isEmpty();
    }
}
