package io.parley.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a configuration as a file that {@link ConfigLoader} reads, secrets in clear: it belongs into private hands. */
public final class ConfigWriter {
    private static final YAMLMapper YAML = new YAMLMapper();

    private ConfigWriter() {}

    public static String yaml(Config config) {
        try {
            return YAML.writeValueAsString(tree(config));
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException("a configuration cannot be written", defect);
        }
    }

    private static Object tree(Object value) {
        return switch (value) {
            case Secret secret -> secret.reveal();
            case Record section -> section(section);
            case List<?> items -> items.stream().map(ConfigWriter::tree).toList();
            default -> value;
        };
    }

    private static Map<String, Object> section(Record section) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            try {
                keys.put(component.getName(), tree(component.getAccessor().invoke(section)));
            } catch (ReflectiveOperationException defect) {
                throw new IllegalStateException("a configuration cannot be read", defect);
            }
        }
        return keys;
    }
}
