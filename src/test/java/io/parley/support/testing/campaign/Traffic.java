package io.parley.support.testing.campaign;

import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What goes on while a campaign runs, on one timer. Open loop: what is due is done, whether the server keeps up or
 * not.
 */
final class Traffic {
    private static final long TICK_MS = 20;
    private static final int LONGEST_ABSENCE_MS = 3_000;

    private final Plan plan;
    private final Vertx vertx;
    private final Random random;
    private final List<Person> people;
    private final List<Room> rooms;
    private final List<ParleyClient> devices;
    private final Set<ParleyClient> away = ConcurrentHashMap.newKeySet();
    private final Function<Person, PersonApi> apis;
    private volatile boolean running;
    private long sent;

    Traffic(
            Plan plan,
            Vertx vertx,
            List<Person> people,
            List<Room> rooms,
            List<ParleyClient> devices,
            Function<Person, PersonApi> apis) {
        this.plan = plan;
        this.vertx = vertx;
        this.random = new Random(plan.seed());
        this.people = people;
        this.rooms = rooms;
        this.devices = devices;
        this.apis = apis;
    }

    void start() {
        running = true;
        vertx.setPeriodic(TICK_MS, this::tick);
    }

    /** No more; devices that are away are called back by the campaign. */
    void stop() {
        running = false;
    }

    private void tick(long timer) {
        if (!running) {
            vertx.cancelTimer(timer);
            return;
        }
        repeat(plan.sends(), this::send);
        repeat(plan.moves(), this::move);
        repeat(plan.reconnects(), this::reconnect);
        repeat(plan.reads(), this::read);
    }

    /** As often as a process of this rate does it in one tick. */
    private void repeat(double perSecond, Runnable action) {
        double due = perSecond * TICK_MS / 1_000;
        while (due > 0 && random.nextDouble() < due) {
            action.run();
            due -= 1;
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void send() {
        ParleyClient device = any(devices);
        List<Room> his = rooms.stream()
                .filter(room -> room.believedIn.contains(device.person()))
                .toList();
        if (!his.isEmpty()) {
            Room room = any(his);
            for (int burst = random.nextInt(5) == 0 ? 5 : 1; burst > 0; burst--) {
                device.send(room.id, "message " + ++sent + " of " + device.name() + " ünïcödé \uD83D\uDC4B");
            }
        }
    }

    /** Puts somebody into a room or out of it; the outcome shows in the history. */
    private void move() {
        Room room = any(rooms);
        Person person = any(people);
        if (person.equals(room.keeper)) {
            return;
        }
        PersonApi keeper = apis.apply(room.keeper);
        if (room.believedIn.remove(person)) {
            keeper.removeMember(room.id, person.id());
        } else {
            room.believedIn.add(person);
            keeper.addMembers(room.id, List.of(person.id()));
        }
    }

    private void reconnect() {
        ParleyClient device = any(devices);
        if (away.add(device)) {
            device.disconnect();
            vertx.setTimer(1 + random.nextInt(LONGEST_ABSENCE_MS), back -> {
                away.remove(device);
                device.connect();
            });
        }
    }

    private void read() {
        ParleyClient device = any(devices);
        Room room = any(rooms);
        device.ask(state -> {
                    var conversation = state.find(room.id);
                    return conversation == null ? 0L : conversation.position();
                })
                .onSuccess(position -> {
                    if (position > 0) {
                        device.read(room.id, position / 2);
                    }
                });
    }
}
