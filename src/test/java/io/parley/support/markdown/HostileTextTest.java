package io.parley.support.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.commonmark.node.Node;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/** Whatever is written, it costs little and becomes nothing that could do harm. */
class HostileTextTest {
    /** A NUL becomes a replacement character, an ampersand five characters, a link its attributes. */
    private static final int MOST_GROWTH = 40;

    private static final int MOST_DEPTH = 64;
    private static final int MOST_NODES = 3 * HostileText.CHARS;

    private static final Set<String> ELEMENTS =
            Set.of(("html head body p br h1 h2 h3 h4 h5 h6 hr blockquote ul ol li em strong del code pre a span input"
                            + " table thead tbody tr th td")
                    .split(" "));
    private static final Map<String, String> ATTRIBUTES = Map.of(
            "a href", "(?is)(https?://|mailto:).*",
            "a rel", "noopener nofollow",
            "ol start", "\\d+",
            "th align", "left|center|right",
            "td align", "left|center|right",
            "code class", "language-[\\w+#.-]+",
            "span class", "spoiler",
            "input type", "checkbox",
            "input checked", "",
            "input disabled", "");

    private static void assertBounded(String text) {
        Node document = Source.parse(text);

        assertThat(nodes(document, 0)).isLessThan(MOST_NODES);
        assertHarmless(text, Markdown.html(text));
        assertThat(Markdown.preview(text, 100)
                        .codePointCount(0, Markdown.preview(text, 100).length()))
                .isLessThanOrEqualTo(100);
        assertThat(Markdown.links(text, 5))
                .hasSizeLessThanOrEqualTo(5)
                .allMatch(link -> link.toLowerCase(Locale.ROOT).matches("(?s)https?://.*"));
    }

    private static int nodes(Node node, int depth) {
        if (depth > MOST_DEPTH) {
            throw new AssertionError("nested deeper than " + MOST_DEPTH);
        }
        int count = 1;
        for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
            count += nodes(child, depth + 1);
        }
        return count;
    }

    private static void assertHarmless(String text, String html) {
        assertThat(html.length()).isLessThan(MOST_GROWTH * Math.max(text.length(), 100));
        Document page = Jsoup.parse(html);
        for (Element element : page.getAllElements()) {
            if (element == page) {
                continue;
            }
            if (!ELEMENTS.contains(element.tagName())) {
                throw new AssertionError("an element " + element.tagName());
            }
            for (Attribute attribute : element.attributes()) {
                String allowed = ATTRIBUTES.get(element.tagName() + " " + attribute.getKey());
                if (allowed == null || !attribute.getValue().matches(allowed)) {
                    throw new AssertionError(element.tagName() + " with " + attribute.html());
                }
            }
        }
    }

    @Test
    void textsMadeToBeExpensiveStayBoundedAndHarmless() {
        HostileText.all().forEach(HostileTextTest::assertBounded);
    }

    @Test
    void anyMixtureStaysBoundedAndHarmless() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("HostileTextTest: -Dparley.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            String text = HostileText.random(random);
            try {
                assertBounded(text);
            } catch (Throwable failed) {
                throw new AssertionError("seed " + seed + ", text " + i + ": " + text, failed);
            }
        }
    }

    @Test
    void aTableTooLargeForItsTextIsShownAsWritten() {
        String table = "a|".repeat(500) + "\n" + "-|".repeat(500) + "\n" + "a\n".repeat(500);

        assertThat(Markdown.html(table)).doesNotContain("<table>").contains("a|a|a");
    }
}
