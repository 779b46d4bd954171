package io.parley.server.session;

import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.support.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the session host asks of the database, read from a {@link World} as the statements say it. */
final class WorldAnswers {
    private static final UUID EPOCH = new UUID(7, 7);

    private final World world;

    private record Changes(String type, UUID room, long after, long version) {}

    private record Anew(String type, UUID room, long version) {}

    private record PersonalChanges(String type, long after, long userVersion, List<Entry> entries) {}

    /** @param version where the room is, or with which it was lost */
    private record Entry(UUID room, long version, boolean lost) {}

    WorldAnswers(World world) {
        this.world = world;
    }

    void open() {
        Lab lab = world.lab;
        lab.answer(HubActions.MEMBERSHIPS, asked -> world.later(() -> memberships(asked)));
        lab.answer(HubActions.HEADS, asked -> world.later(() -> heads(asked)));
        lab.answer(HubActions.REPAIR, asked -> world.later(() -> repair(asked)));
        lab.answer(HubActions.PERSONAL_REPAIR, asked -> world.later(() -> personalRepair(asked)));
    }

    private HubActions.MembershipLists memberships(HubActions.Memberships asked) {
        return new HubActions.MembershipLists(asked.people().stream()
                .map(person -> new HubActions.Rooms(world.roomsOf(person.user()), List.of()))
                .toList());
    }

    private HubActions.HeadLists heads(HubActions.Heads asked) {
        return new HubActions.HeadLists(
                EPOCH,
                world.transaction(),
                asked.people().stream().map(this::account).toList());
    }

    private HubActions.AccountHeads account(HubActions.HeadsOf asked) {
        UUID user = asked.person().user();
        World.Person person = world.person(user);
        HubActions.Position since = asked.since();
        List<HubActions.Head> heads = world.roomsOf(user).stream()
                .map(id -> head(
                        id,
                        since == null
                                || world.room(id).changedBy >= since.fence()
                                || person.changes.get(id) > since.userVersion()))
                .toList();
        List<HubActions.Lost> lost = person.changes.entrySet().stream()
                .filter(change -> since != null && change.getValue() > since.userVersion())
                .map(Map.Entry::getKey)
                .filter(id -> !world.room(id).has(user))
                .map(id -> new HubActions.Lost(id, world.room(id).changed(user)))
                .toList();
        return new HubActions.AccountHeads(true, person.version, heads, lost, List.of(), true);
    }

    private HubActions.Head head(UUID id, boolean changed) {
        long version = world.room(id).version;
        return new HubActions.Head(id, version, version, 0, null, changed, 0);
    }

    /** Sometimes there is more than one answer holds. */
    private long complete(long after, long version) {
        return after + 1 < version && world.random.nextInt(3) == 0
                ? after + 1 + world.random.nextInt((int) (version - after))
                : version;
    }

    private HubActions.Repaired repair(HubActions.Repair asked) {
        World.Room room = world.room(asked.conversation());
        long after = asked.after();
        long version = complete(after, room.version);
        List<Frame.Joining> joined = room.stays.keySet().stream()
                .filter(user -> room.has(user)
                        && room.last(user).from() > after
                        && room.last(user).from() <= version)
                .map(user -> new Frame.Joining(user, world.person(user).changes.get(asked.conversation())))
                .toList();
        List<UUID> out = room.stays.keySet().stream()
                .filter(user -> room.last(user).from() > after || (!room.has(user) && room.changed(user) <= version))
                .toList();
        return new HubActions.Repaired(
                version,
                version,
                version < room.version,
                Json.encode(new Changes("changes", asked.conversation(), after, version)),
                joined,
                out,
                Json.encode(new Anew("anew", asked.conversation(), version)));
    }

    private HubActions.PersonalRepaired personalRepair(HubActions.PersonalRepair asked) {
        UUID user = asked.user();
        World.Person person = world.person(user);
        long version = complete(asked.after(), person.version);
        List<UUID> changed = person.changes.entrySet().stream()
                .filter(change -> change.getValue() > asked.after() && change.getValue() <= version)
                .sorted(Comparator.comparing(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .toList();
        return new HubActions.PersonalRepaired(
                version,
                Closing.NONE,
                true,
                Json.encode(new PersonalChanges(
                        "personal",
                        asked.after(),
                        version,
                        changed.stream().map(id -> entry(id, user)).toList())),
                changed.stream()
                        .filter(id -> world.room(id).has(user))
                        .map(id -> new HubActions.Stay(
                                id, world.room(id).last(user).from(), world.room(id).version, 1))
                        .toList(),
                changed.stream().filter(id -> !world.room(id).has(user)).toList());
    }

    private Entry entry(UUID id, UUID user) {
        World.Room room = world.room(id);
        return room.has(user) ? new Entry(id, room.version, false) : new Entry(id, room.changed(user), true);
    }
}
