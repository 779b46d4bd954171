package io.parley.server.persistence;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** A pool of connections; its failures are those of {@link SqlFailure#forCaller}. */
final class PgDatabase implements Database {
    private final Pool pool;

    PgDatabase(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return pool.preparedQuery(sql)
                .execute(parameters)
                .recover(failure -> Future.failedFuture(SqlFailure.forCaller(failure)));
    }
}
