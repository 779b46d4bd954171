package io.parley.support.markdown;

import io.parley.support.OneLine;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Block;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;

/** Writes the words of a tree into one line. */
final class PlainText extends AbstractVisitor {
    /** The same for all, because the length would tell something, too. */
    private static final String COVERED = "▒▒▒▒";

    private final OneLine line;

    private PlainText(OneLine line) {
        this.line = line;
    }

    static String of(Node document, int most) {
        OneLine line = new OneLine(most);
        document.accept(new PlainText(line));
        return line.toString();
    }

    @Override
    protected void visitChildren(Node parent) {
        for (Node node = parent.getFirstChild(); node != null && !line.full(); node = node.getNext()) {
            if (node instanceof Block) {
                line.space();
            }
            node.accept(this);
        }
    }

    @Override
    public void visit(Text text) {
        line.append(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
        line.append(code.getLiteral());
    }

    @Override
    public void visit(HtmlInline html) {
        line.append(html.getLiteral());
    }

    @Override
    public void visit(FencedCodeBlock code) {
        line.append(code.getLiteral());
    }

    @Override
    public void visit(IndentedCodeBlock code) {
        line.append(code.getLiteral());
    }

    @Override
    public void visit(SoftLineBreak end) {
        line.space();
    }

    @Override
    public void visit(HardLineBreak end) {
        line.space();
    }

    @Override
    public void visit(CustomNode node) {
        if (node instanceof Spoiler) {
            line.append(COVERED);
            return;
        }
        if (node instanceof TableCell) {
            line.space();
        }
        visitChildren(node);
    }

    @Override
    public void visit(CustomBlock block) {
        visitChildren(block);
    }
}
