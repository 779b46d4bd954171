package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** Bugs that show in what devices saw. */
final class SeenPlants {
    private SeenPlants() {}

    /** A change to the entries of one device at one place. */
    private interface Edit {
        void at(History history, List<Entry> entries, int place);
    }

    /** Applies the edit at some place, chosen by chance, among those that fit. */
    private static Optional<Model.Run> somewhere(
            Model.Run run, Random random, BiPredicate<List<Entry>, Integer> fits, Edit edit) {
        List<int[]> places = new ArrayList<>();
        for (int device = 0; device < run.histories().size(); device++) {
            List<Entry> entries = run.histories().get(device).entries();
            for (int place = 0; place < entries.size(); place++) {
                if (fits.test(entries, place)) {
                    places.add(new int[] {device, place});
                }
            }
        }
        if (places.isEmpty()) {
            return Optional.empty();
        }
        int[] chosen = places.get(random.nextInt(places.size()));
        History old = run.histories().get(chosen[0]);
        List<Entry> entries = new ArrayList<>(old.entries());
        edit.at(old, entries, chosen[1]);
        List<History> histories = new ArrayList<>(run.histories());
        histories.set(chosen[0], new History(old.device(), old.user(), entries));
        return Optional.of(new Model.Run(histories, run.truth()));
    }

    private static Optional<Model.Run> somewhere(Model.Run run, Random random, Class<? extends Entry> kind, Edit edit) {
        return somewhere(run, random, (entries, place) -> kind.isInstance(entries.get(place)), edit);
    }

    /** The place of the next thing given of the same conversation in the same connection; -1 when there is none. */
    private static int nextGiven(List<Entry> entries, int place, boolean eventOnly) {
        if (!(entries.get(place) instanceof Entry.Received event)) {
            return -1;
        }
        for (int next = place + 1; next < entries.size(); next++) {
            Entry entry = entries.get(next);
            if (entry instanceof Entry.Disconnected) {
                return -1;
            }
            if (entry instanceof Entry.Received later && later.conversation().equals(event.conversation())) {
                return next;
            }
            if (entry instanceof Entry.Range range
                    && range.pushed()
                    && range.conversation().equals(event.conversation())) {
                return eventOnly ? -1 : next;
            }
        }
        return -1;
    }

    static Optional<Model.Run> misnumberAck(Model.Run run, Random random) {
        return somewhere(run, random, Entry.Acked.class, (history, entries, place) -> {
            Entry.Acked acked = (Entry.Acked) entries.get(place);
            entries.set(
                    place, new Entry.Acked(acked.conversation(), acked.message(), acked.number() + 1, acked.version()));
        });
    }

    static Optional<Model.Run> ackTwice(Model.Run run, Random random) {
        return somewhere(run, random, Entry.Acked.class, (history, entries, place) -> {
            Entry.Acked acked = (Entry.Acked) entries.get(place);
            entries.add(place + 1, new Entry.Sent(acked.conversation(), acked.message(), 0));
            entries.add(
                    place + 2,
                    new Entry.Acked(acked.conversation(), acked.message(), acked.number() + 1, acked.version()));
        });
    }

    static Optional<Model.Run> refuseStored(Model.Run run, Random random) {
        return somewhere(run, random, SeenPlants::isOnlyAttempt, (history, entries, place) -> {
            Entry.Acked acked = (Entry.Acked) entries.get(place);
            entries.set(place, new Entry.Failed(acked.conversation(), acked.message(), "not_found", false));
        });
    }

    private static boolean isOnlyAttempt(List<Entry> entries, int place) {
        return entries.get(place) instanceof Entry.Acked acked
                && isAckedOnce(entries, new Entry.Sent(acked.conversation(), acked.message(), 0));
    }

    static Optional<Model.Run> reorderPipeline(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> place + 1 < entries.size()
                        && entries.get(place) instanceof Entry.Sent first
                        && entries.get(place + 1) instanceof Entry.Sent second
                        && first.conversation().equals(second.conversation())
                        && isAckedOnce(entries, first)
                        && isAckedOnce(entries, second),
                (history, entries, place) -> swap(entries, place, place + 1));
    }

    private static boolean isAckedOnce(List<Entry> entries, Entry.Sent sent) {
        long attempts = entries.stream()
                .filter(entry ->
                        entry instanceof Entry.Sent other && other.message().equals(sent.message()))
                .count();
        boolean acked = entries.stream()
                .anyMatch(entry ->
                        entry instanceof Entry.Acked ack && ack.message().equals(sent.message()));
        return acked && attempts == 1;
    }

    private static void swap(List<Entry> entries, int one, int other) {
        Entry kept = entries.get(one);
        entries.set(one, entries.get(other));
        entries.set(other, kept);
    }

    static Optional<Model.Run> dropEvent(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> nextGiven(entries, place, false) > 0,
                (history, entries, place) -> entries.remove(place));
    }

    static Optional<Model.Run> dropLastEvent(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> entries.get(place) instanceof Entry.Received event
                        && nextGiven(entries, place, false) < 0
                        && entries.subList(place, entries.size()).stream()
                                .noneMatch(Entry.Disconnected.class::isInstance)
                        && isHead(run, event),
                (history, entries, place) -> entries.remove(place));
    }

    private static boolean isHead(Model.Run run, Entry.Received event) {
        Truth.Room room = run.truth().rooms().get(event.conversation());
        return room != null && room.lastVersion() == event.version();
    }

    static Optional<Model.Run> swapEvents(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> nextGiven(entries, place, true) > 0,
                (history, entries, place) -> swap(entries, place, nextGiven(entries, place, true)));
    }

    static Optional<Model.Run> doubleEvent(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                Entry.Received.class,
                (history, entries, place) -> entries.add(place + 1, entries.get(place)));
    }

    /** A connection that begins below what the one before had been given. */
    static Optional<Model.Run> lowerHead(Model.Run run, Random random) {
        return somewhere(
                run, random, (entries, place) -> nextGiven(entries, place, false) > 0, (history, entries, place) -> {
                    Entry.Received event = (Entry.Received) entries.get(place);
                    Head lower = new Head(event.conversation(), 0, event.version() - 1, false);
                    entries.add(place + 1, new Entry.Disconnected(1006));
                    entries.add(place + 2, new Entry.Connected("epoch", true, Long.MAX_VALUE, List.of(lower), true));
                });
    }

    static Optional<Model.Run> changeDelivered(Model.Run run, Random random) {
        return changeEventMessage(
                run,
                random,
                old -> new Copy(old.id(), old.number(), old.version(), old.sender(), 42, old.edited(), old.deleted()));
    }

    static Optional<Model.Run> deliverPhantom(Model.Run run, Random random) {
        UUID rolledBack = new UUID(random.nextLong(), random.nextLong());
        return changeEventMessage(
                run,
                random,
                old -> new Copy(
                        rolledBack,
                        old.number(),
                        old.version(),
                        old.sender(),
                        old.content(),
                        old.edited(),
                        old.deleted()));
    }

    private static Optional<Model.Run> changeEventMessage(Model.Run run, Random random, UnaryOperator<Copy> change) {
        return somewhere(
                run,
                random,
                (entries, place) -> entries.get(place) instanceof Entry.Received event
                        && event.message() != null
                        && isFinalState(run, event),
                (history, entries, place) -> {
                    Entry.Received event = (Entry.Received) entries.get(place);
                    Copy changed = change.apply(Objects.requireNonNull(event.message()));
                    entries.set(
                            place, new Entry.Received(event.conversation(), event.version(), event.kind(), changed));
                });
    }

    private static boolean isFinalState(Model.Run run, Entry.Received event) {
        Truth.Room room = run.truth().rooms().get(event.conversation());
        return room != null && room.messages().contains(event.message());
    }

    static Optional<Model.Run> thinRange(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> entries.get(place) instanceof Entry.Range range
                        && !range.messages().isEmpty()
                        && run.truth()
                                .rooms()
                                .getOrDefault(range.conversation(), nothing(range.conversation()))
                                .messages()
                                .contains(range.messages().getFirst()),
                (history, entries, place) -> {
                    Entry.Range range = (Entry.Range) entries.get(place);
                    entries.set(
                            place,
                            new Entry.Range(
                                    range.conversation(),
                                    range.after(),
                                    range.version(),
                                    false,
                                    range.pushed(),
                                    range.messages().subList(1, range.messages().size()),
                                    range.others()));
                });
    }

    private static Truth.Room nothing(UUID id) {
        return new Truth.Room(id, false, 0, 0, List.of(), Map.of(), Map.of());
    }

    static Optional<Model.Run> thinPage(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> entries.get(place) instanceof Entry.Paged page
                        && page.messages().size() > 2,
                (history, entries, place) -> {
                    Entry.Paged page = (Entry.Paged) entries.get(place);
                    List<Copy> thinned = new ArrayList<>(page.messages());
                    thinned.remove(1);
                    entries.set(place, new Entry.Paged(page.conversation(), thinned));
                });
    }

    static Optional<Model.Run> deliverAfterRemoval(Model.Run run, Random random) {
        for (Truth.Room room : run.truth().rooms().values()) {
            for (History history : run.histories()) {
                Membership membership = room.membership(history.user());
                if (!membership.isNever() && !membership.isCurrent()) {
                    long removal = membership.intervals().getLast().toVersion();
                    return atTheEnd(run, history, new Entry.Received(room.id(), removal, "member.removed", null));
                }
            }
        }
        return Optional.empty();
    }

    static Optional<Model.Run> deliverToStranger(Model.Run run, Random random) {
        Truth.Room room = someRoom(run, random);
        return atTheEnd(run, stranger(run), new Entry.Received(room.id(), 1, "conversation.created", null));
    }

    static Optional<Model.Run> pageForStranger(Model.Run run, Random random) {
        Truth.Room room = someRoom(run, random);
        return atTheEnd(
                run,
                stranger(run),
                new Entry.Paged(room.id(), List.of(room.messages().getFirst())));
    }

    static Optional<Model.Run> headForStranger(Model.Run run, Random random) {
        Truth.Room room = someRoom(run, random);
        Head head = new Head(room.id(), room.lastNumber(), room.lastVersion(), false);
        return atTheEnd(run, stranger(run), new Entry.Ponged(0, List.of(head)));
    }

    static Optional<Model.Run> dropPersonal(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> isPersonalBetweenOthers(entries, place),
                (history, entries, place) -> entries.remove(place));
    }

    private static boolean isPersonalBetweenOthers(List<Entry> entries, int place) {
        return entries.get(place) instanceof Entry.Personal
                && followsInConnection(entries, place, -1)
                && followsInConnection(entries, place, 1);
    }

    private static boolean followsInConnection(List<Entry> entries, int place, int direction) {
        for (int at = place + direction; at >= 0 && at < entries.size(); at += direction) {
            if (entries.get(at) instanceof Entry.Personal) {
                return true;
            }
            if (entries.get(at) instanceof Entry.Disconnected) {
                return false;
            }
        }
        return false;
    }

    static Optional<Model.Run> dropLastPersonal(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                (entries, place) -> entries.get(place) instanceof Entry.Personal
                        && !followsInConnection(entries, place, 1)
                        && entries.subList(place, entries.size()).stream()
                                .noneMatch(Entry.Disconnected.class::isInstance),
                (history, entries, place) -> {
                    long version = ((Entry.Personal) entries.get(place)).version();
                    entries.set(place, new Entry.Ponged(version, List.of()));
                });
    }

    static Optional<Model.Run> doublePersonal(Model.Run run, Random random) {
        return somewhere(
                run,
                random,
                Entry.Personal.class,
                (history, entries, place) -> entries.add(place + 1, entries.get(place)));
    }

    private static Truth.Room someRoom(Model.Run run, Random random) {
        List<Truth.Room> rooms = run.truth().rooms().values().stream()
                .sorted(Comparator.comparing(Truth.Room::id))
                .toList();
        return rooms.get(random.nextInt(rooms.size()));
    }

    private static History stranger(Model.Run run) {
        return run.histories().stream()
                .filter(history -> run.truth().rooms().values().stream()
                        .allMatch(room -> room.membership(history.user()).isNever()))
                .findFirst()
                .orElseThrow();
    }

    private static Optional<Model.Run> atTheEnd(Model.Run run, History changed, Entry added) {
        List<History> histories = new ArrayList<>();
        for (History history : run.histories()) {
            List<Entry> entries = new ArrayList<>(history.entries());
            if (history == changed) {
                entries.add(entries.size() - 1, added);
            }
            histories.add(new History(history.device(), history.user(), entries));
        }
        return Optional.of(new Model.Run(histories, run.truth()));
    }
}
