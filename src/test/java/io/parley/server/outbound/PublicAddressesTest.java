package io.parley.server.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {
    private static boolean isPublic(String address) {
        return PublicAddresses.contain(bytes(address));
    }

    private static byte[] bytes(String address) {
        return Objects.requireNonNull(NetUtil.createByteArrayFromIpAddressString(address), address);
    }

    private static byte[] moved(byte[] address, int by) {
        byte[] sum = new BigInteger(1, address).add(BigInteger.valueOf(by)).toByteArray();
        byte[] moved = new byte[address.length];
        for (int i = 1; i <= Math.min(sum.length, moved.length); i++) {
            moved[moved.length - i] = sum[sum.length - i];
        }
        return moved;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "52.1.2.3",
                "93.184.216.34",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "151.101.1.140",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "185.199.108.153",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7::1",
                "2001:db9::1",
                "2003::1",
                "2400:cb00::1",
                "2606:4700:4700::1111",
                "2620:4f:7fff::1",
                "2620:4f:8001::1",
                "2a00:1450:4001:80b::200e",
                "3ffe::1",
                "3fff:1000::1",
            })
    void thePublicInternetIsPublic(String address) {
        assertThat(isPublic(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.0.0.1",
                "0.255.255.255",
                "10.0.0.0",
                "10.1.2.3",
                "10.255.255.255",
                "100.64.0.0",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.0",
                "127.0.0.1",
                "127.1.2.3",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.1.1",
                "169.254.169.254",
                "169.254.170.2",
                "169.254.255.255",
                "172.16.0.0",
                "172.17.0.1",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.8",
                "192.0.0.170",
                "192.0.0.192",
                "192.0.0.255",
                "192.0.2.0",
                "192.0.2.255",
                "192.31.196.1",
                "192.52.193.1",
                "192.88.99.0",
                "192.88.99.1",
                "192.88.99.255",
                "192.168.0.0",
                "192.168.1.1",
                "192.168.255.255",
                "192.175.48.1",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.0",
                "198.51.100.255",
                "203.0.113.0",
                "203.0.113.255",
                "224.0.0.0",
                "224.0.0.251",
                "239.255.255.250",
                "239.255.255.255",
                "240.0.0.0",
                "250.1.2.3",
                "255.255.255.254",
                "255.255.255.255",
            })
    void whatHasASpecialMeaningInIpv4IsNot(String address) {
        assertThat(isPublic(address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "::2",
                "::7f00:1",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:0:7f00:1",
                "::ffff:0:808:808",
                "64:ff9b::7f00:1",
                "64:ff9b::808:808",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "64:ff9b:1::a00:1",
                "100::",
                "100::1",
                "100:0:0:1::1",
                "200::1",
                "400::1",
                "1000::1",
                "1fff:ffff::1",
                "2001::",
                "2001::1",
                "2001:0:53aa:64c:0:7e61:80ff:fffe",
                "2001:1::1",
                "2001:2::1",
                "2001:3::1",
                "2001:4:112::1",
                "2001:10::1",
                "2001:1f::1",
                "2001:20::1",
                "2001:2f::1",
                "2001:1ff:ffff::1",
                "2001:db8::",
                "2001:db8::1",
                "2001:db8:ffff::1",
                "2002::",
                "2002:7f00:1::",
                "2002:7f00:1::1",
                "2002:a00:1::1",
                "2002:a9fe:a9fe::1",
                "2002:808:808::1",
                "2002:ffff::1",
                "2620:4f:8000::1",
                "3fff::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1",
                "8000::1",
                "a000::1",
                "fc00::",
                "fc00::1",
                "fd00::1",
                "fd00:ec2::254",
                "fd12:3456:789a::1",
                "fdff::1",
                "fe00::1",
                "fe80::",
                "fe80::1",
                "fe80::a9fe:a9fe",
                "febf::1",
                "fec0::1",
                "feff::1",
                "ff00::1",
                "ff01::1",
                "ff02::1",
                "ff02::fb",
                "ff05::1:3",
                "ff0e::1",
                "ffff::1",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            })
    void whatHasASpecialMeaningInIpv6IsNotNorAnyIpv4AddressInItsClothes(String address) {
        assertThat(isPublic(address)).isFalse();
    }

    /** As the bytes of a name server's answer, not as Java would turn them into IPv4. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "8.8.8.8", "0.0.0.0"})
    void mappedAddressesAreNot(String mapped) {
        byte[] address = new byte[16];
        address[10] = (byte) 0xff;
        address[11] = (byte) 0xff;
        System.arraycopy(bytes(mapped), 0, address, 12, 4);

        assertThat(PublicAddresses.contain(address)).isFalse();
    }

    /** The first and the last of each special network, and their neighbours outside. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0, 10.255.255.255",
        "100.64.0.0, 100.127.255.255",
        "127.0.0.0, 127.255.255.255",
        "169.254.0.0, 169.254.255.255",
        "172.16.0.0, 172.31.255.255",
        "192.0.0.0, 192.0.0.255",
        "192.0.2.0, 192.0.2.255",
        "192.31.196.0, 192.31.196.255",
        "192.52.193.0, 192.52.193.255",
        "192.88.99.0, 192.88.99.255",
        "192.168.0.0, 192.168.255.255",
        "192.175.48.0, 192.175.48.255",
        "198.18.0.0, 198.19.255.255",
        "198.51.100.0, 198.51.100.255",
        "203.0.113.0, 203.0.113.255",
        "2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2620:4f:8000::, 2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
        "3fff::, 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    })
    void networksEndWhereTheyEnd(String first, String last) {
        assertThat(PublicAddresses.contain(bytes(first))).isFalse();
        assertThat(PublicAddresses.contain(bytes(last))).isFalse();
        assertThat(PublicAddresses.contain(moved(bytes(first), -1))).isTrue();
        assertThat(PublicAddresses.contain(moved(bytes(last), 1))).isTrue();
    }

    @Test
    void aNetworkIsOneAddressWhenNoBitsAreGiven() {
        assertThat(Network.of("10.1.2.3").contains(bytes("10.1.2.3"))).isTrue();
        assertThat(Network.of("10.1.2.3").contains(bytes("10.1.2.2"))).isFalse();
        assertThat(Network.of("0.0.0.0/0").contains(bytes("10.1.2.3"))).isTrue();
        assertThat(Network.of("0.0.0.0/0").contains(bytes("::1"))).isFalse();
    }
}
