package io.parley.server.outbound;

/**
 * Why nothing was fetched: an answer to whoever asked, not a defect. It carries no text from outside.
 */
public final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public Unreachable(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** What is the matter with a reason. */
    public enum Kind {
        /** We do not ask there; asking again would end the same way. */
        REFUSED,
        /** It has answered, but with nothing of use. */
        USELESS,
        /** It has answered, but not as it should; another time it may. */
        BROKEN,
        /** Nothing was heard of it; that may be the fault of the way there. */
        SILENT
    }

    /** Tags of a metric: names stay. */
    public enum Reason {
        /** Not an address of the web that we understand. */
        ADDRESS(Kind.REFUSED),
        /** A user or a password in the address. */
        CREDENTIALS(Kind.REFUSED),
        PORT(Kind.REFUSED),
        /** A name that is none of the public ones, or a number in disguise. */
        HOST(Kind.REFUSED),
        /** The operator does not want it. */
        DENIED(Kind.REFUSED),
        /** The host has an address that is not public. */
        PRIVATE(Kind.REFUSED),
        REDIRECTS(Kind.USELESS),
        STATUS(Kind.USELESS),
        TYPE(Kind.USELESS),
        ENCODING(Kind.USELESS),
        NO_NAME(Kind.USELESS),
        DNS(Kind.SILENT),
        CONNECT(Kind.SILENT),
        TLS(Kind.BROKEN),
        TIMEOUT(Kind.SILENT),
        /** It broke off, or what it said is not HTTP. */
        PROTOCOL(Kind.BROKEN);

        private final Kind kind;

        Reason(Kind kind) {
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }
}
