package io.parley.server.persistence;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** Statements on PostgreSQL, prepared, each a transaction of its own. Failures are {@code unavailable} or defects. */
public interface Database {
    Future<RowSet<Row>> query(String sql, Tuple parameters);
}
