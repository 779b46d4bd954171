package io.parley.features.polls;

import io.parley.features.polls.PollActions.Results;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * The events of votes, as finished frames. What everybody gets names nobody, whether the poll is anonymous or not; what a
 * person has chosen is told to his own devices.
 */
public final class PollEvents {
    public static final String RESULTS = "poll.results";
    public static final String VOTED = "poll.voted";

    private PollEvents() {}

    private record Counted(String type, UUID conversation, long version, UUID message, long number, Results results) {}

    private record Own(
            String type, UUID conversation, UUID message, long number, long countedWith, List<Integer> voted) {}

    /** @param number of the message */
    static Buffer results(UUID conversation, long version, UUID message, long number, Results results) {
        return Json.encode(new Counted(RESULTS, conversation, version, message, number, results));
    }

    /** @param version that of the results with which it was counted */
    static Buffer voted(UUID conversation, UUID message, long number, long version, List<Integer> voted) {
        return Json.encode(new Own(VOTED, conversation, message, number, version, voted));
    }
}
