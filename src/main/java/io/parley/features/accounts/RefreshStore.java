package io.parley.features.accounts;

import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log-ins and their refresh tokens: {@code refresh_families}. Each token works once. One that comes back ends its
 * log-in, because of the two who have shown it one is a thief; the person logs in anew. The only exception are requests
 * that were under way at the same time (two tabs): the second is refused and the log-in lives, with the first's
 * token. A client that lost the answer to a refresh must log in again, so clients refresh from one place at a time.
 */
final class RefreshStore {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshStore.class);

    private static final String OPEN = """
            INSERT INTO refresh_families (id, tenant_id, user_id, selector, current, expires_at)
            VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(days => $6))
            """;

    private static final String ROTATE = """
            SELECT outcome, family, tenant, person FROM rotate_refresh_token($1, $2, $3, make_interval(days => $4))
            """;

    private static final String END = """
            UPDATE refresh_families SET ended_at = clock_timestamp(), end_reason = 'logout'
             WHERE selector = $1 AND ended_at IS NULL
            """;

    private static final String PRUNE = "DELETE FROM refresh_families WHERE expires_at < now()";

    private final Database database;
    private final int days;

    /** @param days life of a token */
    RefreshStore(Database database, int days) {
        this.database = database;
        this.days = days;
    }

    /** A log-in with the token that is good now. */
    record Login(UUID id, UUID tenant, UUID user, RefreshToken token) {}

    Future<Login> open(UUID tenant, UUID user) {
        Login login = new Login(Ids.next(), tenant, user, RefreshToken.first());
        Tuple row = Tuple.of(login.id(), tenant, user)
                .addBuffer(login.token().selectorHash())
                .addBuffer(login.token().hash())
                .addInteger(days);
        return database.query(OPEN, row).map(login);
    }

    /** Fails with {@code unauthenticated}. */
    Future<Login> rotate(String shown) {
        return RefreshToken.parse(shown)
                .map(this::rotate)
                .orElseGet(() -> Future.failedFuture(refused("The refresh token is not valid")));
    }

    private Future<Login> rotate(RefreshToken token) {
        RefreshToken successor = token.successor();
        Tuple exchange = Tuple.of(token.selectorHash(), token.hash(), successor.hash(), days);
        return database.query(ROTATE, exchange)
                .compose(rows -> rotated(rows.iterator().next(), successor));
    }

    private static Future<Login> rotated(Row row, RefreshToken successor) {
        String outcome = row.getString("outcome");
        if (outcome.equals("ok")) {
            return Future.succeededFuture(
                    new Login(row.getUUID("family"), row.getUUID("tenant"), row.getUUID("person"), successor));
        }
        if (outcome.equals("reused")) {
            LOG.warn(
                    "an old refresh token came back; login {} of user {} ends",
                    row.getUUID("family"),
                    row.getUUID("person"));
        }
        return Future.failedFuture(
                switch (outcome) {
                    case "reused" -> refused("The refresh token was used before; log in again");
                    case "overtaken" -> refused("The refresh token was being used by another request");
                    case "expired" -> refused("The refresh token has expired");
                    default -> refused("The refresh token is not valid");
                });
    }

    private static AppError refused(String detail) {
        return AppError.of(ErrorCode.UNAUTHENTICATED, detail);
    }

    /** Ends the log-in of this token, also by an old one; nothing happens when there is none. */
    Future<Void> end(String shown) {
        return RefreshToken.parse(shown)
                .map(token ->
                        database.query(END, Tuple.of(token.selectorHash())).<Void>mapEmpty())
                .orElseGet(Future::succeededFuture);
    }

    /** Forgets log-ins whose tokens have expired. */
    static Future<Void> prune(Database database) {
        return database.query(PRUNE, Tuple.tuple()).mapEmpty();
    }
}
