package io.parley.support.testing.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A server that makes no mistakes, in memory, with devices that come and go: the histories and the truth of a run
 * that the checker must accept. All choices come from the seed. The last
 * person is never in any conversation.
 */
final class Model {
    private static final int PEOPLE = 7;
    private static final int ROOMS = 4;
    private static final int STEPS = 900;

    private final Random random;
    private final List<UUID> people = new ArrayList<>();
    private final List<ModelDevice> devices = new ArrayList<>();
    private final List<ModelRoom> rooms = new ArrayList<>();
    private final Map<UUID, List<Entry.Personal>> personal = new HashMap<>();

    /** What came of it. */
    record Run(List<History> histories, Truth truth) {}

    private Model(long seed) {
        this.random = new Random(seed);
    }

    static Run run(long seed) {
        Model model = new Model(seed);
        model.prepare();
        for (int step = 0; step < STEPS; step++) {
            model.step();
        }
        model.settle();
        Map<UUID, Truth.Room> truth = new HashMap<>();
        model.rooms.forEach(room -> truth.put(room.id, room.truth()));
        return new Run(model.devices.stream().map(device -> device.history).toList(), new Truth(truth));
    }

    private UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void prepare() {
        for (int i = 0; i < PEOPLE; i++) {
            UUID person = id();
            people.add(person);
            personal.put(person, new ArrayList<>());
            devices.add(new ModelDevice("person" + i + "/phone", person, random));
            if (i % 3 == 0) {
                devices.add(new ModelDevice("person" + i + "/tablet", person, random));
            }
        }
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(new ModelRoom(id(), i % 2 == 1, List.copyOf(people.subList(0, 3 + i % 2))));
        }
        devices.forEach(device -> device.connect(rooms, 0, false));
    }

    private void step() {
        ModelDevice device = any(devices);
        ModelRoom room = any(rooms);
        switch (random.nextInt(20)) {
            case 0 -> changeMembers(room);
            case 1 -> comeOrGo(device);
            case 2 -> repeat(device);
            case 3 -> mark(device, room);
            case 4 -> changeMessage(room);
            case 5 -> whenConnected(device, () -> device.pong(rooms, personalVersion(device)));
            case 6 -> whenConnected(device, () -> device.page(room));
            case 7, 8 -> device.fetch(room);
            case 9, 10, 11 -> send(device, room);
            case 12, 13 -> device.pushPersonal(personal.getOrDefault(device.user, List.of()), rooms);
            default -> {
                for (ModelRoom given : device.givenRooms()) {
                    device.push(given);
                }
            }
        }
    }

    private static void whenConnected(ModelDevice device, Runnable action) {
        if (device.connected) {
            action.run();
        }
    }

    private void comeOrGo(ModelDevice device) {
        if (device.connected && random.nextInt(3) == 0) {
            device.disconnect();
        } else if (!device.connected) {
            device.connect(rooms, personalVersion(device), random.nextInt(3) > 0);
        }
    }

    private int personalVersion(ModelDevice device) {
        return personal.getOrDefault(device.user, List.of()).size();
    }

    private void send(ModelDevice device, ModelRoom room) {
        boolean waiting = device.unresolved.stream().anyMatch(send -> send.room() == room);
        if (!device.connected || waiting) {
            return;
        }
        List<ModelDevice.Unresolved> burst = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            UUID message = id();
            burst.add(new ModelDevice.Unresolved(room, message, Content.hash("text " + message)));
        }
        burst.forEach(send -> device.history.add(new Entry.Sent(room.id, send.message(), send.content())));
        if (random.nextInt(6) == 0 && room.present.contains(device.user)) {
            loseAnswers(device, burst);
        } else {
            burst.forEach(send -> answer(device, send));
        }
    }

    /** Some of a burst may have been stored, always its beginning; the device hears of none. */
    private void loseAnswers(ModelDevice device, List<ModelDevice.Unresolved> burst) {
        int stored = random.nextInt(burst.size() + 1);
        burst.subList(0, stored).forEach(send -> send.room().append(send.message(), device.user, send.content()));
        device.unresolved.addAll(burst);
        if (random.nextBoolean()) {
            device.disconnect();
        } else {
            burst.forEach(
                    send -> device.history.add(new Entry.Failed(send.room().id, send.message(), "unavailable", true)));
        }
    }

    private void repeat(ModelDevice device) {
        if (!device.connected) {
            return;
        }
        List<ModelDevice.Unresolved> again = List.copyOf(device.unresolved);
        device.unresolved.clear();
        again.forEach(send -> device.history.add(new Entry.Sent(send.room().id, send.message(), send.content())));
        again.forEach(send -> answer(device, send));
    }

    private void answer(ModelDevice device, ModelDevice.Unresolved send) {
        ModelRoom room = send.room();
        if (!room.sent.containsKey(send.message()) && !room.present.contains(device.user)) {
            device.history.add(new Entry.Failed(room.id, send.message(), "not_found", false));
            return;
        }
        Copy stored = room.append(send.message(), device.user, send.content());
        if (random.nextInt(3) == 0) {
            device.push(room);
        }
        device.history.add(new Entry.Acked(room.id, stored.id(), stored.number(), stored.version()));
    }

    private void changeMembers(ModelRoom room) {
        UUID person = any(people);
        boolean stranger = person.equals(people.getLast());
        if (stranger || person.equals(room.keeper)) {
            return;
        }
        boolean in = room.present.contains(person);
        List<Entry.Personal> own = personal.getOrDefault(person, new ArrayList<>());
        if (in) {
            room.leave(person, id());
            Head out = new Head(
                    room.id, 0, room.membership(person).intervals().getLast().toVersion(), true);
            own.add(new Entry.Personal(
                    own.size(), own.size() + 1, "conversation.lost", List.of(room.id), List.of(out)));
        } else {
            own.add(new Entry.Personal(own.size(), own.size() + 1, "conversation.gained", List.of(room.id)));
            room.join(person, id());
            devices.stream()
                    .filter(device -> device.user.equals(person) && device.connected)
                    .forEach(device -> device.joined(room));
        }
    }

    /** Only where everybody sees everything: elsewhere an edit would tell who joined later what was said before. */
    private void changeMessage(ModelRoom room) {
        if (room.messages.isEmpty() || room.sinceJoin) {
            return;
        }
        int index = random.nextInt(room.messages.size());
        if (room.messages.get(index).sender() != null
                && room.messages.get(index).isOriginal()) {
            if (random.nextBoolean()) {
                room.edit(index, random.nextLong());
            } else {
                room.delete(index);
            }
        }
    }

    private void mark(ModelDevice device, ModelRoom room) {
        if (!device.connected || !room.present.contains(device.user) || room.lastNumber() == 0) {
            return;
        }
        long number = 1 + random.nextLong(room.lastNumber());
        room.read(device.user, number);
        List<Entry.Personal> own = personal.getOrDefault(device.user, new ArrayList<>());
        own.add(new Entry.Personal(own.size(), own.size() + 1, "read", List.of(room.id)));
        device.history.add(new Entry.Marked(room.id, number));
    }

    private void settle() {
        for (ModelDevice device : devices) {
            if (!device.connected) {
                device.connect(rooms, personalVersion(device), random.nextBoolean());
            }
            repeat(device);
        }
        for (ModelDevice device : devices) {
            device.givenRooms().forEach(room -> pushAll(device, room));
            List<Entry.Personal> own = personal.getOrDefault(device.user, List.of());
            while (device.pushPersonal(own, rooms)) {
                own = personal.getOrDefault(device.user, List.of());
            }
            rooms.forEach(device::fetch);
            device.history.add(new Entry.Settled());
        }
    }

    private static void pushAll(ModelDevice device, ModelRoom room) {
        boolean more = true;
        while (more) {
            more = device.push(room);
        }
    }
}
