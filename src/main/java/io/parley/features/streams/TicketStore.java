package io.parley.features.streams;

import io.parley.bus.Nothing;
import io.parley.server.presence.RedisLine;
import io.parley.server.session.TicketActions.Claim;
import io.parley.server.session.TicketActions.Claimed;
import io.parley.server.session.TicketActions.Deposit;
import io.vertx.core.Future;
import java.util.List;

/** Tickets in Redis. {@code parley:ticket:<name>}: what was deposited; expires soon. */
final class TicketStore {
    /** KEYS: one. Answers what was there, or nothing. GETDEL, which does the same, is only as of Redis 6.2. */
    private static final String TAKE = """
            local found = redis.call('GET', KEYS[1])
            redis.call('DEL', KEYS[1])
            return found or ''
            """;

    private final RedisLine redis;

    TicketStore(RedisLine redis) {
        this.redis = redis;
    }

    Future<Nothing> deposit(Deposit deposit) {
        return redis.call(api ->
                        api.set(List.of(key(deposit.name()), deposit.sealed(), "PX", Long.toString(deposit.lifeMs()))))
                .map(kept -> Nothing.NOTHING);
    }

    Future<Claimed> claim(Claim claim) {
        return redis.call(api -> api.eval(List.of(TAKE, "1", key(claim.name()))))
                .map(found -> new Claimed(found.toString().isEmpty() ? null : found.toString()));
    }

    private static String key(String name) {
        return "parley:ticket:" + name;
    }
}
