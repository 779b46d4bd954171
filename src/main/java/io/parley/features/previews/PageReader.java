package io.parley.features.previews;

import io.parley.server.outbound.Fetched;
import io.parley.server.outbound.Unreachable;
import io.parley.server.outbound.WebAddress;
import io.parley.support.OneLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a page says of itself: Open Graph, else the cards of Twitter, else HTML. Text only; addresses are read as
 * strictly as those that people send. Takes milliseconds: not for an event loop.
 */
final class PageReader {
    private static final int MOST_TITLE = 200;
    private static final int MOST_DESCRIPTION = 400;
    private static final int MOST_SITE = 80;
    private static final int MOST_MEDIA_TYPE = 80;

    private static final Pattern CHARSET = Pattern.compile("charset\\s*=\\s*[\"']?([A-Za-z0-9._:-]{1,40})");

    private final Document page;
    private final WebAddress address;

    private PageReader(Document page, WebAddress address) {
        this.page = page;
        this.address = address;
    }

    /** Null when there is nothing to show. */
    static @Nullable LinkPreview read(Fetched fetched) {
        if (fetched.mediaType().startsWith("image/")) {
            return LinkPreview.image(OneLine.of(fetched.mediaType(), MOST_MEDIA_TYPE), fetched.length());
        }
        return page(fetched.address(), fetched.type(), fetched.content());
    }

    /** @param type the header, with the charset if it names one */
    static @Nullable LinkPreview page(WebAddress address, String type, byte[] content) {
        try {
            Document page = Jsoup.parse(new ByteArrayInputStream(content), charset(type), address.toString());
            return new PageReader(page, address).preview();
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading from memory", impossible);
        }
    }

    /** Null where the server names none that there is: then the page itself says it, else it is UTF-8. */
    private static @Nullable String charset(String type) {
        Matcher named = CHARSET.matcher(type.toLowerCase(Locale.ROOT));
        try {
            return named.find() && Charset.isSupported(named.group(1)) ? named.group(1) : null;
        } catch (IllegalCharsetNameException bad) {
            return null;
        }
    }

    private @Nullable LinkPreview preview() {
        String title = first(MOST_TITLE, meta("og:title"), meta("twitter:title"), page.title());
        String description = mayBeQuoted()
                ? first(MOST_DESCRIPTION, meta("og:description"), meta("twitter:description"), meta("description"))
                : null;
        String image = link(meta("og:image:secure_url"), meta("og:image"), meta("twitter:image"), href("image_src"));
        if (title == null && description == null && image == null) {
            return null;
        }
        return LinkPreview.page(
                title,
                description,
                first(MOST_SITE, meta("og:site_name"), meta("application-name")),
                canonical(),
                image);
    }

    /** Whoever asks search engines not to quote from his page means us, too. */
    private boolean mayBeQuoted() {
        String wish = String.valueOf(meta("robots")).toLowerCase(Locale.ROOT);
        return !wish.contains("nosnippet") && !wish.matches("(.*[\\s,])?none([\\s,].*)?");
    }

    /** Of the same host, or the page would pass for one of somebody else. */
    private @Nullable String canonical() {
        return Stream.of(href("canonical"), meta("og:url"))
                .flatMap(Stream::ofNullable)
                .flatMap(found -> Stream.ofNullable(resolved(found)))
                .filter(found -> found.host().equals(address.host()))
                .map(WebAddress::toString)
                .filter(found -> !found.equals(address.toString()))
                .findFirst()
                .orElse(null);
    }

    private @Nullable String meta(String name) {
        for (Element meta : page.getElementsByTag("meta")) {
            if (meta.attr("property").equalsIgnoreCase(name)
                    || meta.attr("name").equalsIgnoreCase(name)) {
                return meta.attr("content");
            }
        }
        return null;
    }

    private @Nullable String href(String relation) {
        Element link = page.selectFirst("link[rel=" + relation + "]");
        return link == null ? null : link.attr("href");
    }

    private static @Nullable String first(int most, @Nullable String... texts) {
        return Stream.of(texts)
                .flatMap(Stream::ofNullable)
                .map(text -> OneLine.of(text, most))
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse(null);
    }

    private @Nullable String link(@Nullable String... references) {
        return Stream.of(references)
                .flatMap(Stream::ofNullable)
                .flatMap(reference -> Stream.ofNullable(resolved(reference)))
                .map(WebAddress::toString)
                .findFirst()
                .orElse(null);
    }

    private @Nullable WebAddress resolved(String reference) {
        try {
            return address.resolve(reference);
        } catch (Unreachable bad) {
            return null;
        }
    }
}
