package io.parley.support.markdown;

import org.commonmark.node.Node;
import org.commonmark.node.Nodes;
import org.commonmark.node.Text;
import org.commonmark.parser.delimiter.DelimiterProcessor;
import org.commonmark.parser.delimiter.DelimiterRun;

/** Makes a {@link Spoiler} of what stands between two pairs of bars. */
final class SpoilerDelimiters implements DelimiterProcessor {
    private static final int BARS = 2;

    @Override
    public char getOpeningCharacter() {
        return '|';
    }

    @Override
    public char getClosingCharacter() {
        return '|';
    }

    @Override
    public int getMinLength() {
        return BARS;
    }

    @Override
    public int process(DelimiterRun opening, DelimiterRun closing) {
        if (opening.length() < BARS || closing.length() < BARS) {
            return 0;
        }
        Text opener = opening.getOpener();
        Spoiler spoiler = new Spoiler();
        for (Node node : Nodes.between(opener, closing.getCloser())) {
            spoiler.appendChild(node);
        }
        opener.insertAfter(spoiler);
        return BARS;
    }
}
