package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * PostgreSQL's files in the data directory: made once, kept ever after.
 *
 * <p>The settings are written into {@code postgresql.conf} when the files are made and are the operator's from then on.
 * Nobody is trusted without a password, and the superuser has none, so that only the role of {@link #ROLE}, which owns
 * the database of the same name, can log in.
 */
record PostgresFiles(DataDirectory data, PostgresPrograms programs, String letterLocale) {

    /** The major version of the bundled programs. */
    static final String MAJOR_VERSION = "18";

    /** The role Parley logs in as, and its database. */
    static final String ROLE = "parley";

    private static final Duration INIT_LIMIT = Duration.ofMinutes(2);

    /** Makes the files where there are none yet, and the account the servers run under their owner. */
    void prepare(String password) throws IOException, EmbeddedException {
        Path directory = data.postgres();
        if (Files.notExists(directory)) {
            make(password);
        }
        checkVersion(directory);
        programs.account().own(directory);
    }

    /** A run that is cut short leaves only a draft, which the next run throws away. */
    private void make(String password) throws IOException, EmbeddedException {
        Path draft = data.unfinishedPostgres();
        FileTree.delete(draft);
        Files.createDirectory(draft, PrivateFiles.OWNER_ONLY_DIRECTORY);
        programs.account().own(draft);
        initialise(draft);
        createDatabase(draft, password);
        PrivateFiles.moveDurably(draft, data.postgres());
    }

    /**
     * Sorting and case are PostgreSQL's own, the same on every machine; trigrams ask the C library what a letter is,
     * and under plain C find none outside of ASCII.
     */
    private void initialise(Path draft) throws IOException, EmbeddedException {
        programs.run(
                INIT_LIMIT,
                "initdb",
                "--pgdata=" + draft,
                "--username=postgres",
                "--auth-local=reject",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--lc-ctype=" + letterLocale,
                "--no-instructions",
                "--set=listen_addresses=" + Ports.HOST,
                "--set=unix_socket_directories=",
                "--set=fsync=on",
                "--set=synchronous_commit=on",
                "--set=max_connections=100",
                "--set=shared_buffers=128MB",
                "--set=max_wal_size=1GB",
                "--set=timezone=UTC",
                "--set=log_timezone=UTC");
    }

    /** In single-user mode, which needs no password; one statement a line. */
    private void createDatabase(Path draft, String password) throws IOException, EmbeddedException {
        String statements = """
                CREATE ROLE %1$s LOGIN CREATEDB PASSWORD '%2$s'
                GRANT pg_monitor TO %1$s
                CREATE DATABASE %1$s OWNER %1$s
                """.formatted(ROLE, password);
        programs.runWithInput(
                INIT_LIMIT,
                statements,
                "postgres",
                "--single",
                "-D",
                draft.toString(),
                "-c",
                "exit_on_error=on",
                "template1");
    }

    private static void checkVersion(Path directory) throws IOException, EmbeddedException {
        String version = Files.readString(directory.resolve("PG_VERSION")).strip();
        if (!version.equals(MAJOR_VERSION)) {
            throw new EmbeddedException(
                    directory + " was made by PostgreSQL " + version + ", but this node brings PostgreSQL "
                            + MAJOR_VERSION + ": move the data over or take another directory");
        }
    }
}
