package io.parley.support.testing.network;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way from one process to another, with all connections that run over it. Open at first. What is held back is not
 * lost but comes when the link opens again, as TCP does it over a network that was cut for a while; only connections
 * that somebody has given up meanwhile are gone. "Forth" is from the one who connects to the one who accepts.
 */
public final class Link {
    /** What passes. */
    private record State(boolean forth, boolean back, boolean refused, Duration delay) {}

    private static final State OPEN = new State(true, true, false, Duration.ZERO);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Conduit> conduits = new LinkedHashSet<>();
    private State state = OPEN;

    /** Everything passes, at once. */
    public void open() {
        become(OPEN);
    }

    /** Nothing passes; connections stay, new ones are accepted and hang. */
    public void hold() {
        become(new State(false, false, false, Duration.ZERO));
    }

    /** Only what goes forth passes, and nobody can connect, which takes both directions. */
    public void holdBack() {
        become(new State(true, false, false, Duration.ZERO));
    }

    /** Only what comes back passes, and nobody can connect. */
    public void holdForth() {
        become(new State(false, true, false, Duration.ZERO));
    }

    /** All connections are reset, new ones as soon as they are made. */
    public void refuse() {
        become(new State(false, false, true, Duration.ZERO));
        resetAll();
    }

    /** Everything passes, each piece of data this much later in either direction. */
    public void delay(Duration time) {
        become(new State(true, true, false, time));
    }

    /** How many connections there are, also ones that hang. */
    public int connections() {
        lock.lock();
        try {
            return conduits.size();
        } finally {
            lock.unlock();
        }
    }

    private void become(State next) {
        lock.lock();
        try {
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void resetAll() {
        List<Conduit> all;
        lock.lock();
        try {
            all = List.copyOf(conduits);
        } finally {
            lock.unlock();
        }
        all.forEach(Conduit::reset);
    }

    /** @return false when the link takes no connections; then it must be reset */
    boolean enter(Conduit conduit) {
        lock.lock();
        try {
            return !state.refused() && conduits.add(conduit);
        } finally {
            lock.unlock();
        }
    }

    /** It is over; whoever waits for its passage waits no longer. */
    void leave(Conduit conduit) {
        lock.lock();
        try {
            conduits.remove(conduit);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a connection can be made. */
    void awaitConnect(Conduit conduit) throws InterruptedException {
        lock.lock();
        try {
            while (conduits.contains(conduit) && !(state.forth() && state.back())) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until data that is there now may pass, or the connection is over. */
    void awaitPassage(Conduit conduit, boolean forth) throws InterruptedException {
        long came = System.nanoTime();
        lock.lock();
        try {
            while (conduits.contains(conduit) && left(came, forth) > 0) {
                changed.await(left(came, forth), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds until data that came then may pass, as far as can be foreseen. */
    private long left(long came, boolean forth) {
        boolean passes = forth ? state.forth() : state.back();
        return passes ? came + state.delay().toNanos() - System.nanoTime() : Long.MAX_VALUE;
    }
}
