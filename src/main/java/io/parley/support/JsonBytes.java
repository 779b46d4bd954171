package io.parley.support;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Bytes as base64 text, for records of ours that carry finished frames between nodes. */
final class JsonBytes {
    private JsonBytes() {}

    static final class Writer extends JsonSerializer<Buffer> {
        @Override
        public void serialize(Buffer value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeBinary(value.getBytes());
        }
    }

    static final class Reader extends StdScalarDeserializer<Buffer> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(Buffer.class);
        }

        @Override
        public Buffer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Buffer.buffer(parser.getBinaryValue());
        }
    }
}
