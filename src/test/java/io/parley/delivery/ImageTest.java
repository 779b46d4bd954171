package io.parley.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads the Dockerfile; whether it builds is seen where images are built. */
class ImageTest {
    /** Word and rest of each instruction, continued lines joined. */
    private record Instruction(String word, String rest) {}

    private final List<Instruction> all = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        String text = Files.readString(Path.of("Dockerfile"))
                .replaceAll("(?m)^#.*\\n", "")
                .replace("\\\n", " ");
        text.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.split("\\s+", 2))
                .forEach(parts -> all.add(new Instruction(parts[0], parts[1].strip())));
    }

    private Stream<String> rests(String word) {
        return all.stream().filter(each -> each.word().equals(word)).map(Instruction::rest);
    }

    @Test
    void stagesAreMadeOfNamedImagesOrOfEarlierStages() {
        List<String> stages = new ArrayList<>();
        for (Instruction each : all) {
            if (each.word().equals("FROM")) {
                String[] words = each.rest().split("\\s+", -1);
                assertThat(words[0].startsWith("${") || stages.contains(words[0]))
                        .isTrue();
                stages.add(words.length == 3 ? words[2] : "final");
            } else if (each.rest().contains("--from=")) {
                assertThat(stages).contains(each.rest().replaceAll(".*--from=(\\S+) .*", "$1"));
            }
        }
        assertThat(stages).containsExactly("build", "runtime", "training", "final");
        assertThat(rests("ADD")).isEmpty();
    }

    @Test
    void itRunsAsNobodyInParticularAndSaysWhetherItLives() {
        assertThat(rests("USER")).containsExactly("10001:10001");
        assertThat(rests("ENTRYPOINT")).containsExactly("[\"/opt/parley/bin/parley\"]");
        assertThat(rests("HEALTHCHECK")).singleElement().asString().contains("/health/live", "PARLEY_HTTP_PORT:-8080");
    }

    @Test
    void itsVariablesAreKeysAndItsPortsAreTheDefaults() {
        Map<String, String> environment = new HashMap<>();
        rests("ENV")
                .forEach(rest -> Pattern.compile("(\\w+)=(\"[^\"]*\"|\\S+)")
                        .matcher(rest)
                        .results()
                        .forEach(each -> environment.put(each.group(1), each.group(2))));

        Config config = ConfigLoader.load(null, environment);

        assertThat(config.http().host()).isEqualTo("0.0.0.0");
        assertThat(rests("VOLUME")).containsExactly(config.data());
        assertThat(rests("EXPOSE").findFirst().orElseThrow())
                .contains(
                        "" + config.http().port(),
                        "" + config.session().port(),
                        "" + config.management().port());
    }

    @Test
    void nothingButWhatTheBuildReadsGetsIntoIt() throws IOException {
        List<String> ignored = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();

        assertThat(ignored).startsWith("*").anyMatch(Pattern.compile("!pom.xml").asMatchPredicate());
        assertThat(ignored.subList(1, ignored.size()))
                .allSatisfy(line -> assertThat(Path.of(line.substring(1))).exists());
    }
}
