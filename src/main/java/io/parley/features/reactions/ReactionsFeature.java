package io.parley.features.reactions;

import io.parley.features.reactions.ReactionActions.Reaction;
import io.parley.server.Feature;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;

/** Reactions: what they hand to each host. */
public final class ReactionsFeature implements Feature {
    private final Config.Limits limits;
    private final EmojiTable emoji = EmojiTable.load();

    public ReactionsFeature(Config config) {
        this.limits = config.limits();
    }

    @Override
    public void persistence(PersistenceHost host) {
        ReactionStore store = new ReactionStore(host.database());
        ChangeReactions change = new ChangeReactions(host.bus(), limits.emojiPerMessage(), limits.emojiPerPerson());
        host.answerInLane(
                ReactionActions.REACT,
                asked -> host.lane().submit(change, asked).map(this::answer));
        host.answer(ReactionActions.LIST, store::list);
        host.answer(ReactionActions.FAVOURITES, store::favourites);
    }

    private Reaction answer(ChangeReactions.Result result) {
        return switch (result.outcome()) {
            case "ok", "unchanged" -> result.after();
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            case "too_many_own" ->
                throw AppError.of(
                        ErrorCode.CONFLICT, "One person has at most " + limits.emojiPerPerson() + " on one message");
            case "too_many_emoji" ->
                throw AppError.of(
                        ErrorCode.CONFLICT, "A message has at most " + limits.emojiPerMessage() + " different emoji");
            default -> throw new IllegalStateException("unknown outcome " + result.outcome());
        };
    }

    @Override
    public void operations(OperationHost host) {
        ReactionRoutes.mount(host, emoji);
    }
}
