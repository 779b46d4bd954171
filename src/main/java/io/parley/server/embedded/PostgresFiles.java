package io.parley.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(PostgresFiles.class);
    private static final String DRAFT = "postgres.unfinished-";
    private static final Duration INIT_LIMIT = Duration.ofMinutes(2);

    /** Makes the files where there are none yet, and the account the servers run under their owner. */
    void prepare(String password) throws IOException, EmbeddedException {
        deleteDrafts();
        Path directory = data.postgres();
        if (Files.notExists(directory)) {
            make(password);
        }
        checkVersion(directory);
        programs.account().own(directory);
    }

    /**
     * Makes a draft that becomes the real thing in one step. Each has a name of its own, for when a node is killed here
     * its {@code initdb} goes on for a while.
     */
    private void make(String password) throws IOException, EmbeddedException {
        Path draft = Files.createTempDirectory(data.root(), DRAFT);
        programs.account().own(draft);
        initialise(draft);
        createDatabase(draft, password);
        PrivateFiles.moveDurably(draft, data.postgres());
    }

    private void deleteDrafts() throws IOException {
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(data.root(), DRAFT + "*")) {
            for (Path draft : drafts) {
                deleteDraft(draft);
            }
        }
    }

    private static void deleteDraft(Path draft) {
        try {
            FileTree.delete(draft);
        } catch (IOException | UncheckedIOException e) {
            LOG.info("{} is still being written to and left to a later start: {}", draft, e.toString());
        }
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
