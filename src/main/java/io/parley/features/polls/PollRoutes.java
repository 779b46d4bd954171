package io.parley.features.polls;

import io.parley.features.messages.MessageActions;
import io.parley.features.polls.PollActions.Close;
import io.parley.features.polls.PollActions.ListVoters;
import io.parley.features.polls.PollActions.Vote;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** Polls, as clients ask for them. */
final class PollRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final String MESSAGE = "messageId";
    private static final long DEFAULT_LIMIT = 50;

    private PollRoutes() {}

    static void mount(OperationHost host) {
        host.operation("votePoll", PollRoutes::vote);
        host.operation("closePoll", PollRoutes::close);
        host.operation("listPollVoters", PollRoutes::voters);
    }

    record Ballot(List<Integer> options) {}

    private static Future<Answer> vote(Call call) {
        Principal caller = call.principal();
        List<Integer> options =
                call.body(Ballot.class).options().stream().sorted().distinct().toList();
        Vote vote = new Vote(caller.tenant(), caller.user(), call.id(CONVERSATION), call.id(MESSAGE), options);
        return call.bus().ask(PollActions.VOTE, vote.conversation(), vote).map(Answer::ok);
    }

    /** Of what was closed before the message as it is. */
    private static Future<Answer> close(Call call) {
        Principal caller = call.principal();
        UUID conversation = call.id(CONVERSATION);
        UUID message = call.id(MESSAGE);
        Close close = new Close(caller.tenant(), caller.user(), conversation, message);
        return call.bus()
                .ask(PollActions.CLOSE, conversation, close)
                .compose(done -> call.bus()
                        .ask(
                                MessageActions.GET,
                                new MessageActions.Get(caller.tenant(), caller.user(), conversation, message)))
                .map(found -> Answer.ok(found.message()));
    }

    private static Future<Answer> voters(Call call) {
        Principal caller = call.principal();
        ListVoters asked = new ListVoters(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.id(MESSAGE),
                call.number("option").map(Long::intValue).orElse(null),
                (int) (long) call.number("limit").orElse(DEFAULT_LIMIT),
                call.query("cursor").orElse(null));
        return call.bus().ask(PollActions.VOTERS, asked).map(Answer::ok);
    }
}
