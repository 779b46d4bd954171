package io.parley.server.session;

import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.bus.PersonalFrame;
import io.parley.support.Json;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database of memberships and versions with a journal, and a bus that loses, delays and repeats what it publishes.
 * All at random, from one seed; all on one context of its own. What it tells the hub is {@link WorldAnswers}.
 */
final class World {
    private static final int MOST_DELAY_MS = 15;

    final Lab lab;
    final Random random;
    private final Context context;
    private final Map<UUID, Room> rooms = new HashMap<>();
    private final Map<UUID, Person> people = new HashMap<>();
    private long transaction = 1;

    /** @param to the version of the removal; null while it lasts */
    record Stay(long from, @Nullable Long to) {
        boolean covers(long version) {
            return version >= from && (to == null || version < to);
        }
    }

    static final class Room {
        final Map<UUID, List<Stay>> stays = new HashMap<>();
        long version;
        long changedBy;

        boolean has(UUID user) {
            return stays.containsKey(user) && last(user).to() == null;
        }

        /** Of somebody who has been here. */
        Stay last(UUID user) {
            return stays.get(user).getLast();
        }

        /** The version with which the membership was last changed. */
        long changed(UUID user) {
            Long to = last(user).to();
            return to == null ? last(user).from() : to;
        }
    }

    static final class Person {
        long version;
        /** The person's version of the last gain or loss of each room. */
        final Map<UUID, Long> changes = new HashMap<>();
    }

    private record Event(String type, UUID room, long version) {}

    /** @param version of the room, with which it was gained or lost */
    private record Personal(String type, long userVersion, UUID room, long version, boolean lost) {}

    World(Lab lab, Random random) {
        this.lab = lab;
        this.context = lab.vertx.getOrCreateContext();
        this.random = random;
        new WorldAnswers(this).open();
    }

    /** Reads after a while, and answers after another. */
    <T> Future<T> later(Supplier<T> read) {
        return pause().compose(ignored -> on(read)).compose(result -> pause().map(result));
    }

    private Future<Void> pause() {
        return on(() -> random.nextInt(MOST_DELAY_MS) + 1L)
                .compose(delay -> lab.vertx.timer(delay))
                .mapEmpty();
    }

    <T> Future<T> on(Supplier<T> task) {
        Promise<T> done = Promise.promise();
        context.runOnContext(ignored ->
                Future.<T>future(promise -> promise.complete(task.get())).onComplete(done));
        return done.future();
    }

    Room room(UUID id) {
        return rooms.computeIfAbsent(id, ignored -> new Room());
    }

    Person person(UUID id) {
        return people.computeIfAbsent(id, ignored -> new Person());
    }

    /** All below it have ended. */
    long transaction() {
        return transaction;
    }

    List<UUID> roomsOf(UUID user) {
        return rooms.entrySet().stream()
                .filter(room -> room.getValue().has(user))
                .map(Map.Entry::getKey)
                .toList();
    }

    List<Stay> stays(UUID room, UUID user) {
        return room(room).stays.getOrDefault(user, List.of());
    }

    /** Something happens in a room that concerns a person. */
    void change(UUID id, UUID user) {
        Room room = room(id);
        if (room.version > 0 && random.nextInt(3) > 0) {
            commit(id, List.of(), List.of());
        } else if (room.has(user)) {
            leave(id, user);
        } else {
            join(id, user);
        }
    }

    private void join(UUID id, UUID user) {
        Room room = room(id);
        room.stays.computeIfAbsent(user, ignored -> new ArrayList<>()).add(new Stay(room.version + 1, null));
        long userVersion = turn(id, user);
        commit(id, List.of(new Frame.Joining(user, userVersion)), List.of());
        tell(id, user, userVersion, new PersonalFrame.Gained(id, room.version, 1));
    }

    private void leave(UUID id, UUID user) {
        Room room = room(id);
        List<Stay> stays = room.stays.get(user);
        stays.set(stays.size() - 1, new Stay(stays.getLast().from(), room.version + 1));
        long userVersion = turn(id, user);
        commit(id, List.of(), List.of(user));
        tell(id, user, userVersion, null);
    }

    private long turn(UUID id, UUID user) {
        Person person = person(user);
        long userVersion = ++person.version;
        person.changes.put(id, userVersion);
        lab.personalJournal(user, userVersion, transaction);
        return userVersion;
    }

    private void tell(UUID id, UUID user, long userVersion, PersonalFrame.@Nullable Gained gained) {
        Personal event = new Personal("personal.event", userVersion, id, room(id).version, gained == null);
        PersonalFrame frame = new PersonalFrame(user, userVersion, Closing.NONE, gained, Json.encode(event));
        publish(() -> lab.bus.events().publish(frame));
    }

    private void commit(UUID id, List<Frame.Joining> joining, List<UUID> leaving) {
        Room room = room(id);
        long version = ++room.version;
        lab.journal(id, version, transaction);
        room.changedBy = transaction++;
        lab.fence(transaction);
        Frame frame =
                new Frame(id, version, version, joining, leaving, Json.encode(new Event("event", id, version)), 0);
        publish(() -> lab.bus.events().publish(frame));
    }

    private void publish(Runnable publish) {
        switch (random.nextInt(10)) {
            case 0, 1 -> {}
            case 2 -> lab.vertx.setTimer(random.nextInt(MOST_DELAY_MS * 4) + 1L, ignored -> publish.run());
            case 3 -> {
                publish.run();
                publish.run();
            }
            default -> publish.run();
        }
    }
}
