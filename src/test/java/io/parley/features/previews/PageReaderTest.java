package io.parley.features.previews;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.outbound.WebAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageReaderTest {
    private static final WebAddress ADDRESS = WebAddress.of("https://page.example/a/b?c");
    private static final int MOST_BYTES = 512 * 1024;

    private static @Nullable LinkPreview page(String html) {
        return page(html, "text/html", StandardCharsets.UTF_8);
    }

    private static @Nullable LinkPreview page(String html, String type, Charset charset) {
        return PageReader.page(ADDRESS, type, html.getBytes(charset));
    }

    private static String title(String html, String type, Charset charset) {
        return String.valueOf(Objects.requireNonNull(page(html, type, charset)).title());
    }

    @Test
    void openGraphGoesBeforeTwitterAndTwitterBeforeHtml() {
        String html = "<title>Html</title><meta name=description content='html d'>";
        String twitter = "<meta name='twitter:title' content='Twitter'>"
                + "<meta name='twitter:description' content='twitter d'><meta name='twitter:image' content='/t.png'>";
        String graph = "<meta property='og:title' content='Graph'><meta property='og:description' content='graph d'>"
                + "<meta property='og:image' content='//img.example/g.png'><meta property='og:site_name' content='Site'>";

        assertThat(page(html)).isEqualTo(LinkPreview.page("Html", "html d", null, null, null));
        assertThat(page(html + twitter))
                .isEqualTo(LinkPreview.page("Twitter", "twitter d", null, null, "https://page.example/t.png"));
        assertThat(page(html + twitter + graph))
                .isEqualTo(LinkPreview.page("Graph", "graph d", "Site", null, "https://img.example/g.png"));
    }

    @Test
    void anEmptyFieldDoesNotHideTheNext() {
        LinkPreview found = page("<meta property='og:title' content=' '><title>Html</title>");

        assertThat(Objects.requireNonNull(found).title()).isEqualTo("Html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Hello",
                "<p>Hello</p>",
                "<title></title>",
                "<title> \n </title>",
                "%PDF-1.4",
                "<meta>",
                "\u0000\u0001"
            })
    void whatSaysNothingOfItselfHasNoPreview(String html) {
        assertThat(page(html)).isNull();
    }

    @Test
    void fieldsAreOneLineOfBoundedText() {
        LinkPreview found = Objects.requireNonNull(page("<meta property='og:title' content='" + "x".repeat(5_000)
                + "'><meta property='og:description' content='a\n\n  b&#0;&#xD800;&#x202E;c&lt;script&gt;"
                + " d".repeat(900)
                + "'><meta property='og:site_name' content='" + "😀".repeat(500) + "'>"));

        assertThat(found.title()).hasSize(200).endsWith("…");
        assertThat(found.description())
                .startsWith("a b")
                .contains("c<script>")
                .doesNotContain("\n", "\u202E", "\u0000")
                .hasSizeLessThanOrEqualTo(400);
        assertThat(String.valueOf(found.site()).codePoints()).hasSize(80);
    }

    @Test
    void noAddressOfAPageLeadsWhereAMessageCouldNot() {
        for (String image : new String[] {
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "file:///etc/passwd",
            "http://localhost/x.png",
            "http://user@img.example/x.png",
            "http://2130706433/x.png",
            "ftp://img.example/x.png",
            " ",
            "http://[::1%25lo]/"
        }) {
            LinkPreview found = page("<title>x</title><meta property='og:image' content='" + image + "'>");
            assertThat(Objects.requireNonNull(found).image()).as(image).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https://page.example/other, https://page.example/other",
                "/other, https://page.example/other",
                "https://page.example/a/b?c, -",
                "https://bank.example/, -",
                "javascript:alert(1), -",
            })
    void aPageCannotPassForOneOfAnotherHost(String canonical, @Nullable String found) {
        LinkPreview preview = page("<title>x</title><link rel=canonical href='" + canonical + "'>");

        assertThat(Objects.requireNonNull(preview).canonical()).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosnippet", "noindex, nosnippet", "none", "NoSnippet", "all,none"})
    void whoDoesNotWantToBeQuotedIsNot(String wish) {
        LinkPreview found =
                page("<title>x</title><meta name=robots content='" + wish + "'><meta name=description content=secret>");

        assertThat(found).isEqualTo(LinkPreview.page("x", null, null, null, null));
    }

    @Test
    void whoDoesNotWantToBeFoundMayBeQuotedByWhoeverHasTheLink() {
        LinkPreview found = page("<title>x</title><meta name=robots content=noindex><meta name=description content=d>");

        assertThat(Objects.requireNonNull(found).description()).isEqualTo("d");
    }

    @Test
    void theCharsetIsThatOfTheServerElseOfThePageElseUtf8() {
        String page = "<title>Žluťoučký kůň</title>";
        Charset windows = Charset.forName("windows-1250");

        assertThat(title(page, "text/html; charset=windows-1250", windows)).isEqualTo("Žluťoučký kůň");
        assertThat(title(page, "text/html; Charset=\"UTF-8\"", StandardCharsets.UTF_8))
                .isEqualTo("Žluťoučký kůň");
        assertThat(title("<meta charset=windows-1250>" + page, "text/html", windows))
                .isEqualTo("Žluťoučký kůň");
        assertThat(title(page, "text/html", StandardCharsets.UTF_8)).isEqualTo("Žluťoučký kůň");
        assertThat(title("\uFEFF" + page, "text/html", StandardCharsets.UTF_16LE))
                .isEqualTo("Žluťoučký kůň");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html; charset=no-such-charset",
                "text/html; charset=",
                "text/html; charset=;;;",
                "text/html;charset=\"",
                "text/html; charset=../../etc/passwd",
                "text/html; charset=x-mac-nothing",
                "text/html; charset=.",
            })
    void aCharsetThatDoesNotExistIsNone(String type) {
        assertThat(title("<title>Ž</title>", type, StandardCharsets.UTF_8)).isEqualTo("Ž");
    }

    @Test
    void theWrongCharsetGivesAStrangeTitleAndNothingWorse() {
        assertThat(title("<title>Žlutý</title>", "text/html; charset=utf-8", Charset.forName("windows-1250")))
                .contains("lut")
                .contains("\uFFFD");
        assertThat(page("<title>x</title>", "text/html; charset=utf-16", StandardCharsets.UTF_8))
                .isNull();
    }

    @Test
    void malformedHtmlIsReadAsFarAsItGoes() {
        assertThat(page("<html><head><title>A<body></head><b><i>")).isNotNull();
        assertThat(page("<meta property=og:title content=Bare>")).isNotNull();
        assertThat(page("</p></div><title>After</title>")).isNotNull();
        assertThat(page("<title>Cut he")).isNotNull();
    }

    /** Whatever half a megabyte of it is, it ends, and says little. */
    @Test
    void pagesMadeToBeExpensiveAreReadLikeOthers() {
        for (String piece : new String[] {
            "<div>",
            "<b>",
            "<a>",
            "<b><p>",
            "<table>",
            "<table><tr><td>",
            "<select>",
            "<svg>",
            "<math><mi>",
            "<template>",
            "<form><table>",
            "<a><p>",
            "</p>",
            "<!--",
            "<![CDATA[",
            "&amp",
            "&#x1",
            "<meta name=a content=b>",
            "<meta property=og:title content=",
            "<link rel=canonical href=/>",
            "<title>",
            "<script>",
            "<style>",
            "<textarea>",
            "<plaintext>",
            "<frameset>",
            "<p a=b ",
            "<x y",
            "<\u0000",
            "<font><b><i><u><p>",
            "<nobr>",
            "<li>",
            "<dd><dt>"
        }) {
            page("<title>x</title>" + piece.repeat(MOST_BYTES / piece.length()));
        }
    }

    @Test
    void anyBytesAreReadWithoutHarm() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("PageReaderTest: -Dparley.seed=" + seed);
        Random random = new Random(seed);
        String[] charsets = {"", "; charset=utf-16", "; charset=gb18030", "; charset=iso-2022-jp", "; charset=utf-7"};
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[random.nextInt(20_000)];
            random.nextBytes(bytes);
            byte[] head = "<title>x</title><meta property=og:description content='".getBytes(StandardCharsets.UTF_8);
            System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));

            LinkPreview found =
                    PageReader.page(ADDRESS, "text/html" + charsets[random.nextInt(charsets.length)], bytes);

            if (found != null && found.description() != null) {
                assertThat(found.description().codePoints()).as("seed " + seed).hasSizeLessThanOrEqualTo(400);
            }
        }
    }
}
