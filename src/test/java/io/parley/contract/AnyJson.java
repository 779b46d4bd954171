package io.parley.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.support.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Random instances of schemas: mostly what the schema allows, with ids of things that are there; now and then anything
 * else, in any place.
 */
final class AnyJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEEPEST = 6;

    /** Words that have broken something somewhere. */
    private static final List<String> NASTY = List.of(
            "",
            " ",
            "\u0000",
            "a\u0000b",
            "\uD83D",
            "\uDC4D\uD83D",
            "\u202Eabc",
            "👩‍👩‍👧‍👦",
            "' OR 1=1 --",
            "{\"a\":1}",
            "<script>alert(1)</script>",
            "../../etc/passwd",
            "%s%n%x",
            "${jndi:ldap://localhost/a}",
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "2026-02-30T25:61:00Z",
            "+999999999-12-31T23:59:59Z",
            "x".repeat(5_000),
            "é".repeat(300),
            "00000000-0000-0000-0000-000000000000");

    private final JsonNode document;
    private final Random random;
    private final List<UUID> ids;

    /** @param ids of things that are there */
    AnyJson(JsonNode document, Random random, List<UUID> ids) {
        this.document = document;
        this.random = random;
        this.ids = ids;
    }

    /** An instance; with some luck one that the schema does not allow. */
    JsonNode of(JsonNode schema, boolean honest) {
        return of(schema, honest, 0);
    }

    private JsonNode of(JsonNode reference, boolean honest, int depth) {
        if (!honest && random.nextInt(12) == 0) {
            return anything(depth);
        }
        JsonNode schema = ContractOperation.resolved(document, reference);
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice)) {
                return of(
                        schema.get(choice).get(random.nextInt(schema.get(choice).size())), honest, depth + 1);
            }
        }
        if (schema.has("examples") && random.nextInt(3) == 0) {
            return schema.get("examples").get(0);
        }
        return switch (type(schema)) {
            case "string" -> JSON.textNode(string(schema, honest));
            case "integer" -> JSON.numberNode(number(schema));
            case "number" -> JSON.numberNode(random.nextDouble() * 360 - 180);
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "array" -> array(schema, honest, depth);
            case "null" -> JSON.nullNode();
            default -> object(schema, honest, depth);
        };
    }

    private String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.get(random.nextInt(type.size())).asText() : type.asText();
    }

    private String string(JsonNode schema, boolean honest) {
        if (!honest && random.nextInt(4) == 0) {
            return NASTY.get(random.nextInt(NASTY.size()));
        }
        return switch (schema.path("format").asText()) {
            case "uuid" -> id().toString();
            case "date-time" -> "2026-11-2%dT09:15:30.123Z".formatted(random.nextInt(9));
            default -> plain(schema);
        };
    }

    private UUID id() {
        return random.nextInt(4) == 0 ? Ids.next() : ids.get(random.nextInt(ids.size()));
    }

    private String plain(JsonNode schema) {
        if (schema.has("pattern") && schema.has("examples")) {
            return schema.get("examples").get(0).asText();
        }
        int least = schema.path("minLength").asInt(0);
        int most = Math.min(schema.path("maxLength").asInt(40), least + 40);
        return "abc déf".repeat(20).substring(0, Math.min(140, least + random.nextInt(Math.max(1, most - least + 1))));
    }

    private long number(JsonNode schema) {
        long least = schema.path("minimum").asLong(-5);
        return switch (random.nextInt(6)) {
            case 0 -> least;
            case 1 -> schema.path("maximum").asLong(Long.MAX_VALUE);
            case 2 -> least - 1;
            default -> least + random.nextInt(20);
        };
    }

    private ArrayNode array(JsonNode schema, boolean honest, int depth) {
        ArrayNode array = JSON.arrayNode();
        int size = depth > DEEPEST ? 0 : schema.path("minItems").asInt(0) + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            array.add(of(schema.path("items"), honest, depth + 1));
        }
        return array;
    }

    private ObjectNode object(JsonNode schema, boolean honest, int depth) {
        ObjectNode object = JSON.objectNode();
        schema.path("allOf").forEach(part -> {
            if (of(part, honest, depth + 1) instanceof ObjectNode fields) {
                object.setAll(fields);
            }
        });
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        schema.path("properties").properties().forEach(property -> {
            boolean wanted =
                    required.contains(property.getKey()) ? honest || random.nextInt(15) > 0 : random.nextInt(3) == 0;
            if (wanted && (depth < DEEPEST || required.contains(property.getKey()))) {
                object.set(property.getKey(), of(property.getValue(), honest, depth + 1));
            }
        });
        if (!honest && random.nextInt(15) == 0) {
            object.set(NASTY.get(random.nextInt(NASTY.size())), anything(depth));
        }
        return object;
    }

    /** Something of no schema. */
    private JsonNode anything(int depth) {
        return switch (random.nextInt(9)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.numberNode(random.nextLong());
            case 2 -> JSON.numberNode(Double.MAX_VALUE);
            case 3 -> JSON.booleanNode(true);
            case 4 -> JSON.arrayNode().add(depth > DEEPEST ? JSON.nullNode() : anything(depth + 1));
            case 5 -> JSON.objectNode().set("x", depth > DEEPEST ? JSON.nullNode() : anything(depth + 1));
            case 6 -> JSON.textNode(id().toString());
            default -> JSON.textNode(NASTY.get(random.nextInt(NASTY.size())));
        };
    }
}
