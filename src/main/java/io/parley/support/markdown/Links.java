package io.parley.support.markdown;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomNode;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;

/** Gathers the web addresses of a tree, in their order. */
final class Links extends AbstractVisitor {
    private final SequencedSet<String> found = new LinkedHashSet<>();
    private final int most;

    private Links(int most) {
        this.most = most;
    }

    static List<String> of(Node document, int most) {
        Links links = new Links(most);
        document.accept(links);
        return new ArrayList<>(links.found);
    }

    @Override
    protected void visitChildren(Node parent) {
        for (Node node = parent.getFirstChild(); node != null && found.size() < most; node = node.getNext()) {
            node.accept(this);
        }
    }

    @Override
    public void visit(Link link) {
        add(link.getDestination());
        visitChildren(link);
    }

    @Override
    public void visit(Image image) {
        add(image.getDestination());
    }

    @Override
    public void visit(CustomNode node) {
        if (!(node instanceof Spoiler)) {
            visitChildren(node);
        }
    }

    private void add(String destination) {
        if (found.size() < most
                && (destination.regionMatches(true, 0, "http://", 0, 7)
                        || destination.regionMatches(true, 0, "https://", 0, 8))) {
            found.add(destination);
        }
    }
}
