package io.parley.support.testing.checker;

import org.jspecify.annotations.Nullable;

/** The person's own versions: one after another from what the connection began with, never back. */
final class PersonalCheck {
    private final Log log;
    private final Findings findings;
    private @Nullable String epoch;
    private long position;
    private long told;

    PersonalCheck(Log log, Findings findings) {
        this.log = log;
        this.findings = findings;
    }

    void check() {
        for (Entry entry : log.entries()) {
            if (entry instanceof Entry.Connected ready) {
                connect(ready);
            } else if (entry instanceof Entry.Personal personal) {
                accept(personal);
            } else if (entry instanceof Entry.Ponged pong) {
                told = Math.max(told, pong.userVersion());
            } else if (entry instanceof Entry.Settled && position < told) {
                findings.add(
                        Invariant.PERSONAL_ORDER,
                        log.device(),
                        null,
                        "was given nothing after userVersion " + position + ", but a pong told " + told);
            }
        }
    }

    private void connect(Entry.Connected ready) {
        if (ready.epoch().equals(epoch) && ready.userVersion() < position) {
            findings.add(
                    Invariant.PERSONAL_ORDER,
                    log.device(),
                    null,
                    "userVersion went back from " + position + " to " + ready.userVersion());
        }
        epoch = ready.epoch();
        position = ready.userVersion();
        told = position;
    }

    private void accept(Entry.Personal personal) {
        if (personal.version() <= position) {
            found(personal, "came after " + position);
        } else if (personal.after() > position) {
            found(personal, "leaves out what followed " + position);
        }
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
