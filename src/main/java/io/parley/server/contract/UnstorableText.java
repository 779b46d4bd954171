package io.parley.server.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.AppError;
import io.parley.support.Texts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds texts that {@link Texts#flaw} refuses anywhere in a document, names of fields included. */
public final class UnstorableText {
    private UnstorableText() {}

    /**
     * @throws AppError {@code validation_failed} naming the first one's field
     */
    public static void refuse(JsonNode tree) {
        Found found = find(tree);
        if (found != null) {
            throw AppError.field(found.path().isEmpty() ? "body" : found.path(), "format", found.flaw());
        }
    }

    /** The path is put together on the way back, so that a document without a flaw costs no path. */
    private record Found(String path, String flaw) {
        Found under(String step) {
            return new Found(path.isEmpty() || path.startsWith("[") ? step + path : step + "." + path, flaw);
        }
    }

    private static @Nullable Found find(JsonNode node) {
        if (node.isTextual()) {
            String flaw = Texts.flaw(node.textValue());
            return flaw == null ? null : new Found("", flaw);
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                Found found = find(node.get(i));
                if (found != null) {
                    return found.under("[" + i + "]");
                }
            }
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String flaw = Texts.flaw(field.getKey());
            if (flaw != null) {
                return new Found("", "has a field whose name " + flaw);
            }
            Found found = find(field.getValue());
            if (found != null) {
                return found.under(field.getKey());
            }
        }
        return null;
    }
}
