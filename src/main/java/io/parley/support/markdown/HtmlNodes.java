package io.parley.support.markdown;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlWriter;

/**
 * How we write what the library does not, or writes otherwise: spoilers, the boxes of task lists, and images, which are
 * links, so that no reader's browser asks a foreign host without his wish.
 */
final class HtmlNodes implements NodeRenderer {
    static final String SPOILER = "spoiler";

    private static final Pattern TASK = Pattern.compile("^\\[([ xX])\\]\\s");

    private final HtmlNodeRendererContext context;
    private final HtmlWriter html;

    HtmlNodes(HtmlNodeRendererContext context) {
        this.context = context;
        this.html = context.getWriter();
    }

    @Override
    public Set<Class<? extends Node>> getNodeTypes() {
        return Set.of(Spoiler.class, Image.class, ListItem.class);
    }

    @Override
    public void render(Node node) {
        switch (node) {
            case Image image -> image(image);
            case ListItem item -> item(item);
            default -> {
                html.tag("span", Map.of("class", SPOILER));
                children(node);
                html.tag("/span");
            }
        }
    }

    private void children(Node parent) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
            context.render(node);
        }
    }

    /** A link in a link is not possible in HTML. */
    private void image(Image image) {
        if (inLink(image)) {
            children(image);
            return;
        }
        String address = context.urlSanitizer().sanitizeLinkUrl(image.getDestination());
        html.tag("a", Map.of("href", context.encodeUrl(address)));
        if (image.getFirstChild() == null) {
            html.text(image.getDestination());
        } else {
            children(image);
        }
        html.tag("/a");
    }

    private static boolean inLink(Node node) {
        for (Node parent = node.getParent(); parent != null; parent = parent.getParent()) {
            if (parent instanceof Link || parent instanceof Image) {
                return true;
            }
        }
        return false;
    }

    private void item(ListItem item) {
        html.tag("li");
        if (item.getFirstChild() instanceof Paragraph paragraph && paragraph.getFirstChild() instanceof Text text) {
            box(text);
        }
        children(item);
        html.tag("/li");
        html.line();
    }

    private void box(Text text) {
        Matcher task = TASK.matcher(text.getLiteral());
        if (!task.find()) {
            return;
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("type", "checkbox");
        attributes.put("disabled", "");
        if (!task.group(1).isBlank()) {
            attributes.put("checked", "");
        }
        html.tag("input", attributes);
        html.raw(" ");
        text.setLiteral(text.getLiteral().substring(task.end()));
    }
}
