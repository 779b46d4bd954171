package io.parley.features.reactions;

import io.parley.features.reactions.ReactionActions.ListFavourites;
import io.parley.features.reactions.ReactionActions.ListReactors;
import io.parley.features.reactions.ReactionActions.React;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;

/** Reactions, as clients ask for them. */
final class ReactionRoutes {
    private static final String CONVERSATION = "conversationId";
    private static final String MESSAGE = "messageId";
    private static final String EMOJI = "emoji";
    private static final long DEFAULT_LIMIT = 50;

    private final EmojiTable emoji;

    private ReactionRoutes(EmojiTable emoji) {
        this.emoji = emoji;
    }

    static void mount(OperationHost host, EmojiTable emoji) {
        ReactionRoutes routes = new ReactionRoutes(emoji);
        host.operation("addReaction", call -> routes.react(call, true));
        host.operation("removeReaction", call -> routes.react(call, false));
        host.operation("listReactions", routes::list);
        host.operation("listFavouriteReactions", ReactionRoutes::favourites);
    }

    private Future<Answer> react(Call call, boolean added) {
        Principal caller = call.principal();
        React react = new React(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.id(MESSAGE),
                emoji.qualified(call.query(EMOJI).orElseThrow()),
                added);
        return call.bus()
                .ask(ReactionActions.REACT, react.conversation(), react)
                .map(Answer::ok);
    }

    private Future<Answer> list(Call call) {
        Principal caller = call.principal();
        ListReactors asked = new ListReactors(
                caller.tenant(),
                caller.user(),
                call.id(CONVERSATION),
                call.id(MESSAGE),
                call.query(EMOJI).map(emoji::qualified).orElse(null),
                (int) (long) call.number("limit").orElse(DEFAULT_LIMIT),
                call.query("cursor").orElse(null));
        return call.bus().ask(ReactionActions.LIST, asked).map(Answer::ok);
    }

    private static Future<Answer> favourites(Call call) {
        ListFavourites asked =
                new ListFavourites(call.principal().tenant(), call.principal().user());
        return call.bus().ask(ReactionActions.FAVOURITES, asked).map(Answer::ok);
    }
}
