package io.parley.loadtest;

import io.parley.loadtest.report.Comparison;
import io.parley.loadtest.report.Journal;
import io.parley.loadtest.report.Lines;
import io.parley.loadtest.report.Page;
import io.parley.loadtest.report.Terminal;
import io.parley.loadtest.run.Run;
import io.parley.loadtest.run.ScenarioFailure;
import io.parley.loadtest.run.Target;
import io.parley.loadtest.run.Worker;
import io.parley.loadtest.scenario.Mistake;
import io.parley.loadtest.scenario.Scenario;
import io.parley.loadtest.scenario.Scenarios;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What each word of the command line does; all answer the exit status. */
final class Commands {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    private static final String DEFAULT_MANAGEMENT = "http://127.0.0.1:9090";

    /** Where the harness lies, as its launcher says. */
    private final Path home = Path.of(System.getProperty("parley.load.home", "."));

    private final int columns = Integer.getInteger("parley.load.columns", 0);
    private final PrintStream programs;
    private final PrintStream people;

    /** @param programs for lines of JSON */
    Commands(PrintStream programs, PrintStream people) {
        this.programs = programs;
        this.people = people;
    }

    private Scenarios scenarios() {
        return new Scenarios(home.resolve("scenarios"));
    }

    int list(Arguments arguments) {
        arguments.requireNoMore(0);
        for (Scenario scenario : scenarios().all()) {
            programs.printf(
                    "%-18s %s%n", scenario.common().name(), scenario.common().about());
        }
        return Run.HELD;
    }

    int run(Arguments arguments, String command) throws ScenarioFailure {
        Scenario scenario =
                scenarios().find(arguments.word(0, "which scenario; `list` shows all"), arguments.changes());
        Target target = target(arguments);
        Path out = Path.of(arguments.option("out", home.resolve("results").toString()));
        arguments.requireNoMore(1);
        Journal journal = new Journal(programs, new Terminal(people, columns));
        Path name = out.resolve(scenario.common().name() + "-"
                + LocalDateTime.now(ZoneId.systemDefault()).format(STAMP));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> keep(journal, name), "keeper"));
        return new Run(target, journal).of(scenario, command.replace(target.operatorKey(), "…"));
    }

    /** At the end of the process: also what was seen of a run that has failed or was interrupted. */
    private void keep(Journal journal, Path name) {
        if (journal.lines().size() > 1) {
            journal.save(Path.of(name + ".json"));
            write(Path.of(name + ".html"), Page.of(journal.lines()));
            people.println("report " + name + ".html, lines " + name + ".json");
        }
    }

    int report(Arguments arguments) {
        Path file = Path.of(arguments.word(0, "which file of lines"));
        Path page = Path.of(arguments.option("out", file.toString().replaceFirst("\\.json$", "") + ".html"));
        arguments.requireNoMore(1);
        write(page, Page.of(Lines.read(file)));
        people.println("report " + page);
        return Run.HELD;
    }

    int compare(Arguments arguments) {
        Path before = Path.of(arguments.word(0, "which two files of lines"));
        Path after = Path.of(arguments.word(1, "which other file of lines"));
        Path page = Path.of(arguments.option("out", "comparison.html"));
        arguments.requireNoMore(2);
        Comparison comparison = new Comparison(
                before.getFileName().toString(),
                Lines.read(before),
                after.getFileName().toString(),
                Lines.read(after));
        programs.print(comparison.table());
        write(page, comparison.page());
        people.println("report " + page);
        return Run.HELD;
    }

    /** Serves runs that other processes lead, until it is killed. */
    int worker(Arguments arguments) {
        String host = arguments.option("host", "127.0.0.1");
        int port = (int) number("port", arguments.option("port", "0"));
        arguments.requireNoMore(0);
        try (Worker worker = new Worker(host, port)) {
            InetSocketAddress address = worker.start();
            people.println("worker " + address.getHostString() + ":" + address.getPort());
            Thread.currentThread().join();
        } catch (IOException taken) {
            throw new Mistake("cannot listen on " + host + ":" + port + ": " + taken.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return Run.HELD;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Target target(Arguments arguments) {
        URI http = address("http", arguments.option("http", "http://127.0.0.1:8080"));
        String management = arguments.option("management", DEFAULT_MANAGEMENT);
        return new Target(
                http,
                addresses("ws", arguments.list("ws")),
                operatorKey(arguments),
                numbers(arguments, "server-pid"),
                numbers(arguments, "used-pid"),
                addresses("management", List.of(management.split(",", -1))).stream()
                        .map(address -> address.resolve("/metrics"))
                        .toList(),
                addresses(
                        "workers",
                        arguments.list("workers").stream()
                                .map(address -> "http://" + address)
                                .toList()));
    }

    private static List<URI> addresses(String option, List<String> texts) {
        return texts.stream().map(text -> address(option, text)).toList();
    }

    private static URI address(String option, String text) {
        try {
            URI address = new URI(text);
            if (address.getHost() != null && address.getScheme() != null) {
                return address;
            }
        } catch (URISyntaxException bad) {
            throw new Mistake("--" + option + " must be an address, not " + text + ": " + bad.getReason());
        }
        throw new Mistake("--" + option + " must be an address with a scheme and a host, not \"" + text + "\"");
    }

    private static List<Long> numbers(Arguments arguments, String name) {
        return arguments.list(name).stream().map(text -> number(name, text)).toList();
    }

    private static long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException bad) {
            throw new Mistake("--" + name + " must be a number, not " + text);
        }
    }

    private static String operatorKey(Arguments arguments) {
        String given = arguments.option("operator-key");
        Path file = Path.of(arguments.option("data", "data"), "operator.key");
        if (given != null) {
            return given;
        }
        try {
            return Files.readString(file).trim();
        } catch (IOException unreadable) {
            throw new Mistake(
                    "cannot read " + file + "; say --data with the server's data directory, or --operator-key");
        }
    }
}
