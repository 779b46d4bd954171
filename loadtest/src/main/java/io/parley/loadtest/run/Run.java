package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.scenario.Group;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Sessions;
import io.parley.loadtest.scenario.Talk;
import java.util.List;

/** One scenario against one server. */
public final class Run {
    /** What came of it, as the exit status of the command. */
    public static final int HELD = 0;

    public static final int MISSED = 1;
    public static final int NOT_MEASURED = 2;

    private final Target target;
    private final Journal journal;

    public Run(Target target, Journal journal) {
        this.target = target;
        this.journal = journal;
    }

    /**
     * @param command how it was called, for the report
     * @return the exit status
     */
    public int of(Scenario scenario, String command) throws ScenarioFailure {
        Stage stage = new Stage(target, journal);
        stage.introduce(scenario, command);
        Verdict verdict = new Verdict(scenario.common().thresholds());
        ObjectNode summary = switch (scenario) {
            case Talk talk -> new TalkRun(stage, talk, verdict).run();
            case Group group -> new GroupRun(stage, group, verdict).run();
            case Sessions sessions -> new SessionsRun(stage, sessions, verdict).run();
        };
        verdict.see(summary, false);
        summary.put("scenario", scenario.common().name()).put("passed", verdict.holds());
        summary.set("thresholds", verdict.json());
        journal.summary(summary);
        List<String> complaints = verdict.complaints();
        complaints.forEach(journal::say);
        journal.say(complaints.isEmpty() ? "PASSED: all thresholds and invariants held" : "FAILED");
        if (verdict.holds()) {
            return HELD;
        }
        return verdict.isMissed() ? MISSED : NOT_MEASURED;
    }
}
