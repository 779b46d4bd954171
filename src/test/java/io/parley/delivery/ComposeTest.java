package io.parley.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class ComposeTest {
    private static final Path FILE = Path.of("compose.yaml");
    private static final Path SCHEMA = Path.of("src/test/resources/compose/compose-spec.json");
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{(\\w+)(:[-?][^}]*)?}");
    private static final Set<String> NODES = Set.of("parley-1", "parley-2", "parley-3");

    private final ObjectMapper json = new ObjectMapper();
    private ObjectNode compose = json.createObjectNode();

    @TempDir
    Path directory;

    /** Merge keys are resolved, which Jackson does not do. */
    @BeforeEach
    void read() throws IOException {
        Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(FILE));
        compose = json.valueToTree(tree);
    }

    private List<String> schemaErrors() throws IOException {
        JsonNode document = json.readTree(SCHEMA.toFile());
        // Ids of a draft older than the one that it names; nothing refers to them.
        document.findParents("id").stream()
                .filter(owner -> owner.get("id").isTextual())
                .forEach(owner -> ((ObjectNode) owner).remove("id"));
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2019_09)
                .getSchema(document);
        return schema.validate(compose).stream().map(Error::toString).toList();
    }

    @Test
    void itIsWhatComposeUnderstands() throws IOException {
        assertThat(schemaErrors()).isEmpty();
    }

    @Test
    void aMisspeltKeyIsFound() throws IOException {
        ((ObjectNode) compose.at("/services/parley-1")).put("restarts", "always");

        assertThat(schemaErrors()).anyMatch(error -> error.contains("restarts"));
    }

    @Test
    void aNodeAcceptsItsVariablesAndGetsTimeToDrain() {
        for (String name : NODES) {
            JsonNode node = compose.at("/services/" + name);
            Map<String, String> environment = new HashMap<>();
            node.get("environment")
                    .properties()
                    .forEach(each -> environment.put(
                            each.getKey(), filled(each.getValue().asText())));
            assertThat(environment.get("PARLEY_AUTH_KEYS"))
                    .isEqualTo(node.get("volumes").get(0).asText().split(":", -1)[1]);
            environment.put("PARLEY_AUTH_KEYS", directory.toString());

            Config config = ConfigLoader.load(null, environment);

            assertThat(config.postgres().host()).isEqualTo("postgres");
            assertThat(config.redis().host()).isEqualTo("redis");
            assertThat(Long.parseLong(node.get("stop_grace_period").asText().replace("s", "")))
                    .isGreaterThanOrEqualTo(config.session().drainMs() / 1000 + 20);
        }
    }

    /** As Compose fills variables in; what has no default gets something that is long enough for a key. */
    private static String filled(String text) {
        return VARIABLE.matcher(text).replaceAll(variable -> {
            String otherwise = variable.group(2);
            return otherwise.startsWith(":-") ? otherwise.substring(2) : "0123456789abcdef0123456789abcdef";
        });
    }

    @Test
    void passwordsAndKeysHaveNoDefaultAndAllVariablesAreInTheExample() throws IOException {
        List<MatchResult> variables =
                VARIABLE.matcher(Files.readString(FILE)).results().toList();

        assertThat(variables)
                .filteredOn(variable -> variable.group(1).matches(".*(PASSWORD|KEY)"))
                .hasSizeGreaterThan(2)
                .allMatch(variable -> variable.group(2).startsWith(":?"));
        List<String> example = Files.readAllLines(Path.of(".env.example"));
        for (MatchResult variable : variables) {
            String otherwise = variable.group(2);
            assertThat(example)
                    .contains(variable.group(1) + "=" + (otherwise.startsWith(":-") ? otherwise.substring(2) : ""));
        }
    }

    @Test
    void onlyTheBalancerIsPublishedAndItKnowsAllNodes() throws IOException {
        Set<String> published = new TreeSet<>();
        compose.get("services").properties().forEach(service -> {
            if (service.getValue().has("ports")) {
                published.add(service.getKey());
            }
        });

        String balancer = Files.readString(Path.of("conf/haproxy.cfg"));

        assertThat(published).containsExactly("balancer");
        for (String port : List.of("8080", "8081")) {
            assertThat(Pattern.compile("server (\\S+) \\1:" + port)
                            .matcher(balancer)
                            .results()
                            .map(server -> server.group(1))
                            .collect(Collectors.toSet()))
                    .isEqualTo(NODES);
        }
    }

    @Test
    void whatServicesWaitForCanTellThatItIsThere() {
        compose.get("services")
                .properties()
                .forEach(service -> service.getValue()
                        .path("depends_on")
                        .properties()
                        .forEach(need -> {
                            JsonNode other = compose.at("/services/" + need.getKey());
                            String condition = need.getValue().get("condition").asText();
                            assertThat(other.isObject()).as(need.getKey()).isTrue();
                            assertThat(condition.equals("service_completed_successfully"))
                                    .isEqualTo(other.path("restart").asText().equals("no"));
                            // The nodes' check is in their image.
                            assertThat(condition.equals("service_healthy"))
                                    .isEqualTo(other.has("healthcheck") || NODES.contains(need.getKey()));
                        }));
    }
}
