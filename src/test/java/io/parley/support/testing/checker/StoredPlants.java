package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Bugs that show in the stored state. */
final class StoredPlants {
    private StoredPlants() {}

    static Optional<Model.Run> loseAcked(Model.Run run, Random random) {
        List<Entry.Acked> acked = run.histories().stream()
                .flatMap(history -> history.entries().stream())
                .filter(Entry.Acked.class::isInstance)
                .map(Entry.Acked.class::cast)
                .toList();
        Entry.Acked lost = acked.get(random.nextInt(acked.size()));
        return Optional.of(inRoom(run, lost.conversation(), room -> withMessages(room, without(room, lost.message()))));
    }

    private static List<Copy> without(Truth.Room room, UUID message) {
        return room.messages().stream()
                .filter(copy -> !copy.id().equals(message))
                .toList();
    }

    static Optional<Model.Run> changeStored(Model.Run run, Random random) {
        return replaceOriginal(
                run, random, old -> new Copy(old.id(), old.number(), old.version(), old.sender(), 42, false, false));
    }

    static Optional<Model.Run> forge(Model.Run run, Random random) {
        UUID somebody = run.histories().getFirst().user();
        UUID forged = new UUID(random.nextLong(), random.nextLong());
        return replaceOriginal(
                run,
                random,
                old -> new Copy(forged, old.number(), old.version(), somebody, old.content(), false, false));
    }

    /** Changes one message that is as somebody sent it. */
    private static Optional<Model.Run> replaceOriginal(Model.Run run, Random random, UnaryOperator<Copy> change) {
        return inSomeRoom(run, random, room -> {
            List<Copy> messages = new ArrayList<>(room.messages());
            List<Copy> originals = messages.stream()
                    .filter(copy -> copy.isOriginal() && copy.sender() != null)
                    .toList();
            if (!originals.isEmpty()) {
                Copy chosen = originals.get(random.nextInt(originals.size()));
                messages.set(messages.indexOf(chosen), change.apply(chosen));
            }
            return withMessages(room, messages);
        });
    }

    static Optional<Model.Run> storeTwice(Model.Run run, Random random) {
        return inSomeRoom(run, random, room -> {
            List<Copy> messages = new ArrayList<>(room.messages());
            Copy old = messages.get(random.nextInt(messages.size()));
            messages.add(renumbered(old, room.lastNumber() + 1, room.lastVersion() + 1));
            return new Truth.Room(
                    room.id(),
                    room.sinceJoin(),
                    room.lastNumber() + 1,
                    room.lastVersion() + 1,
                    messages,
                    room.members(),
                    room.marks());
        });
    }

    static Optional<Model.Run> skipNumber(Model.Run run, Random random) {
        return inSomeRoom(run, random, room -> {
            int from = random.nextInt(room.messages().size());
            List<Copy> messages = new ArrayList<>(room.messages().subList(0, from));
            room.messages()
                    .subList(from, room.messages().size())
                    .forEach(old -> messages.add(renumbered(old, old.number() + 1, old.version())));
            return withMessages(room, messages);
        });
    }

    private static Copy renumbered(Copy old, long number, long version) {
        return new Copy(old.id(), number, version, old.sender(), old.content(), old.edited(), old.deleted());
    }

    static Optional<Model.Run> skipVersion(Model.Run run, Random random) {
        return run.truth().rooms().values().stream()
                .filter(room -> room.messages().stream().allMatch(Copy::isOriginal))
                .findFirst()
                .map(room -> inRoom(run, room.id(), StoredPlants::withOneVersionMore));
    }

    private static Truth.Room withOneVersionMore(Truth.Room room) {
        return new Truth.Room(
                room.id(),
                room.sinceJoin(),
                room.lastNumber(),
                room.lastVersion() + 1,
                room.messages(),
                room.members(),
                room.marks());
    }

    static Optional<Model.Run> miscount(Model.Run run, Random random) {
        return inSomeRoom(
                run,
                random,
                room -> withMark(
                        room,
                        mark -> new Truth.Mark(mark.readNumber(), mark.unread() + (random.nextBoolean() ? 1 : -1))));
    }

    static Optional<Model.Run> moveMarkBack(Model.Run run, Random random) {
        for (History history : run.histories()) {
            for (Entry entry : history.entries()) {
                if (entry instanceof Entry.Marked marked && marked.number() > 0) {
                    Truth.Room room = run.truth().rooms().get(marked.conversation());
                    if (room != null && room.lastNumber() > 0 && room.marks().containsKey(history.user())) {
                        return Optional.of(inRoom(run, room.id(), there -> unmark(there, history.user())));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Truth.Room unmark(Truth.Room room, UUID user) {
        long from = room.membership(user).lastJoinNumber();
        long unread = room.messages().stream()
                .filter(copy -> copy.counts() && !user.equals(copy.sender()) && copy.number() >= from)
                .count();
        Map<UUID, Truth.Mark> marks = new HashMap<>(room.marks());
        marks.put(user, new Truth.Mark(0, unread));
        return withMarks(room, marks);
    }

    private static Truth.Room withMark(Truth.Room room, UnaryOperator<Truth.Mark> change) {
        Map<UUID, Truth.Mark> marks = new HashMap<>(room.marks());
        UUID user = marks.keySet().iterator().next();
        marks.computeIfPresent(user, (any, mark) -> change.apply(mark));
        return withMarks(room, marks);
    }

    private static Truth.Room withMarks(Truth.Room room, Map<UUID, Truth.Mark> marks) {
        return new Truth.Room(
                room.id(),
                room.sinceJoin(),
                room.lastNumber(),
                room.lastVersion(),
                room.messages(),
                room.members(),
                marks);
    }

    private static Truth.Room withMessages(Truth.Room room, List<Copy> messages) {
        return new Truth.Room(
                room.id(),
                room.sinceJoin(),
                room.lastNumber(),
                room.lastVersion(),
                messages,
                room.members(),
                room.marks());
    }

    /** In a conversation in which somebody has said something; empty when the change changes nothing. */
    private static Optional<Model.Run> inSomeRoom(Model.Run run, Random random, UnaryOperator<Truth.Room> change) {
        List<UUID> ids = run.truth().rooms().values().stream()
                .filter(room -> !room.messages().isEmpty())
                .map(Truth.Room::id)
                .sorted()
                .toList();
        Model.Run changed = inRoom(run, ids.get(random.nextInt(ids.size())), change);
        return changed.equals(run) ? Optional.empty() : Optional.of(changed);
    }

    private static Model.Run inRoom(Model.Run run, UUID id, UnaryOperator<Truth.Room> change) {
        Map<UUID, Truth.Room> rooms = new HashMap<>(run.truth().rooms());
        rooms.computeIfPresent(id, (any, room) -> change.apply(room));
        return new Model.Run(run.histories(), new Truth(rooms));
    }
}
