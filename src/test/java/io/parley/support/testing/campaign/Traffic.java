package io.parley.support.testing.campaign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.parley.support.testing.client.Wire;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What goes on while a campaign runs, on one timer. Open loop: what is due is done, whether the server keeps up or
 * not.
 */
final class Traffic {
    private static final long TICK_MS = 20;
    private static final int LONGEST_ABSENCE_MS = 3_000;
    private static final long SWEEP_MS = 1_000;
    private static final int BURST_ONE_IN = 5;
    private static final int BURST = 5;
    private static final int TWICE_ONE_IN = 8;
    private static final int FARTHEST = 50;
    private static final int PAGE = 20;

    private final Plan plan;
    private final Vertx vertx;
    private final Random random;
    private final Crowd crowd;
    private final Set<ParleyClient> away = ConcurrentHashMap.newKeySet();
    private volatile boolean running;
    private long sent;

    Traffic(Plan plan, Vertx vertx, Crowd crowd) {
        this.plan = plan;
        this.vertx = vertx;
        this.crowd = crowd;
        this.random = new Random(plan.seed());
    }

    void start() {
        running = true;
        vertx.setPeriodic(TICK_MS, this::tick);
        vertx.setPeriodic(SWEEP_MS, this::callBack);
    }

    /** Who was refused so often that he gave up is told by his user to try again. */
    private void callBack(long timer) {
        if (!running) {
            vertx.cancelTimer(timer);
            return;
        }
        crowd.devices.stream().filter(device -> !away.contains(device)).forEach(ParleyClient::connect);
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
        repeat(plan.restSends(), this::sendByRest);
        repeat(plan.moves(), this::move);
        repeat(plan.reconnects(), this::reconnect);
        repeat(plan.reads(), this::read);
        repeat(plan.reads(), this::browse);
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
        ParleyClient device = any(crowd.devices);
        boolean burst = random.nextInt(BURST_ONE_IN) == 0;
        anyRoomOf(device.person()).ifPresent(room -> {
            for (int i = burst ? BURST : 1; i > 0; i--) {
                device.send(room.id, text(device.name()));
            }
        });
    }

    private void sendByRest() {
        int who = random.nextInt(crowd.restSenders.size());
        boolean twice = random.nextInt(TWICE_ONE_IN) == 0;
        anyRoomOf(crowd.people.get(who))
                .ifPresent(room -> crowd.restSenders
                        .get(who)
                        .send(room.id, text(crowd.people.get(who).name()), twice));
    }

    private Optional<Room> anyRoomOf(Person person) {
        List<Room> his = crowd.rooms.stream()
                .filter(room -> room.believedIn.contains(person))
                .toList();
        return his.isEmpty() ? Optional.empty() : Optional.of(any(his));
    }

    private String text(String sender) {
        return "message " + ++sent + " of " + sender + " ünïcödé \uD83D\uDC4B";
    }

    /** Puts somebody into a room or out of it, so that it keeps about its size; the outcome shows in the history. */
    private void move() {
        Room room = any(crowd.rooms);
        Person person = room.hasGrown() ? any(List.copyOf(room.believedIn)) : any(crowd.candidates(room));
        if (person.equals(room.keeper)) {
            return;
        }
        PersonApi keeper = crowd.api(room.keeper);
        if (room.believedIn.remove(person)) {
            keeper.removeMember(room.id, person.id());
        } else {
            room.believedIn.add(person);
            keeper.addMembers(room.id, List.of(person.id()));
        }
    }

    private void reconnect() {
        ParleyClient device = any(crowd.devices);
        int absenceMs = 1 + random.nextInt(LONGEST_ABSENCE_MS);
        if (away.add(device)) {
            device.disconnect();
            vertx.setTimer(absenceMs, back -> {
                away.remove(device);
                device.connect();
            });
        }
    }

    /** Looks at some of what was said, somewhere; it may not be his to see. */
    private void browse() {
        ParleyClient device = any(crowd.devices);
        Room room = any(crowd.rooms);
        ObjectNode page = JsonNodeFactory.instance
                .objectNode()
                .put("conversation", room.id.toString())
                .put("after", random.nextInt(FARTHEST))
                .put("limit", PAGE);
        device.command("history", page)
                .onSuccess(result -> device.history().add(new Entry.Paged(room.id, Wire.copies(result.path("items")))));
    }

    private void read() {
        ParleyClient device = any(crowd.devices);
        Room room = any(crowd.rooms);
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
