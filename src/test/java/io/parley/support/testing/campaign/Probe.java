package io.parley.support.testing.campaign;

import io.parley.support.Ids;
import io.parley.support.testing.checker.Copy;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.client.ParleyClient;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A little steady traffic that is timed: devices, some on each node, that talk to each other in turn in a room of their
 * own. What is due is sent as soon as it can be, so that waiting shows.
 */
final class Probe {
    private static final long EVERY_MS = 100;

    private final Vertx vertx;
    private final UUID room;
    private final List<ParleyClient> devices;
    private final Map<UUID, Flight> flights = new ConcurrentHashMap<>();
    private final List<Absence> absences = new ArrayList<>();
    private final Map<ParleyClient, Long> leftAt = new HashMap<>();
    private volatile boolean running;
    private int turn;

    /** @param devices all in the room, and nobody else; connected or about to be */
    Probe(Vertx vertx, UUID room, List<ParleyClient> devices) {
        this.vertx = vertx;
        this.room = room;
        this.devices = List.copyOf(devices);
        devices.forEach(device -> device.history().observe(entry -> see(device, entry)));
    }

    /** A message on its way. */
    private static final class Flight {
        private final long dueNanos;
        private final Set<ParleyClient> lacking;
        private long ackedNanos = Sample.NEVER;
        private long committedNanos = Sample.NEVER;
        private long completeNanos = Sample.NEVER;

        Flight(List<ParleyClient> devices) {
            this.dueNanos = System.nanoTime();
            this.lacking = new HashSet<>(devices);
        }

        synchronized void acked() {
            ackedNanos = System.nanoTime();
            committedNanos = Math.min(committedNanos, ackedNanos);
        }

        synchronized void seenBy(ParleyClient device) {
            long now = System.nanoTime();
            committedNanos = Math.min(committedNanos, now);
            if (lacking.remove(device) && lacking.isEmpty()) {
                completeNanos = now;
            }
        }

        synchronized Sample sample() {
            return new Sample(dueNanos, ackedNanos, committedNanos, completeNanos);
        }
    }

    void start() {
        running = true;
        vertx.setPeriodic(EVERY_MS, this::tick);
    }

    void stop() {
        running = false;
    }

    private void tick(long timer) {
        if (!running) {
            vertx.cancelTimer(timer);
            return;
        }
        ParleyClient device = devices.get(turn++ % devices.size());
        UUID message = Ids.next();
        Flight flight = new Flight(devices);
        flights.put(message, flight);
        device.send(room, message, "probe " + turn).onSuccess(stored -> flight.acked());
    }

    private void see(ParleyClient device, Entry entry) {
        switch (entry) {
            case Entry.Received event -> seen(device, event.message());
            case Entry.Range range -> range.messages().forEach(message -> seen(device, message));
            case Entry.Paged page -> page.messages().forEach(message -> seen(device, message));
            case Entry.Disconnected left -> left(device);
            case Entry.Connected back -> back(device);
            default -> {}
        }
    }

    private void seen(ParleyClient device, @Nullable Copy message) {
        Flight flight = message == null ? null : flights.get(message.id());
        if (flight != null) {
            flight.seenBy(device);
        }
    }

    private void left(ParleyClient device) {
        synchronized (absences) {
            leftAt.put(device, System.nanoTime());
        }
    }

    private void back(ParleyClient device) {
        synchronized (absences) {
            Long since = leftAt.remove(device);
            if (since != null) {
                absences.add(new Absence(device.name(), since, System.nanoTime()));
            }
        }
    }

    List<ParleyClient> devices() {
        return devices;
    }

    List<Sample> samples() {
        return flights.values().stream().map(Flight::sample).toList();
    }

    List<Absence> absences() {
        synchronized (absences) {
            return List.copyOf(absences);
        }
    }
}
