package io.parley.loadtest.scenario;

import io.parley.loadtest.check.Texts;
import java.util.List;

/**
 * People talk, at rates that are held whatever the server does.
 *
 * @param rates sends a second, one step for each
 * @param stepMs how long each step lasts
 * @param warmUpMs of the first rate, before anything is measured
 * @param drainMs how long after the last send of a step answers and deliveries may still come
 * @param stopAt after a step that does not hold these no further one follows; empty: all are done
 * @param bursts how the rate swings
 * @param activity what people do beside sending
 * @param faults what is done to the server or the connections in each step
 */
public record Talk(
        Common common,
        List<Double> rates,
        long stepMs,
        long warmUpMs,
        long drainMs,
        List<Threshold> stopAt,
        Bursts bursts,
        Activity activity,
        List<Fault> faults)
        implements Scenario {

    /**
     * The rate is so many times the usual for the last part of each period.
     *
     * @param times 1: it never swings
     */
    public record Bursts(long everyMs, long forMs, double times) {
        static final Bursts NONE = new Bursts(60_000, 10_000, 1);
    }

    /**
     * What people do beside sending, each so often a second by all of them together.
     *
     * @param pageSize messages of a page of history
     */
    public record Activity(
            double typingPerSecond,
            double readsPerSecond,
            double presencePerSecond,
            double pagesPerSecond,
            int pageSize) {
        static final Activity NONE = new Activity(0, 0, 0, 0, 50);

        public boolean talks() {
            return typingPerSecond + readsPerSecond + presencePerSecond > 0;
        }
    }

    /**
     * Something that is done in the midst of a step.
     *
     * @param atMs after its begin
     * @param command for the shell; empty: none
     * @param drop the part of all connections that the clients cut
     */
    public record Fault(long atMs, String command, double drop) {
        @Override
        public String toString() {
            return command.isEmpty() ? "drop " + Math.round(drop * 100) + " % of the connections" : command;
        }
    }

    static Talk of(String name, Settings settings) {
        List<Fault> faults = settings.parts("faults").stream().map(Talk::fault).toList();
        int textBytes = settings.number("textBytes", 300, Texts.NUMBER_LENGTH);
        Settings stopAt = settings.part("stopAt");
        return new Talk(
                Scenario.common(
                        name,
                        settings,
                        settings.number("people", 1_000, 2),
                        Scenario.rooms(settings),
                        !faults.isEmpty(),
                        textBytes),
                settings.numbers("rates", "1000"),
                settings.millis("step", "20s"),
                settings.millis("warmUp", "10s"),
                settings.millis("drain", "10s"),
                Threshold.all(stopAt),
                bursts(settings.part("bursts")),
                activity(settings.part("activity")),
                faults);
    }

    private static Bursts bursts(Settings settings) {
        Bursts bursts = new Bursts(
                settings.millis("every", "60s"), settings.millis("for", "10s"), settings.decimal("times", 1));
        settings.requireAllKnown();
        if (bursts.forMs() >= bursts.everyMs() || bursts.times() < 1) {
            throw new Mistake(
                    "bursts must be shorter than the time from one to the next, and at least 1 times as fast");
        }
        return bursts;
    }

    private static Activity activity(Settings settings) {
        Activity activity = new Activity(
                settings.decimal("typingPerSecond", 0),
                settings.decimal("readsPerSecond", 0),
                settings.decimal("presencePerSecond", 0),
                settings.decimal("pagesPerSecond", 0),
                settings.number("pageSize", 50, 1));
        settings.requireAllKnown();
        return activity;
    }

    private static Fault fault(Settings settings) {
        Fault fault = new Fault(settings.millis("at", "5s"), settings.text("run", ""), settings.decimal("drop", 0));
        settings.requireAllKnown();
        if (fault.command().isEmpty() == (fault.drop() == 0) || fault.drop() > 1) {
            throw new Mistake("a fault is either `run: command` or `drop: part`, from 0 to 1, of all connections");
        }
        return fault;
    }
}
