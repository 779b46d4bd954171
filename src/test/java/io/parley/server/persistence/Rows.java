package io.parley.server.persistence;

import io.vertx.core.Future;
import io.vertx.pgclient.impl.RowImpl;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.PropertyKind;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.desc.ColumnDescriptor;
import io.vertx.sqlclient.internal.RowDesc;
import java.sql.JDBCType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answer of a database that is not there: rows with the driver's own way of reading them. */
public final class Rows implements RowSet<Row> {
    private final List<String> columns;
    private final List<Row> rows = new ArrayList<>();

    private Rows(List<String> columns) {
        this.columns = columns;
    }

    public static Rows of(String... columns) {
        return new Rows(List.of(columns));
    }

    /** Adds a row. */
    public Rows row(@Nullable Object... values) {
        Row row = new RowImpl(new Columns(columns));
        for (Object value : values) {
            row.addValue(value);
        }
        rows.add(row);
        return this;
    }

    /** A client that answers every prepared query with what the function says to its parameters. */
    public static SqlClient client(Function<Tuple, Future<RowSet<Row>>> answers) {
        return new Client(answers);
    }

    private static final class Columns extends RowDesc {
        Columns(List<String> names) {
            super(names.stream().map(Column::new).toArray(ColumnDescriptor[]::new));
        }
    }

    private record Column(String name) implements ColumnDescriptor {
        @Override
        public boolean isArray() {
            return false;
        }

        @Override
        public String typeName() {
            return "unknown";
        }

        @Override
        public JDBCType jdbcType() {
            return JDBCType.OTHER;
        }
    }

    private record Client(Function<Tuple, Future<RowSet<Row>>> answers) implements SqlClient {
        @Override
        public Query<RowSet<Row>> query(String sql) {
            return new Prepared(answers);
        }

        @Override
        public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
            return new Prepared(answers);
        }

        @Override
        public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
            return new Prepared(answers);
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    private record Prepared(Function<Tuple, Future<RowSet<Row>>> answers) implements PreparedQuery<RowSet<Row>> {
        @Override
        public Future<RowSet<Row>> execute() {
            return answers.apply(Tuple.tuple());
        }

        @Override
        public Future<RowSet<Row>> execute(Tuple tuple) {
            return answers.apply(tuple);
        }

        @Override
        public Future<RowSet<Row>> executeBatch(List<Tuple> batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <R> PreparedQuery<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <U> PreparedQuery<RowSet<U>> mapping(Function<Row, U> mapper) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public RowIterator<Row> iterator() {
        Iterator<Row> each = rows.iterator();
        return new RowIterator<>() {
            @Override
            public boolean hasNext() {
                return each.hasNext();
            }

            @Override
            public Row next() {
                return each.next();
            }
        };
    }

    @Override
    public Stream<Row> stream() {
        return rows.stream();
    }

    @Override
    public int rowCount() {
        return rows.size();
    }

    @Override
    public List<String> columnsNames() {
        return columns;
    }

    @Override
    public List<ColumnDescriptor> columnDescriptors() {
        return List.of();
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public <V> @Nullable V property(PropertyKind<V> kind) {
        return null;
    }

    @Override
    public RowSet<Row> value() {
        return this;
    }

    @Override
    public @Nullable RowSet<Row> next() {
        return null;
    }
}
