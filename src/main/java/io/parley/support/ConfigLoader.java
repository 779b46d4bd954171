package io.parley.support;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration: the shipped file, over it the operator's file, over both the environment; then checks the
 * whole of it. Blocks; called once, before anything else runs.
 */
public final class ConfigLoader {
    private static final String SHIPPED = "/io/parley/conf/parley.yaml";
    private static final String PREFIX = "PARLEY_";
    private static final String FILE = PREFIX + "CONFIG";

    /** What the start script reads, and the place of the operator's file. */
    private static final Set<String> NOT_KEYS = Set.of(FILE, PREFIX + "JAVA_OPTS", PREFIX + "JAVA_HOME");

    /** What Kubernetes sets in every container beside a service that is called parley. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "PARLEY_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)|PARLEY_PORT");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final List<String> problems = new ArrayList<>();

    private ConfigLoader() {}

    /**
     * @param file the operator's, if given by the command line; else the one that PARLEY_CONFIG names, if any
     * @throws ConfigError naming everything that is wrong
     */
    public static Config load(@Nullable Path file, Map<String, String> environment) {
        return new ConfigLoader().loadAll(file, environment);
    }

    private Config loadAll(@Nullable Path file, Map<String, String> environment) {
        ObjectNode tree = shipped();
        Path chosen = file == null && environment.containsKey(FILE) ? Path.of(environment.get(FILE)) : file;
        if (chosen != null) {
            overlay(tree, read(chosen));
        }
        overlayEnvironment(tree, environment);
        Config config = new ConfigReader(problems).read(tree);
        if (config != null) {
            problems.addAll(ConfigRules.problems(config));
        }
        if (config == null || !problems.isEmpty()) {
            throw new ConfigError(problems);
        }
        return config;
    }

    static ObjectNode shipped() {
        try (InputStream in = ConfigLoader.class.getResourceAsStream(SHIPPED)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + SHIPPED);
            }
            return (ObjectNode) YAML.readTree(in);
        } catch (IOException defect) {
            throw new UncheckedIOException(defect);
        }
    }

    /** A parser's own message quotes the line, which may hold a password: only its place is told. */
    private JsonNode read(Path file) {
        try {
            JsonNode tree = YAML.readTree(Files.readAllBytes(file));
            if (tree.isObject() || tree.isMissingNode() || tree.isNull()) {
                return tree;
            }
            problems.add(file + ": must consist of keys and values");
        } catch (JsonProcessingException bad) {
            JsonLocation at = bad.getLocation();
            String place = at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
            problems.add(file + place + ": is not YAML or has a key twice");
        } catch (IOException bad) {
            problems.add(file + ": cannot be read");
        }
        return YAML.createObjectNode();
    }

    /** A section that has been left empty changes nothing. */
    private static void overlay(ObjectNode under, JsonNode over) {
        over.properties().forEach(entry -> {
            JsonNode before = under.get(entry.getKey());
            JsonNode value = entry.getValue();
            if (before instanceof ObjectNode section && (value.isObject() || value.isNull())) {
                overlay(section, value);
            } else {
                under.set(entry.getKey(), value);
            }
        });
    }

    private void overlayEnvironment(ObjectNode tree, Map<String, String> environment) {
        Map<String, ConfigReader.Key> keys = new TreeMap<>();
        for (ConfigReader.Key key : ConfigReader.keys()) {
            keys.put(key.variable(PREFIX), key);
        }
        new TreeMap<>(environment).forEach((name, text) -> {
            ConfigReader.Key key = keys.get(name);
            if (key != null) {
                overlayVariable(tree, key, name, text);
            } else if (name.startsWith(PREFIX)
                    && !NOT_KEYS.contains(name)
                    && !SERVICE_LINK.matcher(name).matches()) {
                problems.add(name + ": no key of the configuration has this variable");
            }
        });
    }

    private void overlayVariable(ObjectNode tree, ConfigReader.Key key, String name, String text) {
        try {
            ObjectNode section = tree;
            for (String step : key.path().subList(0, key.path().size() - 1)) {
                section = section.withObjectProperty(step);
            }
            section.set(key.path().getLast(), key.parse(text));
        } catch (IllegalArgumentException bad) {
            problems.add(name + ": " + bad.getMessage());
        }
    }
}
