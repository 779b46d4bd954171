package io.parley.loadtest.report;

import java.io.PrintStream;

/**
 * What people see: on a terminal one line that changes in place below the sentences, elsewhere only now and then a
 * line.
 */
public final class Terminal {
    private static final int PLAIN_EVERY = 5;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream out;
    private final boolean live;
    private int quiet;
    private String shown = "";

    /** @param live whether it is a terminal */
    public Terminal(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    void say(String sentence) {
        clear();
        out.println(sentence);
        quiet = 0;
    }

    void progress(String line) {
        if (live) {
            out.print(CLEAR + line);
            out.flush();
            shown = line;
        } else if (++quiet >= PLAIN_EVERY) {
            out.println(line);
            quiet = 0;
        }
    }

    /** Takes away the line that changes, so that something else can be printed. */
    void clear() {
        if (!shown.isEmpty()) {
            out.print(CLEAR);
            out.flush();
            shown = "";
        }
    }
}
