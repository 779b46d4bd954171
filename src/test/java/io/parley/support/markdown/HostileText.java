package io.parley.support.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts of 16 KB, the most that a message may have, that are meant to be expensive or dangerous to read. */
final class HostileText {
    static final int CHARS = 16_384;

    /** What means something in Markdown or HTML, or has been trouble for readers of either. */
    private static final List<String> PIECES = List.of(
            ("[ ![ ]( [a]( [a](b [a](<b [a](b\" [a]: [a]:x [] [[]] [^a] ]( )) (( <a <a@b.c> <http://a> <!-- <? <!A <![CDATA["
                            + " </b> <b <script> onerror= javascript: data: &#106; &lt; &amp; & &# ` `` ``` ~~~ ~~ ~~a * ** ***"
                            + " *a **a *a_ _ __ _a || ||a a|| | |a |- :- a@b. @a @here http:// http://a.b/( https://x. www. w. mailto:"
                            + " # = - --- > >- 1. 10) - + \\ \\[ \u0000 \u202E 😀 \u0301 \uD800 [x](http://a.b/) ![x](http://a.b/)")
                    .split(" "));

    private HostileText() {}

    static String repeated(String piece) {
        return piece.repeat(CHARS / piece.length());
    }

    /** Each piece again and again: in a line, a line each, and nested. */
    static List<String> all() {
        List<String> texts = new ArrayList<>();
        for (String piece : PIECES) {
            texts.add(repeated(piece));
            texts.add(repeated(piece + " "));
            texts.add(repeated(piece + "\n"));
            texts.add(repeated(" " + piece + " a\n"));
        }
        texts.add(nested("*", "*"));
        texts.add(nested("[", "](u)"));
        texts.add(nested("![", "](u)"));
        texts.add(nested("||a ", " a||"));
        texts.add(repeated(">".repeat(100) + "a\n"));
        texts.add(repeated("> - 1. "));
        texts.add(stairs());
        texts.add(table(2_000));
        texts.add(table(50));
        texts.add(table(5));
        texts.add(fences());
        return texts;
    }

    /** Pieces in any order. */
    static String random(Random random) {
        StringBuilder text = new StringBuilder();
        int most = 1 + random.nextInt(CHARS);
        int kinds = 1 + random.nextInt(8);
        List<String> chosen =
                random.ints(kinds, 0, PIECES.size()).mapToObj(PIECES::get).toList();
        while (text.length() < most) {
            text.append(chosen.get(random.nextInt(kinds)));
            if (random.nextInt(4) == 0) {
                text.append("  \n\n\t".charAt(random.nextInt(5)));
            }
        }
        return text.toString();
    }

    private static String nested(String opening, String closing) {
        int depth = CHARS / (opening.length() + closing.length());
        return opening.repeat(depth) + closing.repeat(depth);
    }

    private static String stairs() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < CHARS; i++) {
            text.append("  ".repeat(i)).append("- a\n");
        }
        return text.toString();
    }

    private static String table(int columns) {
        String head = "a|".repeat(columns) + "\n" + "-|".repeat(columns) + "\n";
        return head + "a\n".repeat((CHARS - head.length()) / 2);
    }

    private static String fences() {
        StringBuilder text = new StringBuilder();
        for (int i = 1; text.length() < CHARS; i++) {
            text.append("`".repeat(i)).append("a ");
        }
        return text.toString();
    }
}
