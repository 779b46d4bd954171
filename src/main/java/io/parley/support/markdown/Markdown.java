package io.parley.support.markdown;

import io.parley.support.OneLine;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Texts are kept as they were written; this is what can be made of them. CommonMark with tables, task lists,
 * strikethrough (two tildes), spoilers (two bars) and links that nobody marked up; every line break counts, as in
 * a letter. HTML in a text is text. Whatever somebody writes, 16 KB of it cost a few milliseconds: nesting, cells of
 * tables and the length itself are bounded, and what lies beyond is shown as it was written.
 */
public final class Markdown {
    /** A preview takes no more than this from the beginning of a text, so that a page of them stays cheap. */
    private static final int PREVIEWED_CHARS = 1_024;

    private static final Pattern FENCES = Pattern.compile("`+");

    private static final int SHORTEST_FENCE = 3;

    private Markdown() {}

    /** HTML that may stand in any page: no scripts, no styles, no images, links to http, https and mailto only. */
    public static String html(String text) {
        return Html.of(Source.parse(text));
    }

    /**
     * One line of at most 200 characters without markup, for lists and notifications: a link is its text, a spoiler is
     * covered. Empty only for what is blank.
     */
    public static String preview(String text) {
        return preview(text, OneLine.PREVIEW);
    }

    /** @param most characters (code points), the ellipsis of what was cut off among them */
    static String preview(String text, int most) {
        String beginning = OneLine.beginning(text, PREVIEWED_CHARS);
        String line = PlainText.of(Source.parse(beginning), most);
        // What shows nothing, such as a definition of a link, is still something that was said.
        return line.isEmpty() ? OneLine.of(beginning, most) : line;
    }

    /** Code as a block of Markdown, whatever is in it. */
    public static String fenced(String language, String code) {
        int longest = FENCES.matcher(code)
                .results()
                .mapToInt(run -> run.end() - run.start())
                .max()
                .orElse(0);
        String fence = "`".repeat(Math.max(SHORTEST_FENCE, longest + 1));
        return fence + language + '\n' + code + '\n' + fence;
    }

    /** The web addresses (http, https) that a text links to, each once, without those in code and under spoilers. */
    public static List<String> links(String text, int most) {
        return Links.of(Source.parse(text), most);
    }
}
