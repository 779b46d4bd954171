package io.parley.features.accounts;

import io.parley.bus.Bus;
import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.Refresh;
import io.parley.features.devices.DeviceActions.DeviceSession;
import io.parley.features.devices.DeviceEvents;
import io.parley.features.devices.DeviceEvents.EndReason;
import io.parley.server.auth.Device;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    /** Of one person; beyond it those end that were not used for longest. */
    private static final int MOST_LOGINS = 100;

    private static final String OPEN = """
            SELECT outcome, coarse, created_at, expires_at, user_version, replaced, replaced_version
              FROM open_login($1, $2, $3, $4, $5, make_interval(days => $6), $7, $8, $9, $10, $11, $12)
            """;

    private static final String ROTATE = """
            SELECT outcome, family, tenant, person, user_version
              FROM rotate_refresh_token($1, $2, $3, make_interval(days => $4), $5)
            """;

    private static final String END = "SELECT family, person, user_version FROM log_out($1)";

    private final Database database;
    private final Bus bus;
    private final Metrics metrics;
    private final int days;

    /** @param days life of a token */
    RefreshStore(Database database, Bus bus, Metrics metrics, int days) {
        this.database = database;
        this.bus = bus;
        this.metrics = metrics;
        this.days = days;
    }

    /** A log-in with the token that is good now. */
    record Login(UUID id, UUID tenant, UUID user, RefreshToken token) {}

    /** Fails with {@code account_suspended}. */
    Future<Login> open(UUID tenant, UUID user, Client client) {
        Login login = new Login(Ids.next(), tenant, user, RefreshToken.first());
        Device device = client.device();
        Tuple opening = Tuple.of(tenant, user, login.id())
                .addBuffer(login.token().selectorHash())
                .addBuffer(login.token().hash())
                .addInteger(days)
                .addString(device == null ? null : device.id())
                .addString(device == null ? null : device.platform())
                .addString(device == null ? null : device.name())
                .addString(device == null ? null : device.appVersion())
                .addString(client.address())
                .addInteger(MOST_LOGINS);
        return database.query(OPEN, opening)
                .compose(rows -> opened(login, device, rows.iterator().next()));
    }

    private Future<Login> opened(Login login, @Nullable Device device, Row row) {
        if (row.getString("outcome").equals("inactive")) {
            return Future.failedFuture(AppError.of(ErrorCode.ACCOUNT_SUSPENDED));
        }
        Long replacedVersion = row.getLong("replaced_version");
        if (replacedVersion != null) {
            ended(login.user(), replacedVersion, List.of(row.getArrayOfUUIDs("replaced")), EndReason.REPLACED);
        }
        Instant now = row.getOffsetDateTime("created_at").toInstant();
        DeviceSession session = new DeviceSession(
                login.id(),
                device,
                row.getString("coarse"),
                now,
                now,
                row.getOffsetDateTime("expires_at").toInstant(),
                false,
                false);
        bus.events().publish(DeviceEvents.started(login.user(), row.getLong("user_version"), session));
        return Future.succeededFuture(login);
    }

    /** Fails with {@code unauthenticated}. */
    Future<Login> rotate(Refresh asked) {
        return RefreshToken.parse(asked.refreshToken())
                .map(token -> rotate(token, asked.address()))
                .orElseGet(() -> Future.failedFuture(refused("The refresh token is not valid")));
    }

    private Future<Login> rotate(RefreshToken token, String address) {
        RefreshToken successor = token.successor();
        Tuple exchange = Tuple.of(token.selectorHash(), token.hash(), successor.hash(), days, address);
        return database.query(ROTATE, exchange)
                .compose(rows -> rotated(rows.iterator().next(), successor));
    }

    private Future<Login> rotated(Row row, RefreshToken successor) {
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
            ended(row, EndReason.REUSE);
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
                .map(token -> database.query(END, Tuple.of(token.selectorHash()))
                        .<Void>map(rows -> {
                            rows.forEach(row -> ended(row, EndReason.LOGOUT));
                            return null;
                        }))
                .orElseGet(Future::succeededFuture);
    }

    private void ended(Row row, EndReason why) {
        ended(row.getUUID("person"), row.getLong("user_version"), List.of(row.getUUID("family")), why);
    }

    private void ended(UUID user, long userVersion, List<UUID> logins, EndReason why) {
        metrics.loginsEnded(why, logins.size());
        bus.events().publish(DeviceEvents.ended(user, userVersion, logins, why));
    }
}
