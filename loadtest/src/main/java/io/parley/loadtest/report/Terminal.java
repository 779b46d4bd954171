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
    private final int columns;
    private int quiet;
    private String shown = "";

    /** @param columns of the terminal; 0: it is none */
    public Terminal(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    void say(String sentence) {
        clear();
        out.println(sentence);
        quiet = 0;
    }

    void progress(String line) {
        if (columns > 0) {
            out.print(CLEAR + line.substring(0, Math.min(line.length(), columns - 1)));
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
