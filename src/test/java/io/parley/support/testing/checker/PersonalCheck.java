package io.parley.support.testing.checker;

import org.jspecify.annotations.Nullable;

/** The person's own versions: one after another within a connection, never back over several. */
final class PersonalCheck {
    private final Log log;
    private final Findings findings;
    private @Nullable String epoch;
    private long position;
    private boolean started;

    PersonalCheck(Log log, Findings findings) {
        this.log = log;
        this.findings = findings;
    }

    void check() {
        for (Entry entry : log.entries()) {
            if (entry instanceof Entry.Connected ready) {
                started = false;
                if (!ready.epoch().equals(epoch)) {
                    epoch = ready.epoch();
                    position = 0;
                }
            } else if (entry instanceof Entry.Personal personal) {
                accept(personal);
            }
        }
    }

    private void accept(Entry.Personal personal) {
        if (personal.version() <= position) {
            found(personal, "came after " + position);
        } else if (started && personal.after() > position) {
            found(personal, "leaves out what followed " + position);
        }
        started = true;
        position = Math.max(position, personal.version());
    }

    private void found(Entry.Personal personal, String what) {
        findings.add(
                Invariant.PERSONAL_ORDER,
                log.device(),
                null,
                personal.kind() + " with userVersion " + personal.version() + " " + what);
    }
}
