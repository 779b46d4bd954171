package io.parley.loadtest.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Finds scenarios: those that come with the harness by their names, all others by their paths. */
public final class Scenarios {
    private static final String ENDING = ".yaml";
    private static final Set<String> MAPPINGS = Set.of("clients", "thresholds", "stopAt", "activity", "bursts");
    private static final ObjectMapper YAML = new YAMLMapper();

    private final Path directory;

    /** @param directory of those that come with the harness */
    public Scenarios(Path directory) {
        this.directory = directory;
    }

    /** All that come with the harness. */
    public List<Scenario> all() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .map(file -> read(file, Map.of()))
                    .toList();
        } catch (IOException unreadable) {
            throw new Mistake("cannot read the scenarios in " + directory + ": " + unreadable.getMessage());
        }
    }

    /** @param changes of single values by their paths, such as {@code people} or {@code rooms.0.size} */
    public Scenario find(String nameOrPath, Map<String, String> changes) {
        Path shipped = directory.resolve(nameOrPath + ENDING);
        Path file = Files.exists(shipped) ? shipped : Path.of(nameOrPath);
        if (!Files.isRegularFile(file)) {
            throw new Mistake("there is no scenario " + nameOrPath + ": neither " + shipped + " nor such a file");
        }
        return read(file, changes);
    }

    private static Scenario read(Path file, Map<String, String> changes) {
        String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        try {
            return parse(name, Files.readString(file), changes);
        } catch (IOException unreadable) {
            throw new Mistake("cannot read " + file + ": " + unreadable.getMessage());
        } catch (Mistake wrong) {
            throw new Mistake(file + ": " + wrong.getMessage());
        }
    }

    /** @param yaml contents of a file */
    public static Scenario parse(String name, String yaml, Map<String, String> changes) {
        try {
            JsonNode tree = YAML.readTree(yaml);
            for (Map.Entry<String, String> change : changes.entrySet()) {
                set(tree, change.getKey(), YAML.readTree(change.getValue()));
            }
            return Scenario.of(name, new Settings("", tree));
        } catch (JsonProcessingException bad) {
            throw new Mistake("this is no YAML: " + bad.getOriginalMessage());
        }
    }

    /** Names of figures have dots themselves: what no mapping or list begins with is one key. */
    private static void set(JsonNode tree, String path, JsonNode value) {
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        if (tree instanceof ArrayNode list && first.matches("\\d+") && Integer.parseInt(first) < list.size()) {
            int index = Integer.parseInt(first);
            if (dot < 0) {
                list.set(index, value);
            } else {
                set(list.get(index), path.substring(dot + 1), value);
            }
        } else if (tree instanceof ObjectNode map) {
            setKey(map, path, first, value);
        } else {
            throw new Mistake("there is no place for " + path);
        }
    }

    private static void setKey(ObjectNode map, String path, String first, JsonNode value) {
        boolean nested = map.path(first).isContainerNode() || MAPPINGS.contains(first);
        if (first.equals(path) || !nested) {
            map.set(path, value);
        } else {
            JsonNode under = map.has(first) ? map.get(first) : map.putObject(first);
            set(under, path.substring(first.length() + 1), value);
        }
    }
}
