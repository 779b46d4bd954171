package io.parley.server.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a server of ours is recognised among the machine's processes: by its program's name and by first arguments that
 * hold a path in our data directory. A process number alone proves nothing, since numbers are used again.
 */
record ServerProcess(String program, List<String> firstArguments) {

    /** Looks through all processes; some milliseconds. */
    Optional<ProcessHandle> find() {
        return ProcessHandle.allProcesses().filter(this::matches).findFirst();
    }

    /** False too for a process that has ended but that nobody has taken note of yet, as happens in containers. */
    boolean matches(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        // The kernel may keep the program's path from us when the server runs under another account.
        boolean programFits = info.command()
                .map(path -> Path.of(path).getFileName().toString().startsWith(program))
                .orElse(true);
        List<String> arguments = List.of(info.arguments().orElse(new String[0]));
        return programFits
                && arguments.size() >= firstArguments.size()
                && arguments.subList(0, firstArguments.size()).equals(firstArguments);
    }
}
