package io.parley.loadtest;

import com.sun.management.UnixOperatingSystemMXBean;
import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.provision.AdminApi;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Provisioner;
import io.parley.loadtest.provision.Topology;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.stream.Collectors;

/** What every scenario needs: the way to the server, people on it, and somebody who watches its processes. */
final class Stage {
    /** Descriptors that the generator needs for other things than sockets. */
    private static final long SPARE_DESCRIPTORS = 200;

    private final AdminApi api;
    private final List<URI> sockets;
    private final Report report;
    private final ServerProbe probe;

    Stage(Target target, Report report) {
        this.report = report;
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        api = new AdminApi(http, target.http(), target.operatorKey());
        sockets = target.sockets().isEmpty() ? List.of(api.socket()) : target.sockets();
        List<Long> servers = target.serverPids().isEmpty()
                ? ServerProbe.listeners(sockets.stream().map(URI::getPort).collect(Collectors.toSet()))
                : target.serverPids();
        List<Long> used = target.usedPids().isEmpty() ? ServerProbe.usedBy(servers) : target.usedPids();
        probe = new ServerProbe(servers, used, target.metrics(), http);
        report.say("sockets " + sockets + ", server processes " + servers + ", which use " + used);
    }

    ServerProbe probe() {
        return probe;
    }

    /** Makes the people and their rooms; none of them is connected yet. */
    Population populate(Topology topology) throws ScenarioFailure {
        requireDescriptors(topology.people());
        long started = System.nanoTime();
        Population population =
                new Provisioner(api, "load-" + Long.toString(System.currentTimeMillis(), 36)).provision(topology);
        report.say(String.format(
                "%d people in %d rooms made in %.1f s",
                topology.people(), topology.members().size(), (System.nanoTime() - started) / 1e9));
        return population;
    }

    private static void requireDescriptors(int people) throws ScenarioFailure {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < people + SPARE_DESCRIPTORS) {
            throw new ScenarioFailure(people + " sessions need more than the " + system.getMaxFileDescriptorCount()
                    + " file descriptors of this process: start several, each with its share");
        }
    }

    Fleet fleet(Population population, Fleet.Settings settings) {
        return new Fleet(population, sockets, settings);
    }

    /** Connects so many; a load with fewer would not be the one that was asked for. */
    Connected connect(Fleet fleet, int people) throws ScenarioFailure {
        Connected connected = fleet.connect(people);
        Recorder recorder = fleet.take();
        if (connected.refused() > 0) {
            throw new ScenarioFailure(
                    connected.refused() + " sessions of " + people + " could not connect: " + recorder.errors());
        }
        report.say(String.format(
                "%d sessions connected in %.2f s, each p50 %.0f ms, p99 %.0f ms",
                connected.ready(),
                connected.seconds(),
                connected.times().getValueAtPercentile(50) / 1e6,
                connected.times().getValueAtPercentile(99) / 1e6));
        return connected;
    }
}
