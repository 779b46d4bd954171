package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(parley_\\w+)` \\| (\\w+) \\|", Pattern.MULTILINE);
    private static final Pattern EXPOSED = Pattern.compile("^# TYPE (parley_\\w+) (\\w+)", Pattern.MULTILINE);

    private enum Kind {
        STREAM
    }

    private enum Reason {
        TOO_SLOW
    }

    @Test
    void theDocumentListsExactlyTheFiguresThatAreExposed() throws IOException {
        try (Metrics metrics = new Metrics()) {
            useEvery(metrics);

            Map<String, String> exposed = pairs(EXPOSED, metrics.scrape());
            exposed.keySet().removeIf(name -> name.endsWith("_max"));

            assertThat(pairs(DOCUMENTED, Files.readString(Path.of("docs/metrics.md"))))
                    .isEqualTo(exposed);
        }
    }

    private static void useEvery(Metrics metrics) {
        metrics.sessionOpened(Kind.STREAM);
        metrics.sessionClosed(Kind.STREAM, Reason.TOO_SLOW);
        metrics.eventRequest("pollEvents", 200);
        metrics.messagesCommitted(1);
        metrics.command("ping", "ok", 1);
        metrics.batchHalved("send");
        metrics.delivered(1, 1);
        metrics.outbound(1);
        metrics.batch("send", 1);
        metrics.fenceLag(1);
        metrics.journalRepaired(1);
        metrics.journalKept(1, 1);
        metrics.followerLag("activity", 1, 1);
        metrics.followerRebuilt("activity");
        metrics.epochEnded();
        metrics.loopLate(1);
        metrics.httpConnections(1);
        metrics.request("getConfig", 200, 1);
        metrics.loginFailed(Reason.TOO_SLOW);
        metrics.loginsEnded(Reason.TOO_SLOW, 1);
        metrics.limited(Reason.TOO_SLOW);
        metrics.hashQueue(1);
        metrics.watched(1);
        metrics.presenceChanged(1);
        metrics.presenceExpired();
        metrics.typingTold(1);
        metrics.screens(1);
        metrics.viewingTold(1);
        metrics.redisUnanswered();
        metrics.previewFetched(Reason.TOO_SLOW, 1);
        metrics.previewRefused(Reason.TOO_SLOW);
        metrics.previewsDropped(1);
    }

    private static Map<String, String> pairs(Pattern pattern, String text) {
        Map<String, String> pairs = new TreeMap<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            pairs.put(matcher.group(1), matcher.group(2));
        }
        return pairs;
    }

    @Test
    void tagsAreTheWordsOfEnums() {
        try (Metrics metrics = new Metrics()) {
            metrics.sessionOpened(Kind.STREAM);
            metrics.sessionOpened(Kind.STREAM);
            metrics.sessionClosed(Kind.STREAM, Reason.TOO_SLOW);
            metrics.fenceLag(1500);

            assertThat(metrics.scrape())
                    .contains("parley_sessions 1.0")
                    .contains("parley_sessions_held{kind=\"stream\"} 1.0")
                    .contains("parley_sessions_closed_total{reason=\"too_slow\"} 1.0")
                    .contains("parley_journal_fence_lag_seconds 1.5")
                    .contains("jvm_memory_used_bytes")
                    .contains("process_cpu_usage")
                    .contains("process_files_open_files");
        }
    }
}
