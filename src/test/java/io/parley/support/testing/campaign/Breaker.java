package io.parley.support.testing.campaign;

import io.parley.support.testing.network.Link;
import io.parley.support.testing.node.Cluster;
import io.parley.support.testing.node.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Knows how each kind of fault is brought about in a cluster, and how it is mended. All of it blocks. */
final class Breaker {
    private static final Duration NODE_START = Duration.ofMinutes(3);
    private static final Duration SLOW = Duration.ofMillis(200);
    private static final int SLOW_READERS_ONE_IN = 6;
    private static final int FARTHEST_JUMP_SECONDS = 3_600;

    private final Cluster cluster;
    private final int devices;
    private final Consumer<List<Integer>> slowReaders;

    /**
     * @param devices how many there are to be slow
     * @param slowReaders who is told which of them stop reading; all others read
     */
    Breaker(Cluster cluster, int devices, Consumer<List<Integer>> slowReaders) {
        this.cluster = cluster;
        this.devices = devices;
        this.slowReaders = slowReaders;
    }

    /** Breaks it, waits for as long as it shall last, and mends it. */
    void run(PlannedFault fault) {
        switch (fault.kind()) {
            case KILL_NODE -> down(fault, List.of(fault.node()), TestNode::killForcibly);
            case RESTART_NODE -> down(fault, List.of(fault.node()), TestNode::terminate);
            case START_TWO -> down(fault, List.of(fault.node(), fault.other()), TestNode::killForcibly);
            case KILL_ALL -> killAll(fault);
            case PAUSE_NODE -> lasting(fault, node(fault)::pause, node(fault)::resume);
            case JUMP_CLOCK ->
                lasting(
                        fault,
                        () -> cluster.clock(fault.node()).set(jump(fault)),
                        () -> cluster.clock(fault.node()).set(Duration.ZERO));
            case KILL_POSTGRES -> lasting(fault, cluster.postgres()::killForcibly, cluster::startPostgres);
            case PAUSE_POSTGRES -> lasting(fault, cluster.postgres()::pauseAll, cluster.postgres()::resumeAll);
            case KILL_REDIS -> lasting(fault, cluster.redis()::killForcibly, cluster::startRedis);
            case PAUSE_REDIS -> lasting(fault, cluster.redis()::pause, cluster.redis()::resume);
            case FLUSH_REDIS -> cluster.flushRedis();
            case SPLIT -> withLinks(fault, all(fault), Link::hold);
            case SPLIT_ONE_WAY -> oneWay(fault);
            case SPLIT_FLAPPING -> flapping(fault);
            case CUT_BUS -> withLinks(fault, bus(fault), Link::hold);
            case CUT_MEMBERSHIP -> withLinks(fault, membership(fault), Link::hold);
            case DELAY_NODES -> withLinks(fault, all(fault), link -> link.delay(SLOW));
            case CUT_POSTGRES -> withLinks(fault, postgres(fault), Link::hold);
            case REFUSE_POSTGRES -> withLinks(fault, postgres(fault), Link::refuse);
            case DELAY_POSTGRES -> withLinks(fault, postgres(fault), link -> link.delay(SLOW));
            case CUT_REDIS -> withLinks(fault, List.of(cluster.network().redis(fault.node())), Link::hold);
            case SLOW_READERS ->
                lasting(fault, () -> slowReaders.accept(some(fault)), () -> slowReaders.accept(List.of()));
        }
    }

    private static void lasting(PlannedFault fault, Runnable begin, Runnable end) {
        begin.run();
        try {
            Blocking.rest(fault.length());
        } finally {
            end.run();
        }
    }

    private TestNode node(PlannedFault fault) {
        return cluster.node(fault.node());
    }

    /** They stop, in whatever way, and all start again at the same time. */
    private void down(PlannedFault fault, List<Integer> nodes, Consumer<TestNode> stop) {
        lasting(fault, () -> nodes.forEach(node -> stop.accept(cluster.node(node))), () -> startAll(nodes));
    }

    private void startAll(List<Integer> nodes) {
        List<CompletableFuture<Void>> starts = nodes.stream()
                .map(node ->
                        CompletableFuture.runAsync(() -> startAtLast(cluster.node(node)), Thread::startVirtualThread))
                .toList();
        starts.forEach(CompletableFuture::join);
    }

    /** A node may refuse to start while its servers are away; whoever supervises it starts it again. */
    private static void startAtLast(TestNode node) {
        boolean started = Blocking.until(NODE_START, () -> {
            try {
                node.start();
                return true;
            } catch (IllegalStateException refused) {
                if (node.isAlive()) {
                    node.killForcibly();
                }
                return false;
            }
        });
        if (!started) {
            throw new IllegalStateException("the node does not start any more");
        }
    }

    private void killAll(PlannedFault fault) {
        List<Integer> nodes = IntStream.range(0, cluster.size()).boxed().toList();
        lasting(
                fault,
                () -> {
                    nodes.forEach(node -> cluster.node(node).killForcibly());
                    cluster.postgres().killForcibly();
                    cluster.redis().killForcibly();
                },
                () -> {
                    cluster.startPostgres();
                    cluster.startRedis();
                    startAll(nodes);
                });
    }

    /** Up to an hour forward or back, smaller jumps more often. */
    private static Duration jump(PlannedFault fault) {
        Random random = new Random(fault.choice());
        double far = random.nextDouble() * random.nextDouble();
        return Duration.ofSeconds((long) ((random.nextBoolean() ? 1 : -1) * (1 + far * FARTHEST_JUMP_SECONDS)));
    }

    private List<Integer> some(PlannedFault fault) {
        Random random = new Random(fault.choice());
        return IntStream.range(0, devices)
                .filter(device -> random.nextInt(SLOW_READERS_ONE_IN) == 0)
                .boxed()
                .toList();
    }

    private static void withLinks(PlannedFault fault, List<Link> links, Consumer<Link> cut) {
        lasting(fault, () -> links.forEach(cut), () -> links.forEach(Link::open));
    }

    private List<Link> postgres(PlannedFault fault) {
        return List.of(cluster.network().postgres(fault.node()));
    }

    private List<Link> bus(PlannedFault fault) {
        return List.of(
                cluster.network().bus(fault.node(), fault.other()),
                cluster.network().bus(fault.other(), fault.node()));
    }

    private List<Link> membership(PlannedFault fault) {
        return List.of(
                cluster.network().membership(fault.node(), fault.other()),
                cluster.network().membership(fault.other(), fault.node()));
    }

    private List<Link> all(PlannedFault fault) {
        return Stream.concat(bus(fault).stream(), membership(fault).stream()).toList();
    }

    /** Nothing that the one node says reaches the other, whoever has made the connection. */
    private void oneWay(PlannedFault fault) {
        List<Link> made = List.of(
                cluster.network().bus(fault.node(), fault.other()),
                cluster.network().membership(fault.node(), fault.other()));
        List<Link> accepted = List.of(
                cluster.network().bus(fault.other(), fault.node()),
                cluster.network().membership(fault.other(), fault.node()));
        lasting(
                fault,
                () -> {
                    made.forEach(Link::holdForth);
                    accepted.forEach(Link::holdBack);
                },
                () -> all(fault).forEach(Link::open));
    }

    private void flapping(PlannedFault fault) {
        Random random = new Random(fault.choice());
        List<Link> links = new ArrayList<>(all(fault));
        long leftMs = fault.length().toMillis();
        for (boolean cut = true; leftMs > 0; cut = !cut) {
            long spanMs = Math.min(leftMs, 1_000 + random.nextInt(2_000));
            links.forEach(cut ? Link::hold : Link::open);
            Blocking.rest(Duration.ofMillis(spanMs));
            leftMs -= spanMs;
        }
        links.forEach(Link::open);
    }
}
