package io.parley.support.testing;

import io.parley.server.persistence.PgConnections;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;

/**
 * A PostgreSQL database with Parley's tables.
 *
 * @param url for JDBC, with the user in it
 */
public record TestDatabase(String url) {

    /** The tenant that the migrations make. */
    public static final UUID TENANT = UUID.fromString("00000000-0000-7000-8000-000000000001");

    /** Brings an empty database to the present schema. */
    public static TestDatabase migrated(String url) {
        Flyway.configure().dataSource(url, null, null).schemas("parley").load().migrate();
        return new TestDatabase(url);
    }

    /** A connection of its own, in auto-commit: one call is one transaction, and planned as in the server. */
    public Connection connect() throws SQLException {
        String planning = PgConnections.PLANNING.entrySet().stream()
                .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
        return DriverManager.getConnection(
                url + "&currentSchema=parley&options=" + URLEncoder.encode(planning, StandardCharsets.UTF_8));
    }
}
