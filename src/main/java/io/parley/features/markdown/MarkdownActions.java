package io.parley.features.markdown;

import io.parley.bus.Action;

/** What may be asked about Markdown. */
final class MarkdownActions {
    /** {@code unavailable} when too many ask at once. */
    static final Action<Source, Rendered> RENDER = Action.of("markdown.render", Source.class, Rendered.class);

    private MarkdownActions() {}

    record Source(String text) {}

    /** As in the contract. */
    record Rendered(String html, String preview) {}
}
