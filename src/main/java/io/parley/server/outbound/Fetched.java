package io.parley.server.outbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** What an address answered. */
public final class Fetched {
    private final WebAddress address;
    private final String type;
    private final @Nullable Long length;
    private final byte[] body;
    private final boolean packed;
    private final int mostBytes;

    /**
     * @param address where it was found in the end
     * @param type as the header says it
     * @param length in bytes, if the header says it
     * @param body its beginning; empty if it was not wanted
     * @param packed whether the body is compressed with gzip
     * @param mostBytes of the body, also when it is unpacked
     */
    Fetched(WebAddress address, String type, @Nullable Long length, byte[] body, boolean packed, int mostBytes) {
        this.address = address;
        this.type = type;
        this.length = length;
        this.body = body;
        this.packed = packed;
        this.mostBytes = mostBytes;
    }

    public WebAddress address() {
        return address;
    }

    /** In lower case, without parameters: {@code text/html}. */
    public String mediaType() {
        return mediaType(type);
    }

    static String mediaType(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** The whole header, with the charset if it names one. */
    public String type() {
        return type;
    }

    public @Nullable Long length() {
        return length;
    }

    /**
     * The beginning of the body, unpacked no further than anybody looks: a few KB can be made to unpack to gigabytes. What
     * is broken ends where it breaks. Takes milliseconds: not for an event loop.
     */
    public byte[] content() {
        if (!packed) {
            return body;
        }
        byte[] content = new byte[mostBytes];
        int filled = 0;
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(body))) {
            for (int read = 0; read >= 0 && filled < content.length; filled += Math.max(read, 0)) {
                read = unpacked.read(content, filled, content.length - filled);
            }
        } catch (IOException broken) {
            // what came before is what there is
        }
        return Arrays.copyOf(content, filled);
    }
}
