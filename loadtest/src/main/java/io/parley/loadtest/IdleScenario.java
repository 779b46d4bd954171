package io.parley.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.probe.ServerProbe;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** People are connected and say nothing: what a session costs that only waits. */
final class IdleScenario implements Scenario {
    private static final int NO_TEXT = 16;

    private final Stage stage;
    private final Report report;
    private final Options options;

    /**
     * @param sessions how many, one step for each; every step adds to those of the one before
     * @param conversations of each person
     * @param seconds of silence, in which only heartbeats are exchanged
     * @param collect whether the server's garbage is collected before each look
     */
    record Options(
            List<Double> sessions,
            int conversations,
            int roomSize,
            int seconds,
            boolean collect,
            long seed,
            Fleet.Settings clients) {
        static Options of(Arguments arguments) {
            return new Options(
                    arguments.numbers("sessions", "1000"),
                    arguments.number("conversations", 20),
                    arguments.number("room-size", 10),
                    arguments.number("seconds", 10),
                    arguments.flag("gc", false),
                    arguments.number("seed", 1),
                    new Fleet.Settings(
                            arguments.number("loops", Runtime.getRuntime().availableProcessors()),
                            arguments.number("connect-window", 500),
                            arguments.flag("batch", true),
                            NO_TEXT));
        }
    }

    IdleScenario(Stage stage, Report report, Options options) {
        this.stage = stage;
        this.report = report;
        this.options = options;
    }

    @Override
    public boolean run() throws ScenarioFailure {
        int most = (int) options.sessions().stream().mapToDouble(i -> i).max().orElse(0);
        Population population =
                stage.populate(Topology.of(most, options.conversations(), options.roomSize(), options.seed()));
        Snapshot empty = look();
        try (Fleet fleet = stage.fleet(population, options.clients())) {
            for (double sessions : options.sessions()) {
                step(fleet, (int) sessions, empty);
            }
            return fleet.closeStep().none();
        }
    }

    private Snapshot look() {
        if (options.collect()) {
            stage.probe().collectGarbage();
        }
        return stage.probe().look();
    }

    private void step(Fleet fleet, int sessions, Snapshot empty) throws ScenarioFailure {
        Snapshot before = stage.probe().look();
        Fleet.Connected connected = stage.connect(fleet, sessions);
        Snapshot joined = stage.probe().look();
        LockSupport.parkNanos(options.seconds() * 1_000_000_000L);
        Snapshot quiet = stage.probe().look();
        Snapshot after = look();
        tell(sessions, connected, fleet.openSessions(), List.of(empty, before, joined, quiet, after));
    }

    private void tell(int sessions, Fleet.Connected connected, int open, List<Snapshot> looks) {
        Snapshot empty = looks.get(0);
        Snapshot joined = looks.get(2);
        Snapshot quiet = looks.get(3);
        Snapshot after = looks.get(4);
        long residentKb = after.residentKb(ServerProbe.SERVER) - empty.residentKb(ServerProbe.SERVER);
        double residentEach = (double) residentKb / sessions;
        double heapEach = (after.heapBytes() - empty.heapBytes()) / 1024.0 / sessions;
        Histogram times = connected.times();
        ObjectNode joining = Report.microsEach(looks.get(1), joined, connected.ready());

        ObjectNode line = Report.object()
                .put("scenario", "idle")
                .put("sessions", sessions)
                .put("openAtEnd", open)
                .put("conversations", options.conversations())
                .put("connected", connected.ready())
                .put("connectSeconds", Report.rounded(connected.seconds(), 3))
                .put("connectsPerSecond", Report.rounded(connected.ready() / connected.seconds(), 1));
        line.set("connectMs", Report.millis(times));
        line.set("cpuMicrosPerConnect", joining);
        line.set("idleCores", Report.cores(joined, quiet));
        line.put("residentMbBefore", empty.residentKb(ServerProbe.SERVER) / 1024)
                .put("residentMb", after.residentKb(ServerProbe.SERVER) / 1024)
                .put("residentKbPerSession", Report.rounded(residentEach, 1))
                .put("heapKbPerSession", Report.rounded(heapEach, 1))
                .put("garbageCollected", options.collect())
                .put("loadAverageBefore", empty.loadAverage())
                .put("loadAverage", after.loadAverage());
        report.line(line);

        report.row(
                List.of(
                        "sessions",
                        "open",
                        "connect s",
                        "connects/s",
                        "connect ms",
                        "us/connect",
                        "RSS MB before",
                        "RSS MB",
                        "RSS KB/session",
                        "heap KB/session",
                        "idle cores",
                        "load"),
                List.of(
                        Integer.toString(sessions),
                        Integer.toString(open),
                        String.format("%.2f", connected.seconds()),
                        String.format("%.0f", connected.ready() / connected.seconds()),
                        Report.spread(times),
                        joining.path("total").asText(),
                        Long.toString(empty.residentKb(ServerProbe.SERVER) / 1024),
                        Long.toString(after.residentKb(ServerProbe.SERVER) / 1024),
                        after.knows(ServerProbe.SERVER) ? String.format("%.1f", residentEach) : "?",
                        after.heapBytes() > 0 ? String.format("%.1f", heapEach) : "?",
                        Report.cores(joined, quiet).path(ServerProbe.SERVER).asText("?"),
                        String.format("%.1f", after.loadAverage())));
    }
}
