package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Bugs of several nodes that do not agree: one device, on one of them, is given what the others are not. */
final class NodePlants {
    private static final int LOST = 3;

    private NodePlants() {}

    /** Two nodes took the same number for two messages. */
    static Optional<Model.Run> numberTwice(Model.Run run, Random random) {
        return inRoomWithTwo(
                run,
                random,
                (first, second) -> new Copy(
                        second.id(),
                        first.number(),
                        second.version(),
                        second.sender(),
                        second.content(),
                        second.edited(),
                        second.deleted()));
    }

    /** Two nodes took the same version for two messages. */
    static Optional<Model.Run> versionTwice(Model.Run run, Random random) {
        return inRoomWithTwo(
                run,
                random,
                (first, second) -> new Copy(
                        second.id(),
                        second.number(),
                        first.version(),
                        second.sender(),
                        second.content(),
                        second.edited(),
                        second.deleted()));
    }

    private interface Second {
        Copy after(Copy first, Copy second);
    }

    private static Optional<Model.Run> inRoomWithTwo(Model.Run run, Random random, Second change) {
        List<Truth.Room> rooms = run.truth().rooms().values().stream()
                .filter(room -> room.messages().size() > 1)
                .sorted(Comparator.comparing(Truth.Room::id))
                .toList();
        if (rooms.isEmpty()) {
            return Optional.empty();
        }
        Truth.Room room = rooms.get(random.nextInt(rooms.size()));
        List<Copy> messages = new ArrayList<>(room.messages());
        int at = 1 + random.nextInt(messages.size() - 1);
        messages.set(at, change.after(messages.get(at - 1), messages.get(at)));
        Map<UUID, Truth.Room> changed = new HashMap<>(run.truth().rooms());
        changed.put(
                room.id(),
                new Truth.Room(
                        room.id(),
                        room.sinceJoin(),
                        room.lastNumber(),
                        room.lastVersion(),
                        messages,
                        room.members(),
                        room.marks()));
        return Optional.of(new Model.Run(run.histories(), new Truth(changed)));
    }

    /** A node gives two changes in the other order, each under the version of the other. */
    static Optional<Model.Run> otherOrder(Model.Run run, Random random) {
        return somewhere(run, random, 2, (entries, places) -> {
            Entry.Received first = (Entry.Received) entries.get(places.get(0));
            Entry.Received second = (Entry.Received) entries.get(places.get(1));
            entries.set(places.get(0), carrying(first, second));
            entries.set(places.get(1), carrying(second, first));
        });
    }

    /** What the other event brought, under the version of this one. */
    private static Entry carrying(Entry.Received place, Entry.Received other) {
        Copy message = Objects.requireNonNull(other.message());
        Copy moved = new Copy(
                message.id(),
                message.number(),
                place.version(),
                message.sender(),
                message.content(),
                message.edited(),
                message.deleted());
        return new Entry.Received(place.conversation(), place.version(), other.kind(), moved);
    }

    /** A node loses some changes in a row and goes on behind them. */
    static Optional<Model.Run> loseRange(Model.Run run, Random random) {
        return somewhere(run, random, LOST + 1, (entries, places) -> {
            for (int lost = LOST - 1; lost >= 0; lost--) {
                entries.remove((int) places.get(lost));
            }
        });
    }

    private interface Edit {
        void at(List<Entry> entries, List<Integer> places);
    }

    /** Where so many events with messages that still are as they were follow one another in one connection. */
    private static Optional<Model.Run> somewhere(Model.Run run, Random random, int length, Edit edit) {
        List<Integer> devices = new ArrayList<>();
        List<List<Integer>> places = new ArrayList<>();
        for (int device = 0; device < run.histories().size(); device++) {
            for (List<Integer> found :
                    rows(run.truth(), run.histories().get(device).entries(), length)) {
                devices.add(device);
                places.add(found);
            }
        }
        if (places.isEmpty()) {
            return Optional.empty();
        }
        int chosen = random.nextInt(places.size());
        History old = run.histories().get(devices.get(chosen));
        List<Entry> entries = new ArrayList<>(old.entries());
        edit.at(entries, places.get(chosen));
        List<History> histories = new ArrayList<>(run.histories());
        histories.set(devices.get(chosen), new History(old.device(), old.user(), entries));
        return Optional.of(new Model.Run(histories, run.truth()));
    }

    private static List<List<Integer>> rows(Truth truth, List<Entry> entries, int length) {
        Map<UUID, List<Integer>> running = new HashMap<>();
        List<List<Integer>> found = new ArrayList<>();
        for (int place = 0; place < entries.size(); place++) {
            Entry entry = entries.get(place);
            if (entry instanceof Entry.Disconnected) {
                running.clear();
            } else if (entry instanceof Entry.Range range) {
                running.remove(range.conversation());
            } else if (entry instanceof Entry.Received event) {
                List<Integer> row = running.computeIfAbsent(event.conversation(), any -> new ArrayList<>());
                if (!isAsStored(truth, event)) {
                    row.clear();
                    continue;
                }
                row.add(place);
                if (row.size() >= length) {
                    found.add(List.copyOf(row.subList(row.size() - length, row.size())));
                }
            }
        }
        return found;
    }

    private static boolean isAsStored(Truth truth, Entry.Received event) {
        Truth.Room room = truth.rooms().get(event.conversation());
        Copy message = event.message();
        return room != null
                && message != null
                && message.number() <= room.messages().size()
                && room.messages().get((int) message.number() - 1).equals(message);
    }

    /** A node never tells a member that he is in. */
    static Optional<Model.Run> neverTold(Model.Run run, Random random) {
        List<Integer> devices = new ArrayList<>();
        List<UUID> rooms = new ArrayList<>();
        for (int device = 0; device < run.histories().size(); device++) {
            UUID user = run.histories().get(device).user();
            List<Entry> entries = run.histories().get(device).entries();
            boolean settled = entries.contains(new Entry.Settled());
            for (Truth.Room room : run.truth().rooms().values().stream()
                    .sorted(Comparator.comparing(Truth.Room::id))
                    .toList()) {
                if (settled && room.membership(user).isCurrent()) {
                    devices.add(device);
                    rooms.add(room.id());
                }
            }
        }
        if (devices.isEmpty()) {
            return Optional.empty();
        }
        int chosen = random.nextInt(devices.size());
        History old = run.histories().get(devices.get(chosen));
        List<Entry> silent = old.entries().stream()
                .flatMap(entry -> without(rooms.get(chosen), entry).stream())
                .toList();
        List<History> histories = new ArrayList<>(run.histories());
        histories.set(devices.get(chosen), new History(old.device(), old.user(), silent));
        return Optional.of(new Model.Run(histories, run.truth()));
    }

    private static Optional<Entry> without(UUID room, Entry entry) {
        return switch (entry) {
            case Entry.Connected ready ->
                Optional.of(new Entry.Connected(
                        ready.epoch(),
                        ready.resumed(),
                        ready.userVersion(),
                        without(room, ready.heads()),
                        ready.complete()));
            case Entry.Listed listed -> Optional.of(new Entry.Listed(without(room, listed.heads()), listed.complete()));
            case Entry.Ponged pong -> Optional.of(new Entry.Ponged(pong.userVersion(), without(room, pong.heads())));
            case Entry.Personal personal ->
                Optional.of(new Entry.Personal(
                        personal.after(),
                        personal.version(),
                        personal.kind(),
                        personal.conversations(),
                        without(room, personal.heads())));
            case Entry.Received event -> event.conversation().equals(room) ? Optional.empty() : Optional.of(event);
            case Entry.Range range -> range.conversation().equals(room) ? Optional.empty() : Optional.of(range);
            default -> Optional.of(entry);
        };
    }

    private static List<Head> without(UUID room, List<Head> heads) {
        return heads.stream().filter(head -> !head.conversation().equals(room)).toList();
    }
}
