package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.UnixOperatingSystemMXBean;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.probe.Metrics;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.provision.AdminApi;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Provisioner;
import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.report.Figures;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Scenario;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What every scenario needs: the way to the server, people on it, and somebody who watches its processes. */
final class Stage {
    /** Descriptors that the generator needs for other things than sockets. */
    private static final long SPARE_DESCRIPTORS = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Target target;
    private final AdminApi api;
    private final Provisioner provisioner;
    private final List<URI> sockets;
    private final Journal journal;
    private final ServerProbe probe;

    Stage(Target target, Journal journal) {
        this.target = target;
        this.journal = journal;
        api = new AdminApi(http, target.http(), target.operatorKey());
        provisioner = new Provisioner(api, "load-" + Long.toString(System.currentTimeMillis(), 36));
        sockets = target.sockets().isEmpty() ? List.of(api.socket()) : target.sockets();
        Set<Integer> ports = sockets.stream().map(URI::getPort).collect(Collectors.toSet());
        List<Long> servers = target.serverPids().isEmpty() ? ServerProbe.listeners(ports) : target.serverPids();
        List<Long> used = target.usedPids().isEmpty() ? ServerProbe.usedBy(servers) : target.usedPids();
        probe = new ServerProbe(servers, ports, used, generators(target), new Metrics(http, target.metrics()));
        journal.say("sockets " + sockets + ", server processes " + servers + ", which use " + used);
    }

    private static List<Long> generators(Target target) {
        Set<Integer> ports = target.workers().stream().map(URI::getPort).collect(Collectors.toSet());
        List<Long> all = new ArrayList<>(ports.isEmpty() ? List.of() : ServerProbe.listeners(ports));
        all.add(ProcessHandle.current().pid());
        return all;
    }

    ServerProbe probe() {
        return probe;
    }

    Journal journal() {
        return journal;
    }

    HttpClient http() {
        return http;
    }

    Target target() {
        return target;
    }

    /** Writes down what is run on what. */
    void introduce(Scenario scenario, String command) {
        Runtime runtime = Runtime.getRuntime();
        ObjectNode line = Figures.object()
                .put("scenario", scenario.common().name())
                .put("about", scenario.common().about())
                .put("began", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("command", command)
                .put("server", target.http().toString())
                .put("contract", api.contractVersion())
                .put("serverProcesses", probe.servers().size())
                .put("serverCommand", probe.command())
                .put("processors", runtime.availableProcessors())
                .put(
                        "machine",
                        System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                                + System.getProperty("os.arch"))
                .put("memoryMb", probe.machineMb())
                .put("generatorJvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        ArrayNode addresses = line.putArray("sockets");
        sockets.forEach(socket -> addresses.add(socket.toString()));
        journal.run(line);
    }

    /** Makes the people and their rooms; none of them is connected yet. */
    Population populate(Topology topology) throws ScenarioFailure {
        requireDescriptors(topology.people() / Math.max(1, target.workers().size()));
        long started = System.nanoTime();
        Population population = provisioner.provision(topology);
        journal.say(String.format(
                Locale.ROOT,
                "%,d people in %,d rooms made in %.1f s",
                topology.people(),
                topology.members().size(),
                (System.nanoTime() - started) / 1e9));
        return population;
    }

    /** People who will not be connected, and are in no room yet; each is called by his number. */
    List<UUID> strangers(int first, int end) {
        return provisioner.users(first, end);
    }

    /** The members of a room, as its owner sees them. */
    MemberCalls members(Population population, int room) {
        int owner = population.topology().members().get(room)[0];
        return new MemberCalls(
                api,
                population.rooms().get(room),
                population.people().get(owner).token());
    }

    /** New tokens for all, since those that they have will expire. */
    List<String> tokens(Population population) {
        return provisioner.tokens(
                population.people().stream().map(Population.Person::id).toList());
    }

    private static void requireDescriptors(int people) throws ScenarioFailure {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < people + SPARE_DESCRIPTORS) {
            throw new ScenarioFailure(people + " sessions need more than the " + system.getMaxFileDescriptorCount()
                    + " file descriptors of a process: start workers and name them with --workers");
        }
    }

    Crowd crowd(Population population, Scenario.Common common) throws ScenarioFailure {
        return target.workers().isEmpty()
                ? new LocalCrowd(population, sockets, common.clients(), Fleet.Share.ALL)
                : new Workers(http, target.workers(), population, sockets, common);
    }

    /** Connects so many; a load with fewer would not be the one that was asked for. */
    Connected connect(Crowd crowd, Observer observer, int people, int mostSeconds) throws ScenarioFailure {
        observer.phase("connecting", 0, 0);
        Connected connected = crowd.connect(people, mostSeconds);
        Recorder recorder = observer.take();
        if (connected.refused() > 0) {
            throw new ScenarioFailure(connected.refused() + " sessions of " + people + " could not connect: "
                    + recorder.errors() + recorder.notes());
        }
        journal.say(String.format(
                Locale.ROOT,
                "%,d sessions connected in %.2f s, each p50 %.0f ms, p99 %.0f ms",
                connected.ready(),
                connected.seconds(),
                Figures.ms(connected.times(), 50),
                Figures.ms(connected.times(), 99)));
        return connected;
    }
}
