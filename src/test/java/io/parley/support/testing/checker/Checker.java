package io.parley.support.testing.checker;

import java.util.Collection;
import java.util.List;

/**
 * Compares what devices saw with what the server holds in the end. It trusts neither: the truth is first checked
 * against itself, then every history against it. All devices that sent anything must be among the histories,
 * otherwise their messages look as if nobody had sent them.
 */
public final class Checker {
    private Checker() {}

    public static Verdict check(Collection<History> histories, Truth truth) {
        Findings findings = new Findings();
        Rooms rooms = new Rooms(truth);
        List<Log> logs = histories.stream()
                .map(history -> new Log(history.device(), history.user(), history.entries()))
                .toList();

        new TruthCheck(rooms, findings).check(logs);
        new SendCheck(rooms, findings).check(logs);
        new UnreadCheck(rooms, findings).check(logs);
        for (Log log : logs) {
            new StreamCheck(log, rooms, findings).check();
            new KnowledgeCheck(log, rooms, findings).check();
            new PersonalCheck(log, findings).check();
        }
        long messages = truth.rooms().values().stream()
                .mapToLong(room -> room.messages().size())
                .sum();
        return findings.verdict(logs.size(), truth.rooms().size(), messages);
    }
}
