package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** A device of the model, with what the server has pushed to it and what it knows. */
final class ModelDevice {
    /** A send whose outcome the device does not know. */
    record Unresolved(ModelRoom room, UUID message, long content) {}

    final History history;
    final UUID user;
    boolean connected;
    final List<Unresolved> unresolved = new ArrayList<>();
    private final Random random;
    private final Map<ModelRoom, Long> given = new LinkedHashMap<>();
    private final Map<ModelRoom, Long> knows = new HashMap<>();
    private final Map<ModelRoom, Long> cursor = new HashMap<>();
    /** How often he had been in the conversations that he was not in when the cursor was made. */
    private final Map<ModelRoom, Integer> lostAtCursor = new HashMap<>();

    private boolean hasCursor;
    private int personalGiven;

    ModelDevice(String name, UUID user, Random random) {
        this.history = new History(name, user);
        this.user = user;
        this.random = random;
    }

    void connect(List<ModelRoom> rooms, int personalVersion, boolean resume) {
        boolean resumed = resume && hasCursor;
        connected = true;
        personalGiven = personalVersion;
        List<Head> heads = new ArrayList<>();
        List<ModelRoom> mine = new ArrayList<>();
        for (ModelRoom room : rooms) {
            boolean in = room.present.contains(user);
            long at = cursor.getOrDefault(room, 0L);
            if (in) {
                mine.add(room);
                if (!resumed || at != room.lastVersion()) {
                    heads.add(new Head(room.id, room.lastNumber(), room.lastVersion(), false));
                }
            } else {
                knows.remove(room);
                if (resumed && isNewlyLost(room)) {
                    heads.add(new Head(room.id, 0, 0, true));
                }
            }
        }
        given.clear();
        mine.forEach(room -> given.put(room, room.lastVersion()));
        listInPages(heads, resumed, personalVersion);
        moveCursor(rooms);
    }

    private void listInPages(List<Head> heads, boolean resumed, int personalVersion) {
        int first = random.nextBoolean() ? heads.size() : random.nextInt(heads.size() + 1);
        history.add(new Entry.Connected(
                "epoch", resumed, personalVersion, List.copyOf(heads.subList(0, first)), first == heads.size()));
        if (first < heads.size()) {
            history.add(new Entry.Listed(List.copyOf(heads.subList(first, heads.size())), true));
        }
    }

    private void moveCursor(List<ModelRoom> rooms) {
        hasCursor = true;
        cursor.clear();
        lostAtCursor.clear();
        for (ModelRoom room : rooms) {
            if (room.present.contains(user)) {
                cursor.put(room, room.lastVersion());
            } else {
                lostAtCursor.put(room, room.membership(user).intervals().size());
            }
        }
    }

    void pong(List<ModelRoom> rooms, int personalVersion) {
        List<Head> heads = new ArrayList<>();
        for (ModelRoom room : rooms) {
            boolean in = room.present.contains(user);
            if (in && cursor.getOrDefault(room, 0L) != room.lastVersion()) {
                heads.add(new Head(room.id, room.lastNumber(), room.lastVersion(), false));
            } else if (!in && isNewlyLost(room)) {
                heads.add(new Head(room.id, 0, 0, true));
            }
        }
        history.add(new Entry.Ponged(personalVersion, heads));
        moveCursor(rooms);
    }

    private boolean isNewlyLost(ModelRoom room) {
        return lostAtCursor.getOrDefault(room, 0)
                < room.membership(user).intervals().size();
    }

    void disconnect() {
        connected = false;
        history.add(new Entry.Disconnected(1006));
    }

    /** He has just been added while connected: the joining change is the first that he is given. */
    void joined(ModelRoom room) {
        knows.remove(room);
        long from = room.membership(user).intervals().getLast().fromVersion();
        given.putIfAbsent(room, from - 1);
    }

    /** Gives what is due of one conversation: an event or a range of some. */
    boolean push(ModelRoom room) {
        Long at = given.get(room);
        Membership membership = room.membership(user);
        long next = at == null ? Membership.OPEN : membership.next(at);
        if (at == null || !connected || next > room.lastVersion()) {
            return false;
        }
        long last = Math.min(room.lastVersion(), next + random.nextInt(4));
        while (!membership.covers(next, last)) {
            last--;
        }
        if (random.nextInt(4) > 0) {
            last = next;
            ModelRoom.Change change = room.changes.get((int) next - 1);
            history.add(new Entry.Received(room.id, next, change.kind(), change.message()));
        } else {
            history.add(room.range(user, next - 1, last, true));
        }
        if (knows.getOrDefault(room, next - 1) >= next - 1 && (knows.containsKey(room) || next == 1)) {
            knows.merge(room, last, Math::max);
        }
        given.put(room, last);
        return true;
    }

    /** Asks for what it does not know yet. */
    void fetch(ModelRoom room) {
        long after = knows.getOrDefault(room, 0L);
        if (!connected || !room.present.contains(user) || after >= room.lastVersion()) {
            return;
        }
        long middle = after + 1 + random.nextLong(room.lastVersion() - after);
        history.add(room.range(user, after, middle, false));
        if (middle < room.lastVersion()) {
            history.add(room.range(user, middle, room.lastVersion(), false));
        }
        knows.put(room, room.lastVersion());
    }

    void page(ModelRoom room) {
        Truth.Room truth = room.truth();
        List<Copy> visible = truth.messages().stream()
                .filter(message -> truth.shows(user, message))
                .toList();
        if (!visible.isEmpty() && room.present.contains(user)) {
            int from = random.nextInt(visible.size());
            int to = Math.min(visible.size(), from + 1 + random.nextInt(5));
            history.add(new Entry.Paged(room.id, visible.subList(from, to)));
        }
    }

    /** Gives what is due of the person's own: an event, or the state instead of some. */
    boolean pushPersonal(List<Entry.Personal> all, List<ModelRoom> rooms) {
        if (!connected || personalGiven >= all.size()) {
            return false;
        }
        if (random.nextInt(3) > 0) {
            Entry.Personal event = all.get(personalGiven);
            history.add(event);
            personalGiven++;
            event.heads().forEach(head -> lose(head, rooms));
            return true;
        }
        int upTo = Math.min(all.size(), personalGiven + 1 + random.nextInt(3));
        Set<UUID> concerned = new LinkedHashSet<>();
        all.subList(personalGiven, upTo).forEach(event -> concerned.addAll(event.conversations()));
        List<Head> heads = rooms.stream()
                .filter(room -> concerned.contains(room.id))
                .map(this::headOf)
                .toList();
        history.add(new Entry.Personal(personalGiven, upTo, "personal", List.of(), heads));
        personalGiven = upTo;
        return true;
    }

    /** Who is told that he is out may not be given what came before. */
    private void lose(Head head, List<ModelRoom> rooms) {
        for (ModelRoom room : rooms) {
            if (room.id.equals(head.conversation()) && random.nextBoolean()) {
                given.computeIfPresent(room, (any, at) -> Math.max(at, head.lastVersion()));
            }
        }
    }

    /** Who has been given nothing since he came in goes on from the head that he is told. */
    private Head headOf(ModelRoom room) {
        if (!room.present.contains(user)) {
            return new Head(room.id, 0, 0, true);
        }
        Membership membership = room.membership(user);
        long joined = membership.intervals().getLast().fromVersion();
        if (membership.next(given.getOrDefault(room, Membership.OPEN - 1)) == joined && random.nextBoolean()) {
            given.put(room, room.lastVersion());
        }
        return new Head(room.id, room.lastNumber(), room.lastVersion(), false);
    }

    List<ModelRoom> givenRooms() {
        return List.copyOf(given.keySet());
    }
}
