package io.parley.server.persistence;

import io.parley.support.Config;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the schema to this version's state before any verticle starts. Blocks: call it from a worker. */
public final class Migrations {
    /** PostgreSQL 14 is the oldest with all that the functions use. */
    private static final int OLDEST_SERVER = 140_000;

    private static final String SCHEMA = "parley";

    private Migrations() {}

    /** What the operator must be told in one line: the database cannot be used. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason, null, false, false);
        }
    }

    /** @throws Refused unreachable, too old, or with a schema newer than this program */
    public static void run(Config.Postgres config) {
        String url = "jdbc:postgresql://" + config.host() + ":" + config.port() + "/" + config.database() + "?sslmode="
                + config.sslMode() + "&connectTimeout=5&ApplicationName=parley-migrations";
        requireServer(url, config);
        migrate(url, config);
    }

    private static void requireServer(String url, Config.Postgres config) {
        int version;
        try (Connection connection = DriverManager.getConnection(
                        url, config.user(), config.password().reveal());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW server_version_num")) {
            row.next();
            version = row.getInt(1);
        } catch (SQLException unreachable) {
            throw new Refused("PostgreSQL at " + config.host() + ":" + config.port() + "/" + config.database()
                    + " cannot be used: " + firstLine(unreachable));
        }
        if (version < OLDEST_SERVER) {
            throw new Refused("PostgreSQL " + version / 10_000 + " is too old: Parley needs 14 or newer");
        }
    }

    private static void migrate(String url, Config.Postgres config) {
        try {
            Flyway.configure()
                    .dataSource(url, config.user(), config.password().reveal())
                    .schemas(SCHEMA)
                    .defaultSchema(SCHEMA)
                    .locations("classpath:db/migration")
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            throw new Refused("the database schema cannot be migrated: " + firstLine(failed));
        }
    }

    private static String firstLine(Exception cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
    }
}
