package io.parley.server.session;

import io.parley.bus.Action;
import io.parley.bus.Nothing;
import org.jspecify.annotations.Nullable;

/** What the session host asks of whoever keeps tickets, where any node finds them. */
public final class TicketActions {
    /** Deposits something for a short time. */
    public static final Action<Deposit, Nothing> DEPOSIT = Action.of("ticket.deposit", Deposit.class, Nothing.class);

    /** Takes it away: of several who ask one gets it. */
    public static final Action<Claim, Claimed> CLAIM = Action.of("ticket.claim", Claim.class, Claimed.class);

    private TicketActions() {}

    /** @param sealed of no use to who does not have the ticket */
    public record Deposit(String name, String sealed, long lifeMs) {}

    public record Claim(String name) {}

    /** @param sealed null: there is nothing, or no longer */
    public record Claimed(@Nullable String sealed) {}
}
