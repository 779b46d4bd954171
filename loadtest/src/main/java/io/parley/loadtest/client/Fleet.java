package io.parley.loadtest.client;

import io.parley.loadtest.check.Histograms;
import io.parley.loadtest.check.InvariantCheck;
import io.parley.loadtest.check.Positions;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.RoomIndex;
import io.parley.loadtest.check.Step;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Population.Person;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** All clients of a load, spread over some threads. Used by the main thread. */
public final class Fleet implements AutoCloseable {
    private static final long POLL_NANOS = 20_000_000;
    private static final long ANSWER_SECONDS = 60;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Population population;
    private final List<URI> sockets;
    private final Settings settings;
    private final Share share;
    private final Texts texts;
    private final List<ClientLoop> loops = new ArrayList<>();
    private final @Nullable LoadClient[] clients;
    private int opened;

    /**
     * How clients behave.
     *
     * @param loops threads that read
     * @param connectWindow connections under way at once
     * @param batch whether the clients take several events in one frame
     * @param textBytes length of messages
     * @param lasting whether they come back when they are cut off, and say once more what was not answered
     */
    public record Settings(int loops, int connectWindow, boolean batch, int textBytes, boolean lasting) {}

    /**
     * Which people are here: every so many-th.
     *
     * @param index from 0
     * @param of how many processes
     */
    public record Share(int index, int of) {
        public static final Share ALL = new Share(0, 1);

        public boolean has(int person) {
            return person % of == index;
        }
    }

    /**
     * How connecting went.
     *
     * @param times of each from the first packet to {@code ready} with all conversations, nanoseconds
     */
    public record Connected(int ready, int refused, double seconds, Histogram times) {}

    /**
     * How the sessions are now.
     *
     * @param open ready ones
     * @param settled of these, those that lack nothing that they know of
     */
    public record Standing(int open, int settled) {
        public Standing plus(Standing other) {
            return new Standing(open + other.open, settled + other.settled);
        }
    }

    /** @param sockets over which the clients are dealt out */
    public Fleet(Population population, List<URI> sockets, Settings settings, Share share) {
        this.population = population;
        this.sockets = sockets;
        this.settings = settings;
        this.share = share;
        this.texts = new Texts(settings.textBytes());
        this.clients = new LoadClient[population.people().size()];
        RoomIndex rooms = new RoomIndex(population.rooms());
        List<UUID> users = population.people().stream().map(Person::id).toList();
        for (int i = 0; i < settings.loops(); i++) {
            InvariantCheck check = new InvariantCheck(population.rooms().size());
            loops.add(new ClientLoop(
                    "clients-" + i,
                    new Inbox(rooms, users, texts, check),
                    check,
                    population.rooms(),
                    texts,
                    Math.max(1, settings.connectWindow() / settings.loops())));
        }
        loops.forEach(loop -> loop.thread().start());
    }

    /** Connects the first so many people, those that are connected not again, and waits until all are ready. */
    public Connected connect(int people, int mostSeconds) {
        long started = System.nanoTime();
        List<List<LoadClient>> shares = new ArrayList<>();
        loops.forEach(loop -> shares.add(new ArrayList<>()));
        int wanted = 0;
        for (; opened < people; opened++) {
            if (share.has(opened)) {
                int loop = wanted++ % shares.size();
                shares.get(loop).add(client(opened, loops.get(loop)));
            }
        }
        for (int i = 0; i < shares.size(); i++) {
            List<LoadClient> some = shares.get(i);
            ClientLoop loop = loops.get(i);
            join(loop.ask(() -> {
                loop.open(some);
                return some.size();
            }));
        }
        while (true) {
            Connected so = connected(started);
            if (so.ready() + so.refused() >= wanted) {
                return so;
            }
            if (so.seconds() > mostSeconds) {
                return new Connected(so.ready(), wanted - so.ready(), so.seconds(), so.times());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private Connected connected(long started) {
        Histogram times = Histograms.make();
        int ready = 0;
        int refused = 0;
        for (ClientLoop.Connected one : all(ClientLoop::connected)) {
            ready += one.ready();
            refused += one.refused();
            times.add(one.times());
        }
        return new Connected(ready, refused, (System.nanoTime() - started) / 1e9, times);
    }

    private LoadClient client(int index, ClientLoop loop) {
        Person person = population.people().get(index);
        Positions positions = new Positions(
                index, person.id(), population.topology().roomsOf().get(index));
        LoadClient client = new LoadClient(
                loop,
                loop.selector(),
                positions,
                person.token(),
                Endpoint.all(sockets, index, settings.batch()),
                settings.lasting());
        clients[index] = client;
        return client;
    }

    /** Cuts so many of the connections, all at once, from our side; the clients come back at once. */
    public void drop(double part) {
        all(loop -> {
            int count = (int) Math.round(loop.clients().size() * part);
            loop.clients().subList(0, count).forEach(LoadClient::drop);
            return count;
        });
    }

    public Standing standing() {
        return all(ClientLoop::standing).stream().reduce(new Standing(0, 0), Standing::plus);
    }

    /** From now on the clients have these tokens. */
    public void renew(List<String> tokens) {
        all(loop -> {
            loop.clients()
                    .forEach(
                            client -> client.renew(tokens.get(client.positions().person())));
            return true;
        });
    }

    /** Sends by the clients connected so far. */
    public Pacer pacer() {
        return new Pacer(Arrays.asList(clients).subList(0, opened), new SendFrames(population.rooms(), texts));
    }

    /** The part of all people that is here. */
    public double part() {
        return 1.0 / share.of();
    }

    /** Somebody types somewhere. */
    public void type(RandomGenerator random) {
        LoadClient client = anybody(random);
        if (client != null) {
            client.type(random.nextInt(client.positions().rooms()));
        }
    }

    /** Somebody reads a conversation to its end. */
    public void read(RandomGenerator random) {
        LoadClient client = anybody(random);
        if (client != null) {
            client.read(random.nextInt(client.positions().rooms()));
        }
    }

    /** Somebody is busy, or no longer. */
    public void appear(RandomGenerator random) {
        LoadClient client = anybody(random);
        if (client != null) {
            client.appear(random.nextBoolean());
        }
    }

    private @Nullable LoadClient anybody(RandomGenerator random) {
        LoadClient client = opened == 0 ? null : clients[random.nextInt(opened)];
        return client != null && client.isReady() ? client : null;
    }

    /** From now on messages of this step are expected. */
    public void begin(Step step) {
        all(loop -> {
            loop.clients().forEach(LoadClient::forget);
            loop.inbox().begin(step);
            return true;
        });
    }

    /** Sends of the step that were answered. */
    public int answers() {
        return all(loop -> loop.inbox().answers()).stream().mapToInt(i -> i).sum();
    }

    /** How long the sends of the step took to the last session here, as far as they have reached any. */
    public Histogram last() {
        List<long[]> reached = all(loop -> loop.inbox().reached().clone());
        long[] longest = reached.getFirst();
        reached.forEach(some -> Arrays.setAll(longest, send -> Math.max(longest[send], some[send])));
        Histogram last = Histograms.make();
        Arrays.stream(longest).filter(nanos -> nanos > 0).forEach(nanos -> Histograms.record(last, nanos));
        return last;
    }

    /** Changes that open sessions still lack, given where the rooms are. */
    public long lacking(long[] heads) {
        return all(loop -> InvariantCheck.lacking(loop.positions(), heads)).stream()
                .mapToLong(i -> i)
                .sum();
    }

    /** The highest versions of all rooms that any session or sender here knows. */
    public long[] heads() {
        long[] heads = new long[population.rooms().size()];
        for (long[] some : all(loop -> loop.check().heads())) {
            InvariantCheck.raise(heads, some);
        }
        return heads;
    }

    /** Ends the step: what is lacking now, given where the rooms are, counts as lost. */
    public Violations closeStep(long[] heads) {
        Violations found = new Violations();
        all(loop -> loop.check().close(loop.positions(), heads)).forEach(found::addAll);
        return found;
    }

    /** What was recorded since the last call. */
    public Recorder take() {
        Recorder sum = new Recorder();
        all(loop -> loop.inbox().take()).forEach(sum::add);
        return sum;
    }

    /** CPU time of each reading thread, nanoseconds. */
    public long[] cpuNanos() {
        return loops.stream()
                .mapToLong(loop -> THREADS.getThreadCpuTime(loop.thread().threadId()))
                .toArray();
    }

    private <T> List<T> all(Function<ClientLoop, T> question) {
        List<CompletableFuture<T>> answers =
                loops.stream().map(loop -> loop.ask(() -> question.apply(loop))).toList();
        return answers.stream().map(Fleet::join).toList();
    }

    private static <T> T join(CompletableFuture<T> answer) {
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException dead) {
            throw new IllegalStateException("a thread of clients no longer answers", dead);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        } catch (java.util.concurrent.ExecutionException defect) {
            throw new IllegalStateException(defect.getCause());
        }
    }

    @Override
    public void close() {
        loops.forEach(ClientLoop::stop);
        for (ClientLoop loop : loops) {
            try {
                loop.thread().join(10_000);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
