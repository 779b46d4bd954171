package io.parley.loadtest.run;

import io.parley.loadtest.check.Recorder;
import io.parley.loadtest.check.Rhythm;
import io.parley.loadtest.check.Violations;
import io.parley.loadtest.client.Fleet.Connected;
import io.parley.loadtest.client.Fleet.Standing;
import io.parley.loadtest.client.Pacer.Paced;
import io.parley.loadtest.scenario.Talk.Activity;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The connected people of a run, in this process or in others. Safe on any thread. */
interface Crowd extends AutoCloseable {
    /**
     * A load of messages.
     *
     * @param step number of the load in the run
     * @param tag of the run
     * @param startEpochNanos when the first send is due, by the clock of the day: the one clock that processes share
     * @param slot the one of everybody's rooms that is spoken in, or {@link io.parley.loadtest.check.SendPlan#BY_SHARES}
     */
    record Order(int step, int tag, long startEpochNanos, Rhythm rhythm, int count, int slot) {}

    /** What has happened since the last time somebody asked. */
    record Pulse(Recorder recorder, Standing standing) {}

    /**
     * What an order still waits for.
     *
     * @param sending whether sends are still to leave
     * @param unanswered sends without reply
     * @param lacking changes that open sessions lack
     * @param heads the highest known versions of all rooms
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Remaining(boolean sending, int unanswered, long lacking, Standing standing, long[] heads) {}

    /**
     * What has become of an order.
     *
     * @param committed sends by room, as their senders have heard
     * @param last from the time a send was due to the last of its receivers, each process for its own people
     * @param busiest the share of its time that the busiest thread of the generator worked
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Ended(Paced paced, int unanswered, int[] committed, Histogram last, double busiest, Violations violations) {}

    /** Connects the first so many people, and waits until all are ready. */
    Connected connect(int people, int mostSeconds) throws ScenarioFailure;

    /** Begins to send, and returns at once. */
    void begin(Order order, Activity activity) throws ScenarioFailure;

    Pulse pulse() throws ScenarioFailure;

    Standing standing() throws ScenarioFailure;

    /** The highest known versions of all rooms. */
    long[] heads() throws ScenarioFailure;

    /** @param heads known anywhere */
    Remaining remaining(long[] heads) throws ScenarioFailure;

    /**
     * What is lacking now counts as lost.
     *
     * @param heads known anywhere
     */
    Ended end(long[] heads) throws ScenarioFailure;

    /** Cuts so many of the connections at once; the clients come back. */
    void drop(double part) throws ScenarioFailure;

    /** New tokens of all people. */
    void renew(List<String> tokens) throws ScenarioFailure;

    @Override
    void close();
}
