package io.parley.server.outbound;

import io.netty.util.NetUtil;
import io.parley.server.outbound.Unreachable.Reason;
import io.parley.support.Texts;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address of the web, read in one way only: what is checked is what is asked. Stricter than browsers: no users, no
 * numbers but plain IPv4 and IPv6 addresses, no escapes and no backslashes before the path, no names that are not of the
 * public tree.
 *
 * @param host in lower case and ASCII, without brackets
 * @param target path and query, in ASCII
 */
public record WebAddress(boolean secure, String host, int port, String target) {
    /** In UTF-8: an index of the database takes 2,700. */
    private static final int MOST_BYTES = 2_000;

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private static final Pattern SHAPE = Pattern.compile(
            "(?<scheme>https?)://(?<authority>[^/?#]+)(?<path>/[^?#]*)?(?<query>\\?[^#]*)?(?:#.*)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]]+)(?::(?<port>[0-9]{1,5})?)?");
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");

    private static final Pattern OTHER_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");

    /** Names that are not of the public tree: RFC 6761, 6762, 7686, 8375, 9476; and what private networks use. */
    private static final Set<String> NOT_PUBLIC = Set.of(
            "localhost",
            "local",
            "localdomain",
            "internal",
            "intranet",
            "private",
            "corp",
            "home",
            "lan",
            "arpa",
            "onion",
            "alt");

    /**
     * @throws Unreachable when it is none, or not one that anybody may name
     */
    public static WebAddress of(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (Texts.utf8Length(text) > MOST_BYTES || !shape.matches()) {
            throw new Unreachable(Reason.ADDRESS);
        }
        String authority = shape.group("authority");
        if (authority.indexOf('@') >= 0) {
            throw new Unreachable(Reason.CREDENTIALS);
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw new Unreachable(Reason.HOST);
        }
        boolean secure = shape.group("scheme").equalsIgnoreCase("https");
        String host = host(parts.group("host"));
        String path = shape.group("path");
        String query = shape.group("query");
        return new WebAddress(
                secure,
                host,
                port(parts.group("port"), secure),
                ascii((path == null ? "/" : path) + (query == null ? "" : query)));
    }

    private static int port(@Nullable String digits, boolean secure) {
        if (digits == null) {
            return secure ? HTTPS : HTTP;
        }
        return Integer.parseInt(digits);
    }

    private static String host(String written) {
        if (written.startsWith("[")) {
            String address = written.substring(1, written.length() - 1).toLowerCase(Locale.ROOT);
            if (address.indexOf(':') >= 0 && NetUtil.createByteArrayFromIpAddressString(address) != null) {
                return address;
            }
            throw new Unreachable(Reason.HOST);
        }
        String name = name(written);
        if (NUMBER.matcher(name).matches()) {
            if (IPV4.matcher(name).matches() && NetUtil.isValidIpV4Address(name)) {
                return name;
            }
            throw new Unreachable(Reason.HOST);
        }
        if (!NAME.matcher(name).matches() || NOT_PUBLIC.contains(name.substring(name.lastIndexOf('.') + 1))) {
            throw new Unreachable(Reason.HOST);
        }
        return name;
    }

    /** Other scripts become ASCII here, and letters and digits in disguise become plain ones, before they are judged. */
    private static String name(String written) {
        try {
            String name = IDN.toASCII(written).toLowerCase(Locale.ROOT);
            return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        } catch (IllegalArgumentException bad) {
            throw new Unreachable(Reason.HOST);
        }
    }

    /** What may not stand in a request line is escaped; what is escaped already stays as it is. */
    private static String ascii(String target) {
        StringBuilder escaped = new StringBuilder(target.length());
        for (byte octet : target.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xFF);
            if (c > ' ' && c < 0x7F && "\"<>\\^`{|}".indexOf(c) < 0) {
                escaped.append(c);
            } else {
                escaped.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xF, 16));
            }
        }
        return escaped.toString();
    }

    /**
     * Where a reference leads that stands in a page at this address.
     *
     * @throws Unreachable as {@link #of}
     */
    public WebAddress resolve(String reference) {
        String text = reference.strip();
        if (SHAPE.matcher(text).matches()) {
            return of(text);
        }
        if (text.startsWith("//")) {
            return of((secure ? "https:" : "http:") + text);
        }
        if (text.startsWith("/")) {
            return of(origin() + text);
        }
        if (text.isEmpty() || OTHER_SCHEME.matcher(text).lookingAt()) {
            throw new Unreachable(Reason.ADDRESS);
        }
        String path = target.replaceFirst("\\?.*", "");
        return of(origin() + (text.startsWith("?") ? path : path.substring(0, path.lastIndexOf('/') + 1)) + text);
    }

    /** The bytes of a host that is an address itself, else null. */
    byte @Nullable [] literal() {
        return NetUtil.createByteArrayFromIpAddressString(host);
    }

    private String origin() {
        String authority = host.indexOf(':') < 0 ? host : "[" + host + "]";
        boolean usual = port == (secure ? HTTPS : HTTP);
        return (secure ? "https://" : "http://") + authority + (usual ? "" : ":" + port);
    }

    /** In its one form. */
    @Override
    public String toString() {
        return origin() + target;
    }
}
