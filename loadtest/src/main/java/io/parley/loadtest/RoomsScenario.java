package io.parley.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.check.Texts;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.probe.Snapshot;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** People talk in rooms, at rates that are held whatever the server does. */
final class RoomsScenario implements Scenario {
    /** Above these the generator itself is a visible part of what was measured. */
    private static final double LATE_MS = 2;

    private static final double SLOW_PASS_MS = 5;
    private static final double BUSY = 0.85;

    private final Stage stage;
    private final Report report;
    private final Options options;

    /**
     * @param roomsEach of how many rooms everybody is a member
     * @param rates sends a second, one step for each
     * @param untilP95Ms after a step whose deliveries take longer no further one follows; 0: all are done
     */
    record Options(
            int people,
            int roomSize,
            int roomsEach,
            List<Double> rates,
            int seconds,
            int warmUpSeconds,
            double untilP95Ms,
            int drainSeconds,
            long seed,
            Fleet.Settings clients) {
        static Options of(Arguments arguments) {
            Options options = new Options(
                    arguments.number("people", 1_000),
                    arguments.number("room-size", 10),
                    arguments.number("rooms-each", 1),
                    arguments.numbers("rate", "1000"),
                    arguments.number("seconds", 20),
                    arguments.number("warm-up", 10),
                    arguments.decimal("until-p95", 0),
                    arguments.number("drain", 10),
                    arguments.number("seed", 1),
                    new Fleet.Settings(
                            arguments.number("loops", Runtime.getRuntime().availableProcessors()),
                            arguments.number("connect-window", 500),
                            arguments.flag("batch", true),
                            arguments.number("text-bytes", 300)));
            if (options.clients().textBytes() < Texts.NUMBER_LENGTH) {
                throw new Arguments.Wrong("--text-bytes must be at least " + Texts.NUMBER_LENGTH);
            }
            return options;
        }
    }

    RoomsScenario(Stage stage, Report report, Options options) {
        this.stage = stage;
        this.report = report;
        this.options = options;
    }

    @Override
    public boolean run() throws ScenarioFailure {
        Topology topology = Topology.of(options.people(), options.roomsEach(), options.roomSize(), options.seed());
        Population population = stage.populate(topology);
        try (Fleet fleet = stage.fleet(population, options.clients())) {
            Fleet.Connected connected = stage.connect(fleet, options.people());
            Load load = new Load(fleet, topology, stage.probe(), options.drainSeconds());
            return warmUp(load) && steps(load, connected);
        }
    }

    private boolean warmUp(Load load) {
        if (options.warmUpSeconds() == 0) {
            return true;
        }
        Load.Outcome outcome = load.apply(options.rates().getFirst(), options.warmUpSeconds());
        report.say(String.format(
                "warm-up of %d s at %.0f sends/s is over",
                options.warmUpSeconds(), outcome.plan().perSecond()));
        return holds(outcome.violations());
    }

    private boolean steps(Load load, Fleet.Connected connected) {
        for (double rate : options.rates()) {
            Load.Outcome outcome = load.apply(rate, options.seconds());
            tell(outcome, connected);
            if (!holds(outcome.violations())) {
                return false;
            }
            if (options.untilP95Ms() > 0 && Report.ms(outcome.recorder().receive(), 95) > options.untilP95Ms()) {
                report.say("p95 is above " + options.untilP95Ms() + " ms: no further step");
                return true;
            }
        }
        return true;
    }

    private boolean holds(Violations violations) {
        violations.examples().forEach(report::say);
        return violations.none();
    }

    private void tell(Load.Outcome outcome, Fleet.Connected connected) {
        Histogram ack = outcome.recorder().ack();
        Histogram receive = outcome.recorder().receive();
        Map<String, Long> errors = errors(outcome);
        List<String> excuses = excuses(outcome);
        Snapshot before = outcome.before();
        Snapshot after = outcome.after();
        ObjectNode cores = Report.cores(before, after);
        ObjectNode micros = Report.microsEach(before, after, receive.getTotalCount());

        ObjectNode line = Report.object()
                .put("scenario", "rooms")
                .put("people", options.people())
                .put("roomSize", options.roomSize())
                .put("roomsEach", options.roomsEach())
                .put("textBytes", options.clients().textBytes())
                .put("connectSeconds", Report.rounded(connected.seconds(), 3))
                .put("rate", outcome.plan().perSecond())
                .put("seconds", Report.rounded(outcome.seconds(), 2))
                .put("sent", outcome.paced().sent())
                .put("acked", ack.getTotalCount())
                .put("sendsPerSecond", Report.rounded(outcome.ackedPerSecond(), 1))
                .put("deliveries", receive.getTotalCount())
                .put("deliveriesPerSecond", Report.rounded(outcome.deliveriesPerSecond(), 1))
                .put("healed", outcome.recorder().healedCount());
        line.set("ackMs", Report.millis(ack));
        line.set("receiveMs", Report.millis(receive));
        line.set("generatorLatenessMs", Report.millis(outcome.paced().lateness()));
        line.set("generatorPassMs", Report.millis(outcome.recorder().pass()));
        line.put("generatorBusiest", Report.rounded(outcome.busiest(), 2))
                .put("generatorWasBottleneck", !excuses.isEmpty());
        errors.forEach(line.putObject("errors")::put);
        ObjectNode violations = line.putObject("violations");
        outcome.violations().counts().forEach((kind, count) -> violations.put(kind.name(), count));
        line.set("cores", cores);
        line.set("cpuMicrosPerDelivery", micros);
        line.put("loadAverageBefore", before.loadAverage()).put("loadAverage", after.loadAverage());
        report.line(line);

        report.row(
                List.of(
                        "rate",
                        "acked/s",
                        "deliveries/s",
                        "ack ms",
                        "receive ms",
                        "late ms",
                        "errors",
                        "violations",
                        "us/delivery",
                        "server",
                        "postgres",
                        "generator",
                        "others",
                        "load"),
                List.of(
                        String.format("%.0f", outcome.plan().perSecond()),
                        String.format("%.0f", outcome.ackedPerSecond()),
                        String.format("%.0f", outcome.deliveriesPerSecond()),
                        Report.spread(ack),
                        Report.spread(receive),
                        Report.spread(outcome.paced().lateness()),
                        errors.isEmpty() ? "0" : errors.toString(),
                        outcome.violations().none()
                                ? "0"
                                : outcome.violations().counts().toString(),
                        micros.path("total").asText(),
                        cores.path("server").asText("?"),
                        cores.path("postgres").asText("?"),
                        cores.path("generator").asText("?"),
                        cores.path("others").asText("?"),
                        String.format("%.1f", after.loadAverage())));
        excuses.forEach(report::say);
    }

    private static Map<String, Long> errors(Load.Outcome outcome) {
        Map<String, Long> errors = new TreeMap<>(outcome.recorder().errors());
        if (outcome.paced().closed() > 0) {
            errors.put("send: session was closed", (long) outcome.paced().closed());
        }
        if (outcome.unanswered() > 0) {
            errors.put("send: no answer", (long) outcome.unanswered());
        }
        return errors;
    }

    private static List<String> excuses(Load.Outcome outcome) {
        List<String> excuses = new ArrayList<>();
        double late = Report.ms(outcome.paced().lateness(), 99);
        double pass = Report.ms(outcome.recorder().pass(), 99);
        if (late > LATE_MS) {
            excuses.add(
                    String.format("  the generator was late: p99 of its sends left %.1f ms after they were due", late));
        }
        if (pass > SLOW_PASS_MS) {
            excuses.add(String.format("  the generator was slow: p99 of its rounds of reading took %.1f ms", pass));
        }
        if (outcome.busiest() > BUSY) {
            excuses.add(String.format("  the generator was busy: a thread worked %.0f %%", outcome.busiest() * 100));
        }
        return excuses;
    }
}
