package io.parley.server.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import io.parley.server.outbound.Unreachable.Reason;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OutboundPolicyTest {
    private static final OutboundPolicy STRICT = new OutboundPolicy(List.of(80, 443), List.of(), List.of(), List.of());

    private static List<byte[]> addresses(String... texts) {
        return Stream.of(texts).map(NetUtil::createByteArrayFromIpAddressString).toList();
    }

    private static void assertRefused(Reason reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        Unreachable.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static void assertPasses(OutboundPolicy policy, String url) {
        assertThatCode(() -> policy.check(WebAddress.of(url))).doesNotThrowAnyException();
    }

    @Test
    void onlyTheUsualPorts() {
        assertPasses(STRICT, "http://a.example/");
        assertPasses(STRICT, "https://a.example/");
        assertPasses(STRICT, "http://a.example:443/");
        for (int port : List.of(0, 21, 22, 25, 81, 5432, 6379, 8080, 9090, 65_535, 99_999)) {
            assertRefused(Reason.PORT, () -> STRICT.check(WebAddress.of("http://a.example:" + port)));
        }
    }

    @Test
    void aHostOfWhichOneAddressIsPrivateIsNotAsked() {
        assertThat(STRICT.choose(addresses("8.8.8.8", "1.1.1.1")))
                .isEqualTo(addresses("8.8.8.8").getFirst());
        assertRefused(Reason.PRIVATE, () -> STRICT.choose(addresses("8.8.8.8", "127.0.0.1")));
        assertRefused(Reason.PRIVATE, () -> STRICT.choose(addresses("8.8.8.8", "fd00::1")));
    }

    @Test
    void privateNetworksAreAskedWhereTheOperatorSaysSoAndNoOthers() {
        OutboundPolicy policy =
                new OutboundPolicy(List.of(80), List.of(), List.of(), List.of("10.1.0.0/16", "fd00:1::/32"));

        assertThat(policy.choose(addresses("10.1.2.3"))).hasSize(4);
        assertThat(policy.choose(addresses("fd00:1::5"))).hasSize(16);
        for (String other : List.of("10.2.0.1", "fd00:2::1", "127.0.0.1", "169.254.169.254", "::1")) {
            assertRefused(Reason.PRIVATE, () -> policy.choose(addresses(other)));
        }
    }

    @Test
    void theSecretsOfCloudsAreNotAskedForWhateverTheOperatorSays() {
        OutboundPolicy policy = new OutboundPolicy(List.of(80), List.of(), List.of(), List.of("0.0.0.0/0", "::/0"));

        assertThat(policy.choose(addresses("10.1.2.3"))).hasSize(4);
        for (String secret : List.of("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fe80::a9fe:a9fe")) {
            assertRefused(Reason.PRIVATE, () -> policy.choose(addresses(secret)));
        }
    }

    @Test
    void deniedHostsAreNotAskedNorWhatIsBelowThem() {
        OutboundPolicy policy = new OutboundPolicy(List.of(80), List.of(), List.of("bad.example"), List.of());

        assertRefused(Reason.DENIED, () -> policy.check(WebAddress.of("http://bad.example/")));
        assertRefused(Reason.DENIED, () -> policy.check(WebAddress.of("http://BAD.example./")));
        assertRefused(Reason.DENIED, () -> policy.check(WebAddress.of("http://very.bad.example/")));
        assertPasses(policy, "http://notbad.example/");
    }

    @Test
    void whereHostsAreAllowedNoOthersAreAsked() {
        OutboundPolicy policy =
                new OutboundPolicy(List.of(80), List.of("good.example"), List.of("not.good.example"), List.of());

        assertPasses(policy, "http://good.example/");
        assertPasses(policy, "http://very.good.example/");
        assertRefused(Reason.DENIED, () -> policy.check(WebAddress.of("http://other.example/")));
        assertRefused(Reason.DENIED, () -> policy.check(WebAddress.of("http://not.good.example/")));
        assertRefused(Reason.DENIED, () -> policy.check(WebAddress.of("http://8.8.8.8/")));
    }
}
