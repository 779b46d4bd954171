package io.parley.support.testing.client;

import io.parley.support.Ids;
import io.parley.support.testing.checker.History;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The people and devices of one test. Names are made unique, so that tests share a server without meeting. Its
 * methods block and are for test threads only; closing it hangs up all devices.
 */
public final class Cast implements AutoCloseable {
    private static final String PASSWORD = "correct horse battery";
    private static final long LIMIT_SECONDS = 30;

    private final ClientHost host;
    private final OperatorApi operator;
    private final String suffix = Ids.next().toString().substring(24);
    private final List<ParleyClient> devices = new ArrayList<>();

    public Cast(ClientHost host, OperatorApi operator) {
        this.host = host;
        this.operator = operator;
    }

    /** Waits for what a test cannot go on without. */
    public static <T> T await(Future<T> future) {
        try {
            return future.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("no answer within " + LIMIT_SECONDS + " s", late);
        }
    }

    /** Somebody who registers by himself. */
    public Person registered(String name) {
        return Person.of(await(SignedIn.register(host.rest(), unique(name), PASSWORD)));
    }

    /** Somebody whom the operator has made. */
    public Person person(String name) {
        return people(List.of(name)).getFirst();
    }

    public Person guest(String name) {
        return people(List.of(name), "guest").getFirst();
    }

    public List<Person> people(List<String> names) {
        return people(names, "user");
    }

    private List<Person> people(List<String> names, String kind) {
        List<String> unique = names.stream().map(this::unique).toList();
        List<UUID> ids = await(operator.people(unique, kind));
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            people.add(new Person(ids.get(i), unique.get(i), operator.tokensOf(ids.get(i))));
        }
        return people;
    }

    private String unique(String name) {
        return name + "." + suffix;
    }

    public PersonApi api(Person person) {
        return new PersonApi(host.rest(), person.tokens());
    }

    /** A device that is not connected yet. */
    public ParleyClient device(Person person, ClientSettings settings) {
        ParleyClient device = new ParleyClient(host, person, settings);
        devices.add(device);
        return device;
    }

    /** A device that is connected. */
    public ParleyClient connected(Person person, String name) {
        ParleyClient device = device(person, ClientSettings.device(name));
        await(device.connect());
        return device;
    }

    /** A group made by the first, with the others. */
    public UUID group(Person owner, Person... others) {
        return group(owner, "all", others);
    }

    /** @param history {@code all} or {@code since_join} */
    public UUID group(Person owner, String history, Person... others) {
        UUID id = Ids.next();
        List<UUID> members = List.of(others).stream().map(Person::id).toList();
        await(api(owner).group(id, "Group " + suffix, members, history));
        return id;
    }

    public List<History> histories() {
        return devices.stream().map(ParleyClient::history).toList();
    }

    @Override
    public void close() {
        devices.forEach(device -> await(device.disconnect()));
    }
}
