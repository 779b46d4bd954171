package io.parley.features.devices;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.features.devices.DeviceActions.DeviceSession;
import io.parley.features.devices.DeviceActions.End;
import io.parley.features.devices.DeviceActions.EndAll;
import io.parley.features.devices.DeviceActions.Logins;
import io.parley.features.devices.DeviceActions.Sighting;
import io.parley.features.devices.DeviceActions.Sightings;
import io.parley.features.devices.DeviceEvents.EndReason;
import io.parley.server.auth.Device;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads and ends log-ins: {@code refresh_families}. Sessions hear of an end by the bus, else from the journal. */
final class DeviceStore {
    /** More than anybody has. */
    private static final int MOST_LISTED = 100;

    private static final int EXPIRED_AT_ONCE = 500;

    private static final String LIST = """
            SELECT id, device_id, platform, device_name, app_version, address, created_at, last_active_at, expires_at
              FROM refresh_families
             WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL
             ORDER BY last_active_at DESC, id LIMIT $3
            """;

    private static final String END = """
            SELECT EXISTS (SELECT FROM refresh_families WHERE tenant_id = $1 AND user_id = $2 AND id = $3) AS known,
                   ended, user_version
              FROM end_logins($1, $2, ARRAY[$3::uuid], 'revoked')
            """;

    private static final String END_ALL =
            "SELECT ended, tokens_until, user_version FROM end_all_logins($1, $2, $3, $4)";

    private static final String NOTE = "SELECT note_logins($1, $2, $3, $4, $5, $6)";

    private static final String EXPIRE = "SELECT expire_logins($1) AS ended";

    private final Database database;
    private final Bus bus;
    private final Metrics metrics;

    DeviceStore(Database database, Bus bus, Metrics metrics) {
        this.database = database;
        this.bus = bus;
        this.metrics = metrics;
    }

    Future<Logins> list(DeviceActions.Of asked) {
        return database.query(LIST, Tuple.of(asked.tenant(), asked.user(), MOST_LISTED))
                .map(rows -> new Logins(rows.stream().map(DeviceStore::session).toList()));
    }

    private static DeviceSession session(Row row) {
        return new DeviceSession(
                row.getUUID("id"),
                Device.of(
                        row.getString("device_id"),
                        row.getString("platform"),
                        row.getString("device_name"),
                        row.getString("app_version")),
                row.getString("address"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("last_active_at").toInstant(),
                row.getOffsetDateTime("expires_at").toInstant(),
                false,
                null);
    }

    /** Fails with {@code not_found}. */
    Future<Nothing> end(End asked) {
        return database.query(END, Tuple.of(asked.tenant(), asked.user(), asked.login()))
                .compose(rows -> {
                    Row row = rows.iterator().next();
                    publish(asked.user(), row, null);
                    return row.getBoolean("known")
                            ? Future.succeededFuture(Nothing.NOTHING)
                            : Future.failedFuture(AppError.notFound());
                });
    }

    Future<Nothing> endAll(EndAll asked) {
        return database.query(END_ALL, Tuple.of(asked.tenant(), asked.user(), asked.kept(), asked.tokens()))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    publish(asked.user(), row, row.getOffsetDateTime("tokens_until"));
                    return Nothing.NOTHING;
                });
    }

    private void publish(UUID user, Row row, @Nullable OffsetDateTime tokensUntil) {
        Long version = row.getLong("user_version");
        if (version != null) {
            List<UUID> ended = List.of(row.getArrayOfUUIDs("ended"));
            metrics.loginsEnded(EndReason.REVOKED, ended.size());
            Instant until = tokensUntil == null ? null : tokensUntil.toInstant();
            bus.events().publish(DeviceEvents.ended(user, version, ended, until, EndReason.REVOKED));
        }
    }

    Future<Nothing> note(Sightings seen) {
        List<Sighting> logins = seen.logins();
        Tuple columns = Tuple.tuple()
                .addArrayOfUUID(logins.stream().map(Sighting::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(logins.stream().map(Sighting::login).toArray(UUID[]::new))
                .addArrayOfString(column(logins, Device::id))
                .addArrayOfString(column(logins, Device::platform))
                .addArrayOfString(column(logins, Device::name))
                .addArrayOfString(column(logins, Device::appVersion));
        return database.query(NOTE, columns).map(Nothing.NOTHING);
    }

    private static @Nullable String[] column(List<Sighting> logins, Function<Device, @Nullable String> fact) {
        return logins.stream()
                .map(login -> login.device() == null ? null : fact.apply(login.device()))
                .toArray(String[]::new);
    }

    /** Ends what nobody can refresh any more, and forgets what ended long ago. */
    static Future<Void> expire(Database database) {
        return database.query(EXPIRE, Tuple.of(EXPIRED_AT_ONCE))
                .compose(rows -> rows.iterator().next().getInteger("ended") < EXPIRED_AT_ONCE
                        ? Future.succeededFuture()
                        : expire(database));
    }
}
