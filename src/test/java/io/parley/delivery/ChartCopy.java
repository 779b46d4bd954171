package io.parley.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A copy of the chart that a test may give other defaults and spoil: helm lints a chart only with its defaults. */
final class ChartCopy {
    private static final Path CHART = Path.of("helm/parley");
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Path chart;

    ChartCopy(Path directory) {
        this.chart = directory.resolve("parley");
        try (Stream<Path> files = Files.walk(CHART)) {
            Files.createDirectories(directory);
            for (Path file : files.toList()) {
                Files.copy(file, chart.resolve(CHART.relativize(file).toString()));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        // Hooks are not rendered; the pod of helm test shall be.
        replace("templates/tests/ready.yaml", "helm.sh/hook: test", "example.org/hook: test");
    }

    /** Lays values over those of the chart. */
    ChartCopy with(String values) {
        try {
            Path file = chart.resolve("values.yaml");
            JsonNode merged =
                    YAML.readerForUpdating(YAML.readTree(file.toFile())).readTree(values);
            YAML.writeValue(file.toFile(), merged);
            return this;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    ChartCopy replace(String file, String text, String other) {
        try {
            Path path = chart.resolve(file);
            String before = Files.readString(path);
            if (!before.contains(text)) {
                throw new IllegalArgumentException(file + " has no " + text);
            }
            Files.writeString(path, before.replace(text, other));
            return this;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    LintResult lint() {
        return new Helm(chart).lint().strict().call();
    }

    /**
     * The release {@code talk} in the namespace {@code chat} of the oldest Kubernetes that the chart is for.
     *
     * @throws IllegalStateException with what helm says, when it cannot
     */
    Manifests render() {
        return Manifests.parse(new Helm(chart)
                .template()
                .withName("talk")
                .withNamespace("chat")
                .withKubeVersion("1.27.0")
                .call());
    }
}
