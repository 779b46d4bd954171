package io.parley.support.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.node.Node;
import org.commonmark.renderer.html.DefaultUrlSanitizer;
import org.commonmark.renderer.html.HtmlRenderer;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * Writes a tree as HTML. It passes two gates that know nothing of each other: the renderer escapes what is text and drops
 * foreign addresses, and a sanitizer then lets through only the elements and attributes named here.
 */
final class Html {
    private static final List<String> PROTOCOLS = List.of("http", "https", "mailto");

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(extensions())
            .escapeHtml(true)
            .sanitizeUrls(true)
            .urlSanitizer(new DefaultUrlSanitizer(PROTOCOLS))
            .percentEncodeUrls(true)
            .softbreak("<br />\n")
            .nodeRendererFactory(HtmlNodes::new)
            .build();

    /** An address without its protocol would lead to the page's own server. */
    private static final Pattern ADDRESS = Pattern.compile("(?i)(?:https?://|mailto:).*", Pattern.DOTALL);

    private static final PolicyFactory POLICY = new HtmlPolicyBuilder()
            .allowElements("p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote", "ul", "ol", "li")
            .allowElements("em", "strong", "del", "code", "pre", "a", "span", "input")
            .allowElements("table", "thead", "tbody", "tr", "th", "td")
            .allowUrlProtocols(PROTOCOLS.toArray(String[]::new))
            .allowAttributes("href")
            .matching(ADDRESS)
            .onElements("a")
            .requireRelsOnLinks("noopener", "nofollow")
            .allowAttributes("start")
            .matching(Pattern.compile("[0-9]{1,9}"))
            .onElements("ol")
            .allowAttributes("align")
            .matching(true, "left", "center", "right")
            .onElements("th", "td")
            .allowAttributes("class")
            .matching(Pattern.compile("language-[A-Za-z0-9+#._-]{1,32}"))
            .onElements("code")
            .allowAttributes("class")
            .matching(false, HtmlNodes.SPOILER)
            .onElements("span")
            .allowAttributes("type")
            .matching(false, "checkbox")
            .onElements("input")
            .allowAttributes("checked", "disabled")
            .onElements("input")
            .toFactory();

    private Html() {}

    private static List<Extension> extensions() {
        List<Extension> all = new ArrayList<>(Source.EXTENSIONS);
        all.addAll(Source.TABLES);
        return all;
    }

    static String of(Node document) {
        return POLICY.sanitize(RENDERER.render(document));
    }
}
