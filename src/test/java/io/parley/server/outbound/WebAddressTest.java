package io.parley.server.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.server.outbound.Unreachable.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebAddressTest {
    private static void assertRefused(String url, Reason reason) {
        assertThatThrownBy(() -> WebAddress.of(url))
                .as(url)
                .isInstanceOfSatisfying(
                        Unreachable.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "http://example.com ¦ http://example.com/",
                "HTTPS://Example.COM/A?b=C#d ¦ https://example.com/A?b=C",
                "https://example.com:443/ ¦ https://example.com/",
                "http://example.com:80/ ¦ http://example.com/",
                "http://example.com:8080/x ¦ http://example.com:8080/x",
                "https://example.com:80/ ¦ https://example.com:80/",
                "http://example.com: ¦ http://example.com/",
                "http://example.com./ ¦ http://example.com/",
                "http://example.com?q ¦ http://example.com/?q",
                "http://example.com#f ¦ http://example.com/",
                "http://example.com/?q=http://a.b/ ¦ http://example.com/?q=http://a.b/",
                "http://example.com/a@b ¦ http://example.com/a@b",
                "http://example.com/ä ö ¦ http://example.com/%c3%a4%20%c3%b6",
                "http://example.com/%C3%A4 ¦ http://example.com/%C3%A4",
                "http://example.com/a|b\"<>{} ¦ http://example.com/a%7cb%22%3c%3e%7b%7d",
                "http://пример.рф/ ¦ http://xn--e1afmkfd.xn--p1ai/",
                "http://bücher.example/ ¦ http://xn--bcher-kva.example/",
                "http://example。com/ ¦ http://example.com/",
                "http://ｅｘａｍｐｌｅ.com/ ¦ http://example.com/",
                "http://xn--bcher-kva.example/ ¦ http://xn--bcher-kva.example/",
                "http://my_host.example.com/ ¦ http://my_host.example.com/",
                "http://3com.com/ ¦ http://3com.com/",
                "http://1.2.3.4.example.com/ ¦ http://1.2.3.4.example.com/",
                "http://127.0.0.1/ ¦ http://127.0.0.1/",
                "http://[::1]/ ¦ http://[::1]/",
                "http://[2001:DB8::1]:8080/x ¦ http://[2001:db8::1]:8080/x",
                "http://[::ffff:127.0.0.1]/ ¦ http://[::ffff:127.0.0.1]/",
            })
    void isReadInOneWay(String url, String read) {
        assertThat(WebAddress.of(url)).hasToString(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "example.com",
                "//example.com/",
                "/path",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://example.com/",
                "javascript:alert(1)",
                "data:text/html,x",
                "dict://example.com/",
                "ldap://example.com",
                "jar:http://example.com!/",
                "http:example.com",
                "http:/example.com",
                "http:///example.com",
                "http://",
                "http:\\\\example.com",
                " http://example.com",
                "https//:example.com",
                "ws://example.com/",
                "view-source:http://example.com",
                "http//example.com",
                "https:/\\example.com",
            })
    void whatIsNoAddressOfTheWebIsRefused(String url) {
        assertThatThrownBy(() -> WebAddress.of(url)).isInstanceOf(Unreachable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user@example.com/", "http://user:password@example.com/", "http://@example.com/",
                "http://:@example.com/", "http://example.com@127.0.0.1/", "http://example.com:80@127.0.0.1/",
                "http://127.0.0.1\\@example.com/", "http://a@b@c.example/", "http://example.com%20@evil.example/",
            })
    void noCredentials(String url) {
        assertRefused(url, Reason.CREDENTIALS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // numbers in disguise
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.1/",
                "http://0x7f.0.0.1/",
                "http://0X7F.0.0.1/",
                "http://0177.0.0.1/",
                "http://017700000001/",
                "http://127.1/",
                "http://127.0.1/",
                "http://127.0.0.01/",
                "http://127.00.0.1/",
                "http://0127.0.0.1/",
                "http://127.0.0.1.0/",
                "http://127.0.0.256/",
                "http://256.1.1.1/",
                "http://1.2.3/",
                "http://1.2.3.4.5/",
                "http://0/",
                "http://1/",
                "http://0x/",
                "http://example.1/",
                "http://example.0x1/",
                "http://127.0.0.0x1/",
                "http://٣.0.0.1.7/",
                "http://127。0。1/",
                "http://１２７.1/",
                "http://⑫７.1/",
                "http://127.0.0.1%00/",
                "http://127.0.0.1%2f/",
                "http://%31%32%37.0.0.1/",
                // addresses that are none
                "http://[::1%25eth0]/",
                "http://[fe80::1%eth0]/",
                "http://[fe80::1%251]/",
                "http://[::g]/",
                "http://[1::2::3]/",
                "http://[]/",
                "http://[::1/",
                "http://::1/",
                "http://[127.0.0.1]/",
                "http://[::1]x/",
                "http://[[::1]]/",
                "http://[v1.fe80::a]/",
                "http://[::ffff:127.0.0.256]/",
                "http://[64:ff9b::127.0.0.1]/",
                "http://[::1].example.com/",
                // names that are not public
                "http://localhost/",
                "http://LOCALHOST/",
                "http://localhost./",
                "http://a.localhost/",
                "http://intranet/",
                "http://postgres:80/",
                "http://redis/",
                "http://metadata/",
                "http://metadata.google.internal/",
                "http://kubernetes.default.svc.cluster.local/",
                "http://printer.local/",
                "http://router.lan/",
                "http://nas.home/",
                "http://x.home.arpa/",
                "http://wiki.corp/",
                "http://x.intranet/",
                "http://x.private/",
                "http://1.0.0.127.in-addr.arpa/",
                "http://abc.onion/",
                "http://x.localdomain/",
                "http://com/",
                "http://ｌｏｃａｌｈｏｓｔ/",
                "http://ⓛocalhost/",
                "http://local\u00adhost/",
                // names that are none
                "http://a..b/",
                "http://.example.com/",
                "http://example.com../",
                "http://-a.example/",
                "http://a-.example/",
                "http://a b.example/",
                "http://a%2eb.example/",
                "http://exa\tmple.com/",
                "http://exa\nmple.com/",
                "http://exam\u0000ple.com/",
                "http://a\\b.example/",
                "http://a^b.example/",
                "http://a|b.example/",
                "http://<x>.example/",
                "http://*.example/",
                "http://example.com:port/",
                "http://example.com:80:80/",
                "http://example.com:-1/",
                "http://example.com:+80/",
                "http://example.com:0x50/",
                "http://example.com:123456/",
                "http://a,b.example/",
                "http://a;b.example/",
                "http://!/",
                "http://$x.example/",
                "http://a\u202eb.example/ ",
            })
    void hostsInDisguiseAreRefused(String url) {
        assertRefused(url, Reason.HOST);
    }

    @Test
    void tooLongIsRefused() {
        assertThat(WebAddress.of("http://example.com/" + "a".repeat(1_900)).port())
                .isEqualTo(80);
        assertRefused("http://example.com/" + "a".repeat(2_000), Reason.ADDRESS);
        assertRefused("http://example.com/" + "ä".repeat(1_000), Reason.ADDRESS);
        assertRefused("http://" + "a".repeat(64) + ".example/", Reason.HOST);
        assertRefused("http://" + "a.".repeat(130) + "example/", Reason.HOST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "http://other.example/x ¦ http://other.example/x",
                "//other.example/x ¦ https://other.example/x",
                "/x?y ¦ https://a.example:8443/x?y",
                "x ¦ https://a.example:8443/b/x",
                "../x ¦ https://a.example:8443/b/../x",
                "?x ¦ https://a.example:8443/b/c?x",
                "x:y/z/../w ¦ ADDRESS",
                "./x:y ¦ https://a.example:8443/b/./x:y",
                "javascript:alert(1) ¦ ADDRESS",
                "file:///etc/passwd ¦ ADDRESS",
                "http://localhost/ ¦ HOST",
                "//user@other.example/ ¦ CREDENTIALS",
                "'' ¦ ADDRESS",
            })
    void referencesLeadOnFromWhereTheyStand(String reference, String read) {
        WebAddress base = WebAddress.of("https://a.example:8443/b/c?d=/e");
        String found;
        try {
            found = base.resolve(reference).toString();
        } catch (Unreachable refused) {
            found = refused.reason().name();
        }
        assertThat(found).isEqualTo(read);
    }
}
