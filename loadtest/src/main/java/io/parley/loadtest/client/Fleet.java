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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** All clients of a load, spread over some threads. Used by the main thread. */
public final class Fleet implements AutoCloseable {
    /** A source address has some 28,000 ports by default, and servers limit the connections of one address. */
    private static final int CLIENTS_PER_ADDRESS = 10_000;

    private static final long POLL_NANOS = 20_000_000;
    private static final long ANSWER_SECONDS = 60;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Population population;
    private final List<URI> sockets;
    private final Settings settings;
    private final Texts texts;
    private final List<ClientLoop> loops = new ArrayList<>();
    private final LoadClient[] clients;
    private int opened;

    /**
     * How clients behave.
     *
     * @param loops threads that read
     * @param connectWindow connections under way at once
     * @param batch whether the clients take several events in one frame
     * @param textBytes length of messages
     */
    public record Settings(int loops, int connectWindow, boolean batch, int textBytes) {}

    /**
     * How connecting went.
     *
     * @param times of each from the first packet to {@code ready} with all conversations, nanoseconds
     */
    public record Connected(int ready, int refused, double seconds, Histogram times) {}

    /** @param sockets over which the clients are dealt out */
    public Fleet(Population population, List<URI> sockets, Settings settings) {
        this.population = population;
        this.sockets = sockets;
        this.settings = settings;
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
                    Math.max(1, settings.connectWindow() / settings.loops())));
        }
        loops.forEach(loop -> loop.thread().start());
    }

    /** Connects the first so many people, those that are connected not again, and waits until all are ready. */
    public Connected connect(int people) {
        long started = System.nanoTime();
        List<List<ClientLoop.Opening>> shares = new ArrayList<>();
        loops.forEach(loop -> shares.add(new ArrayList<>()));
        int wanted = people - opened;
        for (; opened < people; opened++) {
            shares.get(opened % shares.size()).add(opening(opened));
        }
        for (int i = 0; i < shares.size(); i++) {
            List<ClientLoop.Opening> share = shares.get(i);
            ClientLoop loop = loops.get(i);
            join(loop.ask(() -> {
                loop.open(share);
                return share.size();
            }));
        }
        while (true) {
            Histogram times = Histograms.make();
            int ready = 0;
            int refused = 0;
            for (ClientLoop.Connected one : all(ClientLoop::connected)) {
                ready += one.ready();
                refused += one.refused();
                times.add(one.times());
            }
            if (ready + refused >= wanted) {
                return new Connected(ready, refused, (System.nanoTime() - started) / 1e9, times);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private ClientLoop.Opening opening(int index) {
        Person person = population.people().get(index);
        Positions positions = new Positions(
                index, person.id(), population.topology().roomsOf().get(index));
        LoadClient.Endpoint endpoint = endpoint(index);
        return (loop, selector) -> {
            LoadClient client = new LoadClient(loop, selector, positions, person.token(), endpoint);
            clients[index] = client;
            return client;
        };
    }

    private LoadClient.Endpoint endpoint(int index) {
        URI socket = sockets.get(index % sockets.size());
        return new LoadClient.Endpoint(socket, source(socket, index), settings.batch());
    }

    /** Towards this machine clients come from 127.0.0.1, then 127.0.0.2 and so on. */
    private static @Nullable SocketAddress source(URI socket, int index) {
        int address = index / CLIENTS_PER_ADDRESS;
        if (address == 0) {
            return null;
        }
        try {
            return InetAddress.getByName(socket.getHost()).isLoopbackAddress()
                    ? new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + address)}), 0)
                    : null;
        } catch (UnknownHostException unknown) {
            // The connection will tell.
            return null;
        }
    }

    /** Sends by the clients connected so far. */
    public Pacer pacer() {
        return new Pacer(Arrays.asList(clients).subList(0, opened), population.rooms(), texts);
    }

    /** From now on messages of this step are expected. */
    public void begin(Step step) {
        all(loop -> {
            loop.inbox().begin(step);
            return true;
        });
    }

    /** Sends of the step that were answered. */
    public int answers() {
        return all(loop -> loop.inbox().answers()).stream().mapToInt(i -> i).sum();
    }

    /** Changes that open sessions still lack, by what any session or sender knows. */
    public long lacking() {
        long[] heads = heads();
        return all(loop -> InvariantCheck.lacking(loop.positions(), heads)).stream()
                .mapToLong(i -> i)
                .sum();
    }

    private long[] heads() {
        long[] heads = new long[population.rooms().size()];
        for (long[] some : all(loop -> loop.check().heads())) {
            for (int i = 0; i < heads.length; i++) {
                heads[i] = Math.max(heads[i], some[i]);
            }
        }
        return heads;
    }

    /** Ends the step: what is lacking now counts as lost. */
    public Violations closeStep() {
        long[] heads = heads();
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

    public int openSessions() {
        return all(loop -> loop.positions().size()).stream().mapToInt(i -> i).sum();
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
