package io.parley.loadtest.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Positions;
import io.parley.loadtest.check.Rhythm;
import io.parley.loadtest.check.RoomIndex;
import io.parley.loadtest.check.SendPlan;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.check.Violation;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.provision.Topology.Layer;
import io.parley.loadtest.wire.UuidText;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Four people in two rooms get what a server with planted faults sends; each fault must be called by its name. */
class InboxTest {
    private static final int SENDS = 20;

    private final Topology topology = Topology.of(4, List.of(new Layer(2, 1, 1)), 1);
    private final List<UUID> rooms = ids(2);
    private final List<UUID> users = ids(4);
    private final Texts texts = new Texts(40);
    private final InvariantCheck check = new InvariantCheck(2);
    private final Inbox inbox = new Inbox(new RoomIndex(rooms), users, texts, check);
    private final Step step = Step.of(new SendPlan(1, 5, 0, Rhythm.even(1000), SENDS, SendPlan.BY_SHARES, topology));
    private final List<Guest> guests = IntStream.range(0, 4)
            .mapToObj(person -> new Guest(
                    new Positions(person, users.get(person), topology.roomsOf().get(person))))
            .toList();

    private static final class Guest implements Inbox.Session {
        final Positions positions;
        boolean ready;
        int heartbeatMs;
        String refused = "";
        String cursor = "";

        @Nullable
        CatchUp catchUp;

        boolean repeats;
        final List<Integer> asked = new ArrayList<>();
        final List<Integer> answered = new ArrayList<>();

        Guest(Positions positions) {
            this.positions = positions;
        }

        @Override
        public Positions positions() {
            return positions;
        }

        @Override
        public void ready() {
            ready = true;
        }

        @Override
        public void heartbeat(int ms) {
            heartbeatMs = ms;
        }

        @Override
        public void refused(String code) {
            refused = code;
        }

        @Override
        public @Nullable CatchUp catchUp() {
            return catchUp;
        }

        @Override
        public void cursor(byte[] bytes, int from, int to) {
            cursor = new String(bytes, from, to - from, US_ASCII);
        }

        @Override
        public void answered(int send) {
            answered.add(send);
        }

        @Override
        public boolean again(int send, String code) {
            return repeats;
        }

        @Override
        public boolean askAgain(int slot, String code) {
            return false;
        }

        @Override
        public void ask(int slot) {
            asked.add(slot);
        }

        @Override
        public void caughtUp() {
            catchUp = null;
        }
    }

    /** The server's side: what was committed in which room, as events. */
    private record Event(int index, int room, long version, String message) {
        String frame(UUID conversation) {
            return "{\"type\":\"message.created\",\"conversation\":\"" + conversation + "\",\"version\":" + version
                    + ",\"message\":" + message + "}";
        }
    }

    private static List<UUID> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> UUID.randomUUID()).toList();
    }

    private List<Event> commitAll() {
        inbox.begin(step);
        step.ledger().sent(SENDS);
        List<Event> events = new ArrayList<>();
        long[] versions = {0, 0};
        for (int index = 0; index < SENDS; index++) {
            int room = step.plan().room(index);
            events.add(event(index, room, ++versions[room]));
        }
        return events;
    }

    private Event event(int index, int room, long version) {
        return new Event(index, room, version, message(index, room, version));
    }

    private String message(int index, int room, long version) {
        byte[] id = new byte[UuidText.LENGTH];
        UuidText.write(step.plan().idHigh(), step.plan().idLow(index), id, 0);
        byte[] number = new byte[Texts.NUMBER_LENGTH];
        UuidText.writeHex(index, number, 0, number.length);
        return "{\"id\":\"" + new String(id, US_ASCII) + "\",\"conversation\":\"" + rooms.get(room) + "\",\"number\":"
                + version + ",\"version\":" + version + ",\"sender\":\""
                + users.get(step.plan().sender(index))
                + "\",\"type\":\"text\",\"text\":\"" + new String(number, US_ASCII)
                + new String(texts.words(), US_ASCII)
                + "\",\"createdAt\":\"2026-11-20T09:16:02.481Z\",\"editedAt\":null}";
    }

    private void get(Guest guest, String frame) {
        byte[] bytes = frame.getBytes(US_ASCII);
        inbox.frame(guest, bytes, 0, bytes.length, 0);
    }

    private void deliver(List<Event> events) {
        for (Event event : events) {
            for (int person : topology.members().get(event.room())) {
                get(guests.get(person), event.frame(rooms.get(event.room())));
            }
        }
    }

    private void acknowledge(Event event, long number) {
        get(
                guests.get(step.plan().sender(event.index())),
                "{\"type\":\"ok\",\"id\":\"" + step.plan().command(event.index())
                        + "\",\"result\":{\"id\":\"x\",\"number\":" + number + ",\"version\":" + event.version()
                        + ",\"createdAt\":\"x\"}}");
    }

    private Violations close() {
        return check.close(guests.stream().map(guest -> guest.positions).toList(), check.heads());
    }

    private static Event firstOf(List<Event> events, int room) {
        return events.stream().filter(event -> event.room() == room).findFirst().orElseThrow();
    }

    @Test
    void whatIsRightIsFoundRight() {
        List<Event> events = commitAll();
        events.forEach(event -> acknowledge(event, event.version()));
        deliver(events);

        assertThat(close().counts()).isEmpty();
        assertThat(inbox.answers()).isEqualTo(SENDS);
        assertThat(inbox.recorder().receive().getTotalCount()).isEqualTo(2 * SENDS);
        assertThat(inbox.recorder().ack().getTotalCount()).isEqualTo(SENDS);
    }

    @Test
    void severalEventsInOneFrameAreSeen() {
        List<Event> events = commitAll();
        for (Guest guest : guests) {
            int room = guest.positions.room(0);
            get(
                    guest,
                    "["
                            + String.join(
                                    ",",
                                    events.stream()
                                            .filter(e -> e.room() == room)
                                            .map(e -> e.frame(rooms.get(room)))
                                            .toList())
                            + "]");
        }

        assertThat(close().counts()).isEmpty();
        assertThat(inbox.recorder().receive().getTotalCount()).isEqualTo(2 * SENDS);
    }

    @Test
    void anEventLeftOutIsLost() {
        List<Event> events = commitAll();
        Event dropped = firstOf(events, 0);
        deliver(events.stream().filter(event -> !event.equals(dropped)).toList());

        assertThat(close().count(Violation.LOST)).isEqualTo(2);
    }

    @Test
    void theLastEventLeftOutIsLostWhenItWasAcknowledged() {
        List<Event> events = commitAll();
        Event last = events.getLast();
        acknowledge(last, last.version());
        deliver(events.subList(0, SENDS - 1));

        assertThat(close().count(Violation.LOST)).isEqualTo(2);
    }

    @Test
    void anEventGivenTwiceIsDoubled() {
        List<Event> events = commitAll();
        deliver(events);
        deliver(List.of(events.getFirst()));

        assertThat(close().counts()).containsOnlyKeys(Violation.DOUBLED);
    }

    @Test
    void twoEventsExchangedAreReordered() {
        List<Event> events = commitAll();
        List<Event> mine = events.stream().filter(event -> event.room() == 0).toList();
        List<Event> swapped = new ArrayList<>(mine);
        swapped.set(0, mine.get(1));
        swapped.set(1, mine.get(0));
        deliver(swapped);

        assertThat(close().count(Violation.REORDERED)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void sendsOfOnePersonCommittedInAnotherOrderAreReordered() {
        commitAll();
        int person = step.plan().sender(0);
        int second = IntStream.range(1, SENDS)
                .filter(i -> step.plan().sender(i) == person)
                .findFirst()
                .orElseThrow();
        int room = step.plan().room(0);
        deliver(List.of(event(second, room, 1), event(0, room, 2)));

        assertThat(close().count(Violation.REORDERED)).isEqualTo(1);
    }

    @Test
    void anEventForSomebodyElseIsMisdelivered() {
        List<Event> events = commitAll();
        Event event = firstOf(events, 0);
        int stranger = topology.members().get(1)[0];
        get(guests.get(stranger), event.frame(rooms.get(0)));

        assertThat(check.close(List.of(), check.heads()).counts()).containsOnlyKeys(Violation.MISDELIVERED);
    }

    @Test
    void aMessageInAnotherRoomIsMisdelivered() {
        List<Event> events = commitAll();
        Event event = firstOf(events, 0);
        deliver(List.of(new Event(event.index(), 1, 1, event.message())));

        assertThat(close().count(Violation.MISDELIVERED)).isEqualTo(2);
    }

    @Test
    void aMessageInSomebodyElsesNameIsMisdelivered() {
        Event event = commitAll().getFirst();
        String sender = users.get(step.plan().sender(event.index())).toString();
        deliver(List.of(new Event(
                event.index(),
                event.room(),
                1,
                event.message().replace(sender, UUID.randomUUID().toString()))));

        assertThat(close().count(Violation.MISDELIVERED)).isEqualTo(2);
    }

    @Test
    void anotherTextIsAltered() {
        Event event = commitAll().getFirst();
        deliver(List.of(
                new Event(event.index(), event.room(), 1, event.message().replace("loom", "looms"))));

        assertThat(close().count(Violation.ALTERED)).isEqualTo(2);
    }

    @Test
    void anotherNumberThanAcknowledgedIsMisnumbered() {
        List<Event> events = commitAll();
        acknowledge(events.getFirst(), 99);
        deliver(events);

        assertThat(close().counts()).containsOnlyKeys(Violation.MISNUMBERED);
    }

    @Test
    void twoRepliesAreOneTooMany() {
        List<Event> events = commitAll();
        acknowledge(events.getFirst(), 1);
        acknowledge(events.getFirst(), 1);
        deliver(events);

        assertThat(close().counts()).containsOnlyKeys(Violation.ANSWERED_TWICE);
    }

    @Test
    void aMessageThatWasNotSentIsAPhantom() {
        List<Event> events = commitAll();
        step.ledger().sent(SENDS - 1);
        deliver(events);

        assertThat(close().counts()).containsOnlyKeys(Violation.PHANTOM);
    }

    @Test
    void aSummaryStandsForTheEventsInIt() {
        List<Event> events = commitAll();
        List<Event> mine = events.stream().filter(event -> event.room() == 0).toList();
        Event first = mine.getFirst();
        List<Event> summed = mine.subList(1, mine.size());
        deliver(List.of(first));
        String summary = "{\"type\":\"changes\",\"conversation\":\"" + rooms.get(0)
                + "\",\"after\":1,\"result\":{\"epoch\":\"x\",\"version\":" + mine.size() + ",\"messages\":["
                + String.join(",", summed.stream().map(Event::message).toList())
                + "],\"members\":[],\"more\":false,\"reset\":false}}";
        for (int person : topology.members().get(0)) {
            get(guests.get(person), summary);
        }

        assertThat(close().counts()).isEmpty();
        assertThat(inbox.recorder().healedCount()).isEqualTo(2L * summed.size());
        assertThat(inbox.recorder().receive().getTotalCount()).isEqualTo(2L * mine.size());
    }

    @Test
    void readyTellsWhereTheSessionStands() {
        Guest guest = guests.get(topology.members().get(0)[0]);
        String head = "{\"conversation\":\"" + rooms.get(0) + "\",\"lastNumber\":6,\"lastVersion\":7,\"readNumber\":0}";

        get(
                guest,
                "{\"type\":\"ready\",\"id\":\"hello\",\"heartbeatMs\":1234,\"cursor\":\"c\",\"changed\":[],\"complete\":false}");
        assertThat(guest.ready).isFalse();
        get(guest, "{\"type\":\"changed\",\"changed\":[" + head + "],\"complete\":true,\"cursor\":\"c\"}");

        assertThat(guest.ready).isTrue();
        assertThat(guest.heartbeatMs).isEqualTo(1234);
        assertThat(guest.positions.version(0)).isEqualTo(7);
    }

    /** A session that comes back after the first event, and has begun to ask for the rest. */
    private Guest backAfter(Event first) {
        Guest guest = guests.get(topology.members().get(0)[0]);
        get(guest, first.frame(rooms.get(0)));
        CatchUp behind = new CatchUp();
        behind.await(0);
        behind.begin();
        guest.catchUp = behind;
        return guest;
    }

    private String changesUntil(List<Event> events, long version) {
        return "{\"type\":\"ok\",\"id\":\"c0\",\"result\":{\"epoch\":\"x\",\"version\":" + version + ",\"messages\":["
                + String.join(
                        ",",
                        events.stream()
                                .filter(event -> event.version() <= version)
                                .map(Event::message)
                                .toList())
                + "],\"members\":[],\"more\":false,\"reset\":false}}";
    }

    @Test
    void whatCameWhileCatchingUpFollowsTheAnswer() {
        List<Event> mine =
                commitAll().stream().filter(event -> event.room() == 0).toList();
        Guest guest = backAfter(mine.getFirst());

        get(guest, mine.get(3).frame(rooms.get(0)));
        get(guest, mine.get(4).frame(rooms.get(0)));
        get(guest, changesUntil(mine, 4));

        assertThat(guest.positions.version(0)).isEqualTo(5);
        assertThat(guest.catchUp).isNull();
        assertThat(inbox.recorder().receive().getTotalCount()).isEqualTo(5);
        assertThat(check.close(List.of(guest.positions), new long[] {5, 0}).counts())
                .isEmpty();
    }

    @Test
    void anEventThatCrossedTheAnswerIsNotDoubled() {
        List<Event> mine =
                commitAll().stream().filter(event -> event.room() == 0).toList();
        Guest guest = backAfter(mine.getFirst());

        get(guest, changesUntil(mine, 4));
        get(guest, mine.get(3).frame(rooms.get(0)));
        get(guest, mine.get(4).frame(rooms.get(0)));

        assertThat(inbox.recorder().receive().getTotalCount()).isEqualTo(5);
        assertThat(check.close(List.of(guest.positions), new long[] {5, 0}).counts())
                .isEmpty();
    }

    @Test
    void whoseAnswerEndsBeforeWhatCameMeanwhileAsksOnceMore() {
        List<Event> mine =
                commitAll().stream().filter(event -> event.room() == 0).toList();
        Guest guest = backAfter(mine.getFirst());

        get(guest, mine.get(4).frame(rooms.get(0)));
        get(guest, changesUntil(mine, 3));
        assertThat(guest.asked).containsExactly(0);
        get(guest, changesUntil(mine, 5));

        assertThat(guest.catchUp).isNull();
        assertThat(inbox.recorder().receive().getTotalCount()).isEqualTo(5);
        assertThat(check.close(List.of(guest.positions), new long[] {5, 0}).counts())
                .isEmpty();
    }

    @Test
    void whatIsNotInTheAnswerIsLost() {
        List<Event> mine =
                commitAll().stream().filter(event -> event.room() == 0).toList();
        Guest guest = backAfter(mine.getFirst());
        get(guest, changesUntil(mine.subList(0, 2), 4));

        long received = inbox.recorder().receive().getTotalCount();

        assertThat(received).as("the count over all finds it: 2 instead of 4").isEqualTo(2);
    }

    @Test
    void theCursorIsHandedOver() {
        Guest guest = guests.getFirst();
        get(guest, "{\"type\":\"pong\",\"id\":\"ping\",\"userVersion\":1,\"cursor\":\"MToyODU\",\"changed\":[]}");

        assertThat(guest.cursor).isEqualTo("MToyODU");
        assertThat(guest.ready).isFalse();
    }

    @Test
    void aSendThatWillBeRepeatedIsNotAnsweredYet() {
        List<Event> events = commitAll();
        Event first = events.getFirst();
        Guest sender = guests.get(step.plan().sender(first.index()));
        sender.repeats = true;
        get(
                sender,
                "{\"type\":\"error\",\"id\":\"" + step.plan().command(first.index())
                        + "\",\"error\":{\"code\":\"unavailable\",\"detail\":\"x\"}}");
        assertThat(inbox.answers()).isZero();
        acknowledge(first, first.version());
        deliver(events);

        assertThat(sender.answered).containsExactly(first.index());
        assertThat(inbox.recorder().errors()).isEmpty();
        assertThat(close().counts()).isEmpty();
    }

    @Test
    void errorsAreCountedByCode() {
        commitAll();
        get(
                guests.getFirst(),
                "{\"type\":\"error\",\"id\":\"hello\",\"error\":{\"code\":\"unauthenticated\",\"detail\":\"x\"}}");
        get(
                guests.getFirst(),
                "{\"type\":\"error\",\"id\":\"" + step.plan().command(0)
                        + "\",\"error\":{\"code\":\"unavailable\",\"detail\":\"x\"}}");

        assertThat(guests.getFirst().refused).isEqualTo("unauthenticated");
        assertThat(inbox.recorder().errors())
                .containsEntry("command: unauthenticated", 1L)
                .containsEntry("send: unavailable", 1L);
        assertThat(inbox.answers()).isEqualTo(1);
    }
}
