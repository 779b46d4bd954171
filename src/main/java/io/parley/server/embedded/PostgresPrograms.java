package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's own programs, run under an account that they accept. */
record PostgresPrograms(Path home, ServerAccount account, ServerLog log) {

    void run(Duration limit, String program, String... arguments) throws IOException, EmbeddedException {
        runWithInput(limit, "", program, arguments);
    }

    void runWithInput(Duration limit, String input, String program, String... arguments)
            throws IOException, EmbeddedException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        log.run(program, limit, input, account.command(command));
    }
}
