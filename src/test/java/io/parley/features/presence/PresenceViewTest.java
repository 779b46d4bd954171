package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.features.presence.PresenceView.Kept;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresenceViewTest {
    private static final Person ADA = new Person(new UUID(0, 1), new UUID(0, 2));
    private static final Veil OPEN = new Veil(true, false, Set.of(), Set.of());

    @ParameterizedTest
    @CsvSource({
        // chosen, best device, settling, others see, he sees
        "online,0,false,offline,offline",
        "online,0,true,unknown,unknown",
        "online,1,false,away,away",
        "online,2,true,online,online",
        "busy,0,false,offline,offline",
        "busy,1,false,busy,busy",
        "busy,2,false,busy,busy",
        "invisible,0,false,offline,offline",
        "invisible,0,true,offline,unknown",
        "invisible,1,false,offline,invisible",
        "invisible,2,false,offline,invisible",
    })
    void devicesAndChoiceMakeOneStatus(String chosen, int best, boolean settling, String others, String own) {
        Standing standing = PresenceView.of(ADA, new Kept(chosen, best, 5L, 3L, 1), 7, settling);

        assertThat(standing.status()).isEqualTo(others);
        assertThat(standing.own()).isEqualTo(own);
    }

    @Test
    void lastSeenIsToldOfThoseWhoAreOfflineAndOfTheInvisibleItIsWhenTheyHid() {
        Standing gone =
                PresenceView.of(ADA, new Kept("online", 0, 5L, 3L, 1), 7, false).lastSeenFor("everybody");
        Standing hidden = PresenceView.of(ADA, new Kept("invisible", 2, 5L, 3L, 1), 7, false)
                .lastSeenFor("everybody");
        Standing here = PresenceView.of(ADA, new Kept("online", 2, 5L, 3L, 1), 7, false);
        UUID viewer = new UUID(0, 9);

        assertThat(PresenceEvents.seen(gone, viewer, OPEN).lastSeen()).isEqualTo(Instant.ofEpochMilli(5));
        assertThat(PresenceEvents.seen(hidden, viewer, OPEN).lastSeen()).isEqualTo(Instant.ofEpochMilli(3));
        assertThat(PresenceEvents.seen(hidden, ADA.user(), OPEN).lastSeen()).isNull();
        assertThat(PresenceEvents.seen(here, viewer, OPEN).lastSeen()).isNull();
        assertThat(PresenceEvents.seen(PresenceView.unknown(ADA), viewer, OPEN).status())
                .isEqualTo("unknown");
    }

    @Test
    void lastSeenIsToldOnlyThoseWhoMayKnow() {
        Standing gone = PresenceView.of(ADA, new Kept("online", 0, 5L, 3L, 1), 7, false);
        UUID viewer = new UUID(0, 9);
        Veil friend = new Veil(true, false, Set.of(), Set.of(ADA.user()));

        assertThat(PresenceEvents.seen(gone, viewer, friend).lastSeen())
                .as("not known who may")
                .isNull();
        assertThat(PresenceEvents.seen(gone.lastSeenFor("nobody"), viewer, friend)
                        .lastSeen())
                .isNull();
        assertThat(PresenceEvents.seen(gone.lastSeenFor("contacts"), viewer, OPEN)
                        .lastSeen())
                .isNull();
        assertThat(PresenceEvents.seen(gone.lastSeenFor("contacts"), viewer, friend)
                        .lastSeen())
                .isEqualTo(Instant.ofEpochMilli(5));
        assertThat(PresenceEvents.seen(gone.lastSeenFor("nobody"), ADA.user(), OPEN)
                        .lastSeen())
                .isEqualTo(Instant.ofEpochMilli(5));
    }

    @Test
    void whoHidesLooksLikeSomebodyUnknownToTheServer() {
        Standing here = PresenceView.of(ADA, new Kept("online", 2, 5L, 3L, 1), 7, false);
        Standing gone = PresenceView.of(ADA, new Kept("online", 0, 5L, 3L, 1), 7, false);
        Standing unknown = PresenceView.unknown(ADA);
        UUID viewer = new UUID(0, 9);

        for (Veil veil : List.of(
                new Veil(true, false, Set.of(ADA.user()), Set.of()), new Veil(true, true, Set.of(), Set.of()))) {
            assertThat(PresenceEvents.seen(here, viewer, veil)).isEqualTo(new Seen(ADA.user(), "offline", null));
            assertThat(PresenceEvents.seen(gone, viewer, veil)).isEqualTo(new Seen(ADA.user(), "offline", null));
            assertThat(PresenceEvents.seen(unknown, viewer, veil).status()).isEqualTo("unknown");
            assertThat(PresenceEvents.seen(here, ADA.user(), veil).status()).isEqualTo("online");
        }
        assertThat(PresenceEvents.seen(here, viewer, new Veil(true, false, Set.of(viewer), Set.of()))
                        .status())
                .isEqualTo("online");
        assertThat(PresenceEvents.seen(here, viewer, Veil.UNKNOWN)).isEqualTo(new Seen(ADA.user(), "unknown", null));
    }
}
