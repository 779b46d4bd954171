package io.parley.loadtest;

import io.parley.loadtest.provision.AdminApi;
import io.parley.loadtest.run.Run;
import io.parley.loadtest.run.ScenarioFailure;
import io.parley.loadtest.scenario.Mistake;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The command line. Status 0: everything held; 1: an invariant or a threshold did not; 2: it could not be measured. */
public final class Main {
    private static final String USAGE = """
            usage: parley-load list
                   parley-load run SCENARIO [key=value]... [--option value]...
                   parley-load worker [--port N] [--host 127.0.0.1]
                   parley-load report RUN.json [--out PAGE.html]
                   parley-load compare A.json B.json [--out PAGE.html]

            SCENARIO is a name from `list` or the path of a YAML file; key=value says otherwise what it says, for
            instance: run rooms people=2000 rates=1000-8000/1000 rooms.0.size=20 thresholds.receive.p95Ms=50

            the server   --http http://127.0.0.1:8080   --ws ws://…/ws[,…] (else as the server tells)
                         --data DIR (where operator.key lies; "data") or --operator-key KEY
                         --management http://127.0.0.1:9090[,…] (memory and garbage collection of the server)
                         --server-pid N[,…] (else who listens)   --used-pid N[,…] (else what they are connected to)
            the clients  --workers host:port[,…] (started with `worker`; else this process has all people)
            the result   --out DIR (for the page and the lines of JSON)
            """;

    private Main() {}

    public static void main(String[] words) {
        PrintStream people = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int status;
        try {
            status = run(Arrays.asList(words), people);
        } catch (Mistake wrong) {
            people.println("parley-load: " + wrong.getMessage());
            status = Run.NOT_MEASURED;
        } catch (ScenarioFailure | AdminApi.Refused failed) {
            people.println("parley-load: not measured: " + failed.getMessage());
            status = Run.NOT_MEASURED;
        } catch (RuntimeException defect) {
            people.println("parley-load: not measured, by a fault of its own:");
            defect.printStackTrace(people);
            status = Run.NOT_MEASURED;
        }
        System.exit(status);
    }

    private static int run(List<String> words, PrintStream people) throws ScenarioFailure {
        String command = words.isEmpty() ? "" : words.getFirst();
        Commands commands = new Commands(System.out, people);
        Arguments arguments = new Arguments(words.isEmpty() ? words : words.subList(1, words.size()));
        return switch (command) {
            case "list" -> commands.list(arguments);
            case "run" -> commands.run(arguments, "parley-load " + String.join(" ", words));
            case "report" -> commands.report(arguments);
            case "worker" -> commands.worker(arguments);
            case "compare" -> commands.compare(arguments);
            default -> throw new Mistake("what is to be done?\n\n" + USAGE);
        };
    }
}
