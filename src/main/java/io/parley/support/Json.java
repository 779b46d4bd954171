package io.parley.support;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * The one JSON mapping: records to camelCase, times as ISO 8601 UTC with milliseconds, absent instead of null,
 * strict on the way in (no unknown or doubled fields, no coercions, bounded depth and lengths).
 */
public final class Json {
    /** Deeper input than any document of ours; stops stack exhaustion by nesting. */
    private static final int MAX_DEPTH = 32;

    private static final int MAX_STRING_CHARS = 4 * 1024 * 1024;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_STRING_CHARS)
                            .maxNumberLength(32)
                            .maxNameLength(256)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, new JsonInstant())
                    .addSerializer(Buffer.class, new JsonBytes.Writer())
                    .addDeserializer(Buffer.class, new JsonBytes.Reader())
                    .addDeserializer(UUID.class, new JsonId()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private Json() {}

    /** The mapper itself, for trees and for what needs a Jackson type; never reconfigure it. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    public static Buffer encode(Object value) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException("a value of ours has no JSON form: " + value.getClass(), defect);
        }
    }

    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException("a value of ours has no JSON form: " + value.getClass(), defect);
        }
    }

    /**
     * Parses what came from outside.
     *
     * @throws AppError {@code malformed}
     */
    public static JsonNode parse(byte[] bytes) {
        try {
            JsonNode tree = MAPPER.readTree(utf8(bytes));
            if (tree == null || tree.isMissingNode()) {
                throw AppError.of(ErrorCode.MALFORMED, "The text is empty");
            }
            return tree;
        } catch (IOException bad) {
            throw AppError.of(
                    ErrorCode.MALFORMED, "The text is not JSON in UTF-8, has a field twice or is nested too deeply");
        }
    }

    /** Jackson guesses UTF-16 and UTF-32, and takes bytes that are not UTF-8: overlong forms, encoded surrogates. */
    private static String utf8(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    /**
     * Reads a record from a tree. Every component that is not {@code @Nullable} must be there.
     *
     * @throws AppError {@code validation_failed} naming the field
     */
    public static <T> T read(JsonNode tree, Class<T> type) {
        try {
            T value = MAPPER.treeToValue(tree, type);
            Required.check(value);
            return value;
        } catch (JsonProcessingException bad) {
            throw refusal(bad);
        }
    }

    /** Reads a record of our own making; an error is a defect or a peer of another version. */
    public static <T> T decode(Buffer buffer, Class<T> type) {
        try {
            return MAPPER.readValue(buffer.getBytes(), type);
        } catch (IOException bad) {
            throw new IllegalArgumentException("not a " + type.getSimpleName(), bad);
        }
    }

    private static AppError refusal(JsonProcessingException bad) {
        if (bad.getCause() instanceof AppError ours) {
            return ours;
        }
        if (bad instanceof UnrecognizedPropertyException unknown) {
            return AppError.field(path(unknown), "unknown", "is not a field of this request");
        }
        if (bad instanceof MismatchedInputException wrong) {
            return AppError.field(path(wrong), "type", "has the wrong type");
        }
        if (bad instanceof JsonMappingException far && bad.getCause() instanceof InputCoercionException) {
            return AppError.field(path(far), "range", "is too large or too small");
        }
        return AppError.of(ErrorCode.VALIDATION_FAILED);
    }

    private static String path(JsonMappingException at) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : at.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }
}
