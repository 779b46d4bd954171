package io.parley.features.tenants;

import io.parley.bus.Nothing;
import io.parley.features.tenants.TenantActions.Named;
import io.parley.features.tenants.TenantActions.OwnLimits;
import io.parley.features.tenants.TenantActions.SetLimits;
import io.parley.server.limits.LimitActions;
import io.parley.server.limits.OwnFigures;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes the settings of tenants, and clears away what their limits have left behind. */
final class TenantStore {
    private static final Logger LOG = LoggerFactory.getLogger(TenantStore.class);

    private static final String ALL =
            "SELECT id, settings ->> 'limits' AS limits FROM tenants WHERE settings ? 'limits'";

    private static final String ONE =
            "SELECT id, coalesce(settings ->> 'limits', '{}') AS limits FROM tenants WHERE slug = $1";

    private static final String SET = """
            UPDATE tenants
               SET settings = CASE WHEN $2::text::jsonb = '{}' THEN settings - 'limits'
                                   ELSE settings || jsonb_build_object('limits', $2::text::jsonb) END
             WHERE slug = $1""";

    /** Of whom nothing counts any more. */
    private static final String PRUNE = """
            DELETE FROM hourly_uses
             WHERE NOT EXISTS (SELECT FROM unnest(used_at) AS u (at) WHERE u.at > clock_timestamp() - interval '1 hour')""";

    private final Database database;

    TenantStore(Database database) {
        this.database = database;
    }

    Future<LimitActions.Tenants> all() {
        return database.query(ALL, Tuple.tuple()).map(rows -> {
            Map<UUID, OwnFigures> own = new HashMap<>();
            rows.forEach(row -> own.put(row.getUUID("id"), figures(row)));
            return new LimitActions.Tenants(own);
        });
    }

    Future<OwnLimits> limits(Named tenant) {
        return database.query(ONE, Tuple.of(tenant.slug())).map(rows -> {
            requireTenant(rows.size());
            Row row = rows.iterator().next();
            return new OwnLimits(row.getUUID("id"), figures(row));
        });
    }

    Future<Nothing> setLimits(SetLimits asked) {
        return database.query(SET, Tuple.of(asked.slug(), Json.text(asked.limits())))
                .map(done -> {
                    requireTenant(done.rowCount());
                    return Nothing.NOTHING;
                });
    }

    Future<Void> prune() {
        return database.query(PRUNE, Tuple.tuple()).mapEmpty();
    }

    private static void requireTenant(int found) {
        if (found == 0) {
            throw AppError.notFound();
        }
    }

    /** What somebody has written beside us must not keep nodes from reading the figures of other tenants. */
    private static OwnFigures figures(Row row) {
        try {
            return Json.decode(Buffer.buffer(row.getString("limits")), OwnFigures.class);
        } catch (RuntimeException unreadable) {
            LOG.debug("settings.limits of tenant {} cannot be read: {}", row.getUUID("id"), unreadable.toString());
            return OwnFigures.NONE;
        }
    }
}
