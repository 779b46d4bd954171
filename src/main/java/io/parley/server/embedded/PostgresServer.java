package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops PostgreSQL through {@code pg_ctl}, which gives it a session of its own: the Ctrl-C that ends the
 * node does not reach it. It commits to the disk, with {@code fsync} and {@code synchronous_commit} on.
 */
final class PostgresServer {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

    /** Room for the recovery after a crash, which would begin anew if it were cut short. */
    private static final int START_SECONDS = 300;

    private static final int STOP_SECONDS = 30;

    /** What a program gets beyond the time it keeps itself, before it is taken to hang. */
    private static final Duration CONTROL_SLACK = Duration.ofSeconds(10);

    private final DataDirectory data;
    private final PostgresPrograms programs;
    private final PostgresFiles files;
    private final ServerProcess ours;
    private @Nullable ProcessHandle running;

    private PostgresServer(DataDirectory data, PostgresPrograms programs, PostgresFiles files) {
        this.data = data;
        this.programs = programs;
        this.files = files;
        this.ours = new ServerProcess("postgres", List.of("-D", data.postgres().toString()));
    }

    static PostgresServer of(DataDirectory data, Platform platform, ServerAccount account) throws IOException {
        Path home = Binaries.in(data.binaries()).postgres(platform.postgresArchive());
        PostgresPrograms programs = new PostgresPrograms(home, account, data.log("postgres"));
        return new PostgresServer(data, programs, new PostgresFiles(data, programs, platform.letterLocale()));
    }

    /**
     * Stops the server that a killed node left running. A note of a server that is gone is no obstacle to a start,
     * unless another process has got its number: PostgreSQL would take that for the server.
     */
    void stopOrphan() throws IOException {
        Optional<ProcessHandle> noted = noted();
        if (noted.isEmpty()) {
            return;
        }
        if (ours.matches(noted.get())) {
            LOG.info(
                    "stopping the PostgreSQL (pid {}) that no node holds",
                    noted.get().pid());
            running = noted.get();
            stop();
        } else {
            Files.delete(note());
        }
    }

    /** PostgreSQL's note of its process number and more. */
    private Path note() {
        return data.postgres().resolve("postmaster.pid");
    }

    /** The process that has the noted number now, whichever it is. */
    private Optional<ProcessHandle> noted() throws IOException {
        if (Files.notExists(note())) {
            return Optional.empty();
        }
        return Files.readString(note()).lines().findFirst().map(Long::valueOf).flatMap(ProcessHandle::of);
    }

    /** Starts the server, making its files on the first call, and returns when it takes connections. */
    PostgresEndpoint start(int port) throws IOException, EmbeddedException {
        long begin = System.nanoTime();
        String password = password();
        files.prepare(password);
        try {
            control("start", START_SECONDS, "--options=-p " + port);
        } catch (IOException | EmbeddedException e) {
            stopOrphan();
            throw e;
        }
        running = noted().orElse(null);
        LOG.info("PostgreSQL listens on {}:{}, {} ms", Ports.HOST, port, (System.nanoTime() - begin) / 1_000_000);
        return new PostgresEndpoint(Ports.HOST, port, PostgresFiles.ROLE, PostgresFiles.ROLE, password);
    }

    private String password() throws IOException, EmbeddedException {
        if (Files.exists(data.postgres()) && Files.notExists(data.postgresPassword())) {
            throw new EmbeddedException(data.postgresPassword() + " is missing, without which " + data.postgres()
                    + " cannot be opened: put it back");
        }
        return PrivateFiles.password(data.postgresPassword());
    }

    /** Ends the sessions and writes a checkpoint; when that takes too long, leaves the rest to the next recovery. */
    void stop() {
        if (running == null || !isRunning()) {
            return;
        }
        for (String mode : List.of("fast", "immediate")) {
            try {
                control("stop", STOP_SECONDS, "--mode=" + mode);
                // pg_ctl is content when the note is gone, which is a moment before the process is.
                Poll.until(CONTROL_SLACK, () -> !isRunning());
                return;
            } catch (IOException | EmbeddedException e) {
                LOG.warn("PostgreSQL (pid {}) does not stop by the {} way", running.pid(), mode, e);
            }
        }
    }

    private boolean isRunning() {
        return running != null && ours.matches(running);
    }

    private void control(String order, int seconds, String option) throws IOException, EmbeddedException {
        programs.run(
                Duration.ofSeconds(seconds).plus(CONTROL_SLACK),
                "pg_ctl",
                order,
                "--silent",
                "--wait",
                "--timeout=" + seconds,
                "--pgdata=" + data.postgres(),
                option);
    }
}
