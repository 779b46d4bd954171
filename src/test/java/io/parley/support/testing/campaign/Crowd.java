package io.parley.support.testing.campaign;

import io.parley.support.Ids;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.ClientSettings;
import io.parley.support.testing.client.OperatorApi;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The people of a campaign with their rooms and devices. Names and ids are new each time, so that many campaigns can
 * run on one server; everything else follows from the plan. All methods block.
 */
final class Crowd {
    private static final Duration START = Duration.ofSeconds(60);
    /** What a server may need at most to settle after the last fault is mended. */
    private static final Duration QUIET = Duration.ofMinutes(2);

    private static final int SINCE_JOIN_ONE_IN = 3;

    final List<Person> people = new ArrayList<>();
    final List<Room> rooms = new ArrayList<>();
    final List<ParleyClient> devices = new ArrayList<>();
    final List<RestSender> restSenders = new ArrayList<>();

    private final Plan plan;
    private final ClientHost host;
    private final OperatorApi operator;
    private final Random random;
    private final String suffix = Ids.next().toString().substring(24);
    /** Who takes no part in the traffic. */
    private final List<Person> bystanders = new ArrayList<>();

    /** Devices made so far. */
    private int made;

    private final List<ParleyClient> bystandingDevices = new ArrayList<>();
    private final List<Room> bystandingRooms = new ArrayList<>();

    Crowd(Plan plan, ClientHost host, OperatorApi operator) {
        this.plan = plan;
        this.host = host;
        this.operator = operator;
        this.random = new Random(plan.seed());
    }

    /** Makes people and rooms, and connects the devices; one person is in no room and must never hear of any. */
    void gather() {
        people.addAll(makePeople("p", plan.people()));
        makeRooms();
        connected().forEach(person -> devices.add(new ParleyClient(host, person, settings("phone"))));
        people.subList(0, plan.secondDevices())
                .forEach(person -> devices.add(new ParleyClient(host, person, settings("tablet"))));
        connected().forEach(person -> restSenders.add(new RestSender(host.vertx(), person, api(person))));
        Person outsider = makePeople("outsider", 1).getFirst();
        bystanders.add(outsider);
        bystandingDevices.add(new ParleyClient(host, outsider, settings("phone")));
        connectAll(START);
    }

    /**
     * Adds devices that are timed, in a room of their own.
     *
     * @param homes one device each, of people of their own
     */
    Probe addProbe(List<ClientHost> homes) {
        List<Person> probing = makePeople("probe", homes.size());
        List<ParleyClient> probes = new ArrayList<>();
        for (int i = 0; i < homes.size(); i++) {
            probes.add(new ParleyClient(homes.get(i), probing.get(i), ClientSettings.device("probe")));
        }
        Room room = makeRoom(probing, false);
        bystandingRooms.add(room);
        bystanders.addAll(probing);
        bystandingDevices.addAll(probes);
        Probe probe = new Probe(host.vertx(), room.id, probes);
        connectAll(START);
        return probe;
    }

    private List<Person> makePeople(String kind, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(kind + i + "." + suffix);
        }
        List<UUID> ids = Blocking.getAtLast(() -> operator.people(names));
        List<Person> made = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            made.add(new Person(ids.get(i), names.get(i), operator.tokensOf(ids.get(i))));
        }
        return made;
    }

    /** Rooms have members with devices as far as there are enough of them. */
    private void makeRooms() {
        for (int size : plan.roomSizes()) {
            List<Person> members = new ArrayList<>(people.subList(0, Math.max(size, plan.connected())));
            Collections.shuffle(members, random);
            rooms.add(makeRoom(members.subList(0, size), random.nextInt(SINCE_JOIN_ONE_IN) == 0));
        }
    }

    private Room makeRoom(List<Person> members, boolean sinceJoin) {
        Room room = new Room(Ids.next(), sinceJoin, members);
        OperatorApi.Group group = new OperatorApi.Group(room.id, "Room " + suffix, room.founders, sinceJoin);
        Blocking.getAtLast(() -> operator.groups(List.of(group)));
        return room;
    }

    private ClientSettings settings(String device) {
        return ClientSettings.device(device)
                .withBatch(random.nextBoolean())
                .withCursor(random.nextInt(4) > 0)
                .over(plan.ways().get(made++ % plan.ways().size()));
    }

    List<Person> connected() {
        return people.subList(0, plan.connected());
    }

    /** Who may be put into a room: somebody who sees it, unless the room is for everybody. */
    List<Person> candidates(Room room) {
        return room.founders.size() > plan.connected() ? people : connected();
    }

    PersonApi api(Person person) {
        return new PersonApi(host.rest(), person.tokens());
    }

    private List<ParleyClient> allDevices() {
        return Stream.concat(devices.stream(), bystandingDevices.stream()).toList();
    }

    private void connectAll(Duration limit) {
        List<ParleyClient> all = allDevices();
        require(limit, "all devices are connected", () -> {
            all.forEach(ParleyClient::connect);
            return all.stream().allMatch(device -> Blocking.get(device.isReady()));
        });
    }

    /** These devices stop reading, all others read. */
    void slow(List<Integer> slow) {
        for (int i = 0; i < devices.size(); i++) {
            if (slow.contains(i)) {
                devices.get(i).pauseReading();
            } else {
                devices.get(i).resumeReading();
            }
        }
    }

    /** Calls everybody back and waits until every device has all it knows of, twice with a ping in between. */
    void settle() {
        connectAll(QUIET);
        require(QUIET, "all is sent and fetched", this::isSettled);
        allDevices().forEach(ParleyClient::ping);
        require(QUIET, "all is sent and fetched again", this::isSettled);
        allDevices().forEach(device -> device.history().add(new Entry.Settled()));
    }

    private boolean isSettled() {
        return allDevices().stream().allMatch(device -> Blocking.get(device.isSettled()))
                && restSenders.stream().allMatch(sender -> Blocking.get(sender.isSettled()));
    }

    private void require(Duration limit, String what, BooleanSupplier condition) {
        if (!Blocking.until(limit, condition)) {
            List<String> stuck = allDevices().stream()
                    .filter(device -> !Blocking.get(device.isSettled()))
                    .map(device -> device.name() + ": " + Blocking.get(device.describe()))
                    .toList();
            throw new IllegalStateException("not true within " + limit + ": " + what + "; stuck: " + stuck);
        }
    }

    /** What the server holds, as those see it who have devices. */
    TruthReader readTruth() {
        TruthReader reader = new TruthReader();
        Stream.concat(rooms.stream(), bystandingRooms.stream())
                .forEach(room -> reader.readRoom(api(room.keeper), room.id, room.founders));
        Stream.concat(connected().stream(), bystanders.stream())
                .forEach(person -> reader.readMarks(
                        person.id(), Blocking.getAtLast(() -> api(person).conversations())));
        return reader;
    }

    List<History> histories() {
        return Stream.concat(
                        allDevices().stream().map(ParleyClient::history),
                        restSenders.stream().map(RestSender::history))
                .toList();
    }

    void disconnect() {
        allDevices().forEach(device -> Blocking.get(device.disconnect()));
    }
}
