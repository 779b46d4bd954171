package io.parley.features.markdown;

import io.parley.features.messages.MessageActions;
import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Texts;
import io.vertx.core.Future;
import java.util.Objects;

/** Markdown: what it hands to each host. */
public final class MarkdownFeature implements Feature {
    private final int maxTextBytes;
    private final Rendering rendering = new Rendering();

    public MarkdownFeature(Config config) {
        this.maxTextBytes = config.limits().textBytes();
    }

    @Override
    public void persistence(PersistenceHost host) {
        host.answer(MarkdownActions.RENDER, rendering::render);
    }

    @Override
    public void operations(OperationHost host) {
        host.operation("getMessageHtml", MarkdownFeature::message);
        host.operation("renderMarkdown", this::draft);
    }

    record NewText(String text) {}

    /** What has no text, a deleted message for instance, is empty. */
    private static Future<Answer> message(Call call) {
        MessageActions.Get asked = new MessageActions.Get(
                call.principal().tenant(), call.principal().user(), call.id("conversationId"), call.id("messageId"));
        return call.bus()
                .ask(MessageActions.GET, asked)
                .compose(found ->
                        render(call, Objects.requireNonNullElse(found.message().markdown(), "")));
    }

    private Future<Answer> draft(Call call) {
        String text = call.body(NewText.class).text();
        if (text.length() > maxTextBytes || Texts.utf8Length(text) > maxTextBytes) {
            throw AppError.of(ErrorCode.TOO_LARGE, "A message may have " + maxTextBytes + " bytes of UTF-8");
        }
        return render(call, text);
    }

    private static Future<Answer> render(Call call, String text) {
        return call.bus()
                .ask(MarkdownActions.RENDER, new MarkdownActions.Source(text))
                .map(Answer::ok);
    }
}
