package io.parley.features.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.bus.Frame;
import io.parley.bus.PresenceFrame;
import io.parley.bus.PresenceFrame.Standing;
import io.parley.features.presence.PresenceActions.Beat;
import io.parley.features.presence.PresenceActions.Choice;
import io.parley.features.presence.PresenceActions.Choices;
import io.parley.features.presence.PresenceActions.Choose;
import io.parley.features.presence.PresenceActions.Doing;
import io.parley.features.presence.PresenceActions.People;
import io.parley.features.presence.PresenceActions.Person;
import io.parley.features.presence.PresenceActions.Pulse;
import io.parley.features.presence.PresenceActions.Report;
import io.parley.features.presence.PresenceActions.Reported;
import io.parley.features.presence.PresenceActions.Sight;
import io.parley.features.presence.PresenceActions.Standings;
import io.parley.features.typing.TypingActions;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Between nodes everything goes as JSON, and must be the same there. */
class PresenceWireTest {
    private static final UUID ID = Ids.next();

    static Stream<Record> records() {
        Standing offline = new Standing(ID, ID, "offline", "invisible", 17L, "contacts", (1L << 53) - 1, 4);
        Standing unknown = new Standing(ID, ID, "unknown", "unknown", null, "nobody", 0, 0);
        Choice choice = new Choice(ID, ID, "busy", 1_800_000_000_000L, Instant.ofEpochMilli(1_800_000_000_123L));
        TypingActions.Typist typist = new TypingActions.Typist(ID, ID, ID);
        return Stream.of(
                new PresenceFrame(List.of(offline, unknown)),
                new PresenceFrame(
                        List.of(), List.of(new PresenceFrame.Viewer(ID, ID), new PresenceFrame.Viewer(ID, null))),
                new Standings(List.of(offline, unknown)),
                new Choose(ID, ID, "busy"),
                choice,
                new Choices(List.of(choice)),
                new People(List.of(new Person(ID, ID))),
                new Beat(ID, true),
                new Pulse(true, 5, false),
                new Report(ID, List.of(new Sight(ID, ID, ID, Doing.GONE, 3, true))),
                new Reported(true, false),
                new TypingActions.Room(ID, ID, ID),
                new TypingActions.Size(3, true),
                new TypingActions.Notes(List.of(new TypingActions.Typing(typist, true))),
                new TypingActions.Typists(List.of(ID)),
                Frame.passing(ID, ID, Buffer.buffer("{}")),
                Frame.passing(ID, null, Buffer.buffer("{}")),
                Frame.asked(ID, Buffer.buffer("{}")),
                Frame.of(ID, 1, 1, Buffer.buffer("{}"), 5));
    }

    @ParameterizedTest
    @MethodSource("records")
    void itSurvives(Record record) {
        assertThat(Json.decode(Json.encode(record), record.getClass())).isEqualTo(record);
    }
}
