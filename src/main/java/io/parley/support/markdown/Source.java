package io.parley.support.markdown;

import java.util.List;
import java.util.Set;
import org.commonmark.Extension;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.Document;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;

/** Reads Markdown into a tree, bounded in depth and in what tables may grow to. */
final class Source {
    /** Longer ones, which only a raised limit of the installation lets in, are shown as they are. */
    private static final int MOST_CHARS = 32_768;

    private static final int MOST_DEPTH = 24;

    /** Rows are filled up to the width of the first one: a few KB of bars would be millions of cells. */
    private static final int MOST_CELLS = 4_096;

    static final List<Extension> TABLES =
            List.of(TablesExtension.builder().maxCells(MOST_CELLS).build());

    static final List<Extension> EXTENSIONS = List.of(
            AutolinkExtension.create(),
            StrikethroughExtension.builder().requireTwoTildes(true).build());

    private static final Parser WITH_TABLES = parser().extensions(TABLES).build();
    private static final Parser WITHOUT_TABLES = parser().build();

    private Source() {}

    /** All but blocks of HTML, so that there is Markdown inside what looks like one. */
    private static Parser.Builder parser() {
        return Parser.builder()
                .extensions(EXTENSIONS)
                .customDelimiterProcessor(new SpoilerDelimiters())
                .enabledBlockTypes(Set.of(
                        Heading.class,
                        ThematicBreak.class,
                        FencedCodeBlock.class,
                        IndentedCodeBlock.class,
                        BlockQuote.class,
                        ListBlock.class))
                .maxOpenBlockParsers(MOST_DEPTH)
                .maxInlineNesting(MOST_DEPTH);
    }

    static Node parse(String text) {
        if (text.length() > MOST_CHARS) {
            return verbatim(text);
        }
        try {
            return WITH_TABLES.parse(text);
        } catch (IllegalArgumentException tooManyCells) {
            return WITHOUT_TABLES.parse(text);
        }
    }

    private static Node verbatim(String text) {
        FencedCodeBlock block = new FencedCodeBlock();
        block.setLiteral(text);
        Document document = new Document();
        document.appendChild(block);
        return document;
    }
}
