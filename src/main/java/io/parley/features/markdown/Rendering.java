package io.parley.features.markdown;

import io.parley.features.markdown.MarkdownActions.Rendered;
import io.parley.features.markdown.MarkdownActions.Source;
import io.parley.support.AppError;
import io.parley.support.markdown.Markdown;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Renders texts on worker threads, because some milliseconds each, several hundred times a second, are more than an event
 * loop has for one person; some at a time on a node.
 */
final class Rendering {
    private static final int MOST_AT_ONCE = 64;

    private final AtomicInteger underWay = new AtomicInteger();

    Future<Rendered> render(Source source) {
        if (underWay.incrementAndGet() > MOST_AT_ONCE) {
            underWay.decrementAndGet();
            throw AppError.unavailable("Too many texts are being rendered");
        }
        return Objects.requireNonNull(Vertx.currentContext())
                .executeBlocking(() -> rendered(source.text()), false)
                .map(Objects::requireNonNull)
                .onComplete(done -> underWay.decrementAndGet());
    }

    private static Rendered rendered(String text) {
        return new Rendered(Markdown.html(text), Markdown.preview(text));
    }
}
