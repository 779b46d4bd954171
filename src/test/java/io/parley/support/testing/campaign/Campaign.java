package io.parley.support.testing.campaign;

import io.parley.support.Ids;
import io.parley.support.testing.checker.Checker;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.parley.support.testing.checker.Verdict;
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

/**
 * Runs traffic against a server, breaks things meanwhile, waits until all is quiet and proves that nothing was lost,
 * doubled, reordered or shown to the wrong people. Blocks; prints its seed, so that it can be run again.
 */
public final class Campaign implements AutoCloseable {
    /** What a server may need at most to settle after the last fault is mended. */
    private static final Duration QUIET = Duration.ofMinutes(2);

    /** The journal repairs within 2 seconds; this is that with a loaded machine in mind. */
    private static final Duration REPAIR = Duration.ofSeconds(15);

    private static final Duration START = Duration.ofSeconds(60);

    private final Plan plan;
    private final ClientHost host;
    private final OperatorApi operator;
    private final Random random;
    private final List<Person> people = new ArrayList<>();
    private final List<Room> rooms = new ArrayList<>();
    private final List<ParleyClient> devices = new ArrayList<>();

    public Campaign(Plan plan, ClientHost host, OperatorApi operator) {
        this.plan = plan;
        this.host = host;
        this.operator = operator;
        this.random = new Random(plan.seed());
    }

    /**
     * Runs traffic from the first to the last fault, and the same time after it.
     *
     * @param rest how long the traffic goes on after the last fault
     */
    public Verdict run(List<Fault> faults, Duration rest) {
        say("seed " + plan.seed());
        prepare();
        Traffic traffic = new Traffic(plan, host.vertx(), people, rooms, devices, this::api);
        traffic.start();
        for (Fault fault : faults) {
            Blocking.rest(fault.after());
            say(fault.name());
            fault.action().run();
        }
        Blocking.rest(rest);
        traffic.stop();
        say("traffic over");
        settle();
        return prove();
    }

    @SuppressWarnings("SystemOut") // a test's own account of itself
    private static void say(String what) {
        System.out.println("campaign: " + what);
    }

    private void prepare() {
        String suffix = Ids.next().toString().substring(24);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < plan.people(); i++) {
            names.add("p" + i + "." + suffix);
        }
        List<UUID> ids = Blocking.get(operator.people(names));
        for (int i = 0; i < ids.size(); i++) {
            people.add(new Person(ids.get(i), names.get(i), operator.tokensOf(ids.get(i))));
        }
        makeRooms(suffix);
        people.forEach(person -> devices.add(new ParleyClient(host, person, settings("phone"))));
        people.subList(0, plan.secondDevices())
                .forEach(person -> devices.add(new ParleyClient(host, person, settings("tablet"))));
        devices.forEach(ParleyClient::connect);
        require(START, "all devices are connected", () -> devices.stream().allMatch(Campaign::isReady));
    }

    private ClientSettings settings(String device) {
        return ClientSettings.device(device).withBatch(random.nextBoolean()).withCursor(random.nextInt(4) > 0);
    }

    private void makeRooms(String suffix) {
        List<OperatorApi.Group> groups = new ArrayList<>();
        for (int size : plan.roomSizes()) {
            List<Person> members = new ArrayList<>(people);
            Collections.shuffle(members, random);
            Room room = new Room(Ids.next(), random.nextInt(3) == 0, members.subList(0, size));
            rooms.add(room);
            groups.add(new OperatorApi.Group(room.id, "Room " + suffix, room.founders, room.sinceJoin));
        }
        Blocking.get(operator.groups(groups));
    }

    private PersonApi api(Person person) {
        return new PersonApi(host.rest(), person.tokens());
    }

    private static boolean isReady(ParleyClient device) {
        return Blocking.get(device.isReady());
    }

    /** Calls everybody back and waits until every device has all it knows of, twice with a ping in between. */
    private void settle() {
        require(QUIET, "all devices are back", () -> {
            devices.forEach(ParleyClient::connect);
            return devices.stream().allMatch(Campaign::isReady);
        });
        require(QUIET, "all is sent and fetched", () -> devices.stream().allMatch(this::isSettled));
        devices.forEach(ParleyClient::ping);
        require(QUIET, "all is sent and fetched again", () -> devices.stream().allMatch(this::isSettled));
        devices.forEach(device -> device.history().add(new Entry.Settled()));
    }

    private boolean isSettled(ParleyClient device) {
        return Blocking.get(device.isSettled());
    }

    private void require(Duration limit, String what, BooleanSupplier condition) {
        if (!Blocking.until(limit, condition)) {
            List<String> stuck = devices.stream()
                    .filter(device -> !isSettled(device))
                    .map(device -> device.name() + ": " + Blocking.get(device.describe()))
                    .toList();
            throw new IllegalStateException("not true within " + limit + ": " + what + "; stuck: " + stuck);
        }
    }

    /** Waits as long as the server may take to repair what it lost; what is broken then is broken. */
    private Verdict prove() {
        TruthReader reader = new TruthReader();
        rooms.forEach(room -> reader.readRoom(api(room.keeper), room.id, room.founders));
        people.forEach(
                person -> reader.readMarks(person.id(), Blocking.get(api(person).conversations())));
        List<History> histories = devices.stream().map(ParleyClient::history).toList();
        Verdict[] verdict = {Checker.check(histories, reader.truth())};
        Blocking.until(REPAIR, () -> {
            verdict[0] = verdict[0].holds() ? verdict[0] : Checker.check(histories, reader.truth());
            return verdict[0].holds();
        });
        say(verdict[0].summary().toString());
        return verdict[0];
    }

    /** For tests that look at single devices. */
    public List<ParleyClient> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void close() {
        devices.forEach(device -> Blocking.get(device.disconnect()));
    }
}
