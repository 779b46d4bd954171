package io.parley.loadtest;

import io.parley.loadtest.provision.AdminApi;
import java.util.Arrays;
import java.util.List;

/** Status 0: all invariants held; 1: one was violated; 2: nothing could be measured. */
public final class Main {
    private static final String USAGE = """
            usage: parley-load rooms|idle [--option value]...

            the server      --http http://127.0.0.1:8080   --ws ws://…/ws[,…] (else as the server tells)
                            --data DIR (where operator.key lies; "data") or --operator-key KEY
                            --server-pid N[,…] (else who listens)   --used-pid N[,…] (else what they are connected to)
                            --management http://127.0.0.1:9090 (heap figures)
            the clients     --loops N (reading threads)   --connect-window 500   --batch true|false   --seed 1
            rooms           --people 1000   --room-size 10   --rooms-each 1   --text-bytes 300
                            --rate 1000 | 1000,2000 | 1000-8000/1000   --seconds 20   --warm-up 10   --drain 10
                            --until-p95 MS (no further step once deliveries take longer)
            idle            --sessions 1000[,5000]   --conversations 20   --room-size 10   --seconds 10
                            --gc (collects the server's garbage before each look)
            """;

    private Main() {}

    public static void main(String[] words) {
        Report report = new Report(System.out, System.err);
        int status;
        try {
            status = run(Arrays.asList(words), report) ? 0 : 1;
        } catch (Arguments.Wrong wrong) {
            System.err.println("parley-load: " + wrong.getMessage() + "\n\n" + USAGE);
            status = 2;
        } catch (ScenarioFailure | AdminApi.Refused failed) {
            System.err.println("parley-load: " + failed.getMessage());
            status = 2;
        }
        report.printTable();
        System.exit(status);
    }

    private static boolean run(List<String> words, Report report) throws ScenarioFailure {
        String name = words.isEmpty() ? "" : words.getFirst();
        Arguments arguments = new Arguments(words.isEmpty() ? words : words.subList(1, words.size()));
        return switch (name) {
            case "rooms" -> {
                RoomsScenario.Options options = RoomsScenario.Options.of(arguments);
                yield new RoomsScenario(stage(arguments, report), report, options).run();
            }
            case "idle" -> {
                IdleScenario.Options options = IdleScenario.Options.of(arguments);
                yield new IdleScenario(stage(arguments, report), report, options).run();
            }
            default -> throw new Arguments.Wrong("which scenario?");
        };
    }

    private static Stage stage(Arguments arguments, Report report) {
        Target target = Target.of(arguments);
        arguments.requireAllKnown();
        return new Stage(target, report);
    }
}
