package io.parley.loadtest.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.scenario.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The lines of a run, read from a file or still in memory. */
public final class Lines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Lines() {}

    public static List<ObjectNode> read(Path file) {
        List<ObjectNode> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    lines.add(parse(file, line));
                }
            }
        } catch (IOException unreadable) {
            throw new Mistake("cannot read " + file + ": " + unreadable.getMessage());
        }
        if (all(lines, "step").isEmpty()) {
            throw new Mistake("there is no step in " + file);
        }
        return lines;
    }

    private static ObjectNode parse(Path file, String line) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException bad) {
            throw new Mistake(file + " is not made of lines of JSON: " + bad.getOriginalMessage());
        }
        throw new Mistake(file + " has a line that is no object");
    }

    static List<ObjectNode> all(List<ObjectNode> lines, String type) {
        return lines.stream()
                .filter(line -> line.path("type").asText("step").equals(type))
                .toList();
    }

    /** The first of a type; an empty one if there is none. */
    static JsonNode one(List<ObjectNode> lines, String type) {
        List<ObjectNode> all = all(lines, type);
        return all.isEmpty() ? Figures.object() : all.getFirst();
    }
}
