package io.parley.support.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownTest {
    private static String preview(String text) {
        return Markdown.preview(text, 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int i;", "**bold**", "```\nx\n```", "````", "<b>", ""})
    void codeIsShownAsItIsWhateverIsInIt(String code) {
        String html = Markdown.html(Markdown.fenced("java", code));

        assertThat(html).startsWith("<pre><code class=\"language-java\">").endsWith("</code></pre>\n");
        assertThat(Markdown.preview(Markdown.fenced("", "**a**\n```b"))).isEqualTo("**a** ```b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "a *b* **c** ~~d~~ `e` ¦ <p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>",
                "~one~ tilde ¦ <p>~one~ tilde</p>",
                "||hush|| ¦ <p><span class=\"spoiler\">hush</span></p>",
                "a || b || c ¦ <p>a || b || c</p>",
                "# Title ¦ <h1>Title</h1>",
                "> said ¦ <blockquote><p>said</p></blockquote>",
                "- one\\n- two ¦ <ul><li>one</li><li>two</li></ul>",
                "3. three ¦ <ol start=\"3\"><li>three</li></ol>",
                "- [x] done ¦ <ul><li><input type=\"checkbox\" disabled=\"\" checked=\"\" /> done</li></ul>",
                "- [ ] open ¦ <ul><li><input type=\"checkbox\" disabled=\"\" /> open</li></ul>",
                "one\\ntwo ¦ <p>one<br />two</p>",
                "```java\\nint i;\\n``` ¦ <pre><code class=\"language-java\">int i;</code></pre>",
                "|a|\\n|:-:|\\n|b| ¦ <table><thead><tr><th align=\"center\">a</th></tr></thead>"
                        + "<tbody><tr><td align=\"center\">b</td></tr></tbody></table>",
                "see www.example.org ¦ <p>see <a href=\"http://www.example.org\" rel=\"noopener nofollow\">"
                        + "www.example.org</a></p>",
                "[mail](mailto:ada) ¦ <p><a href=\"mailto:ada\" rel=\"noopener nofollow\">mail</a></p>",
            })
    void isWrittenAsHtml(String text, String html) {
        assertThat(Markdown.html(text.replace("\\n", "\n")).replace("\n", "")).isEqualTo(html);
    }

    @Test
    void imagesAreLinksSoThatNobodysBrowserAsksAForeignHost() {
        assertThat(Markdown.html("![a cat](https://cats.example/1.png)"))
                .isEqualTo("<p><a href=\"https://cats.example/1.png\" rel=\"noopener nofollow\">a cat</a></p>\n");
        assertThat(Markdown.html("![](https://cats.example/1.png)")).contains(">https://cats.example/1.png</a>");
        assertThat(Markdown.html("[![a cat](https://cats.example/1.png)](https://cats.example)"))
                .isEqualTo("<p><a href=\"https://cats.example\" rel=\"noopener nofollow\">a cat</a></p>\n");
    }

    @Test
    void linksLeadToTheWebAndToMailAndNowhereElse() {
        for (String address : List.of(
                "javascript:alert(1)",
                "JaVaScRiPt:alert(1)",
                "data:text/html,x",
                "vbscript:x",
                "file:///etc/passwd",
                "/settings",
                "//evil.example",
                "\\\\evil.example",
                "&#106;avascript:alert(1)",
                "ftp://example.org/")) {
            assertThat(Markdown.html("[x](" + address + ")")).as(address).doesNotContain("href");
        }
    }

    @Test
    void htmlInATextIsText() {
        assertThat(Markdown.html("<script>alert(1)</script>"))
                .isEqualTo("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
        assertThat(Markdown.html("<div>\n*a*\n</div>")).contains("<em>a</em>").doesNotContain("<div>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "a *b* **c** ~~d~~ `e` ¦ a b c d e",
                "[the text](https://example.org/long/way) ¦ the text",
                "![a cat](https://cats.example/1.png) ¦ a cat",
                "https://example.org/a_b_c ¦ https://example.org/a_b_c",
                "# Title\\n\\n- one\\n- two\\n\\n> said ¦ Title one two said",
                "```java\\nint i;\\n  int j;\\n``` ¦ int i; int j;",
                "|a|b|\\n|-|-|\\n|c|d| ¦ a b c d",
                "It was ||the butler|| ¦ It was ▒▒▒▒",
                "hello @ada ¦ hello @ada",
                "3 &lt; 5 \\* 2 ¦ 3 < 5 * 2",
                "<b>not bold</b> ¦ <b>not bold</b>",
                "[a]: https://example.org ¦ [a]: https://example.org",
                "*** ¦ ***",
            })
    void isOneLineWithoutMarkup(String text, String line) {
        assertThat(preview(text.replace("\\n", "\n"))).isEqualTo(line);
    }

    @Test
    void aPreviewHasNoMoreCharactersThanAskedForAndCutsNoneInTwo() {
        assertThat(Markdown.preview("abcd", 4)).isEqualTo("abcd");
        assertThat(Markdown.preview("abcde", 4)).isEqualTo("abc…");
        assertThat(Markdown.preview("ab cd", 4)).isEqualTo("ab…");
        assertThat(Markdown.preview("😀😀😀", 2)).isEqualTo("😀…");
        assertThat(Markdown.preview("e\u0301e\u0301e\u0301", 4)).isEqualTo("e\u0301…");
        assertThat(Markdown.preview("👨‍👩‍👧 👨‍👩‍👧", 9)).isEqualTo("👨‍👩‍👧…");
        assertThat(Markdown.preview("x".repeat(16_000), 200)).hasSize(200).endsWith("x…");
        assertThat(Markdown.preview("a" + "😀".repeat(3_000), 200)).doesNotContain("\uFFFD", "?");
    }

    @Test
    void aPreviewCannotTurnTheDirectionOfWhatStandsAroundIt() {
        assertThat(preview("user\u202Egnp.exe\u202C \u2066x\u2069\u0007")).isEqualTo("usergnp.exe x");
    }

    @Test
    void whatIsBlankHasAnEmptyPreview() {
        assertThat(preview(" \n\t")).isEmpty();
    }

    @Test
    void linksAreFoundInTheirOrderOnceEachAndNotInCodeOrUnderSpoilers() {
        String text = """
                https://one.example/a, [two](HTTP://two.example) and https://one.example/a again
                `https://code.example` ||https://spoiler.example|| <https://three.example>
                mailto:ada@example.org ftp://four.example [rel](/five)

                ```
                https://block.example
                ```
                """;

        assertThat(Markdown.links(text, 10))
                .containsExactly("https://one.example/a", "HTTP://two.example", "https://three.example");
        assertThat(Markdown.links(text, 2)).hasSize(2);
    }

    @Test
    void whatIsLongerThanAnyMessageIsShownAsWritten() {
        String text = "*a* ".repeat(10_000);

        assertThat(Markdown.html(text)).startsWith("<pre><code>*a* ");
        assertThat(Markdown.links("https://example.org " + text, 5)).isEmpty();
        assertThat(Markdown.preview(text, 5)).isEqualTo("a a…");
    }
}
