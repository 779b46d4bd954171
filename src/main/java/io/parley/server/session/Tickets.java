package io.parley.server.session;

import io.parley.bus.Bus;
import io.vertx.core.Future;

/** Gives tickets for access tokens and takes them back, each once and soon, on whichever node. */
final class Tickets {
    private static final long LIFE_SECONDS = 30;

    private final Bus bus;

    /** @param expiresIn seconds */
    record Issued(String ticket, long expiresIn) {}

    Tickets(Bus bus) {
        this.bus = bus;
    }

    /** @param token of which it is known that it is good */
    Future<Issued> issue(String token) {
        Ticket ticket = Ticket.make();
        return bus.ask(
                        TicketActions.DEPOSIT,
                        new TicketActions.Deposit(ticket.name(), ticket.seal(token), LIFE_SECONDS * 1000))
                .map(kept -> new Issued(ticket.text(), LIFE_SECONDS));
    }

    /** @return the token, which may have become bad meanwhile; fails with {@code unauthenticated} for a bad ticket */
    Future<String> redeem(String text) {
        Ticket ticket = Ticket.parse(text);
        return bus.ask(TicketActions.CLAIM, new TicketActions.Claim(ticket.name()))
                .map(claimed -> {
                    String sealed = claimed.sealed();
                    if (sealed == null) {
                        throw Ticket.refused();
                    }
                    return ticket.open(sealed);
                });
    }
}
