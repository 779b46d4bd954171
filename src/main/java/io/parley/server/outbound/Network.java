package io.parley.server.outbound;

import io.netty.util.NetUtil;
import java.util.Arrays;

/** Addresses that begin with the same bits; IPv4 and IPv6 never match each other. */
final class Network {
    private final byte[] prefix;
    private final int bits;

    private Network(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * @param text such as {@code 10.0.0.0/8}; an address alone is a network of one
     * @throws IllegalArgumentException when it is neither
     */
    static Network of(String text) {
        int slash = text.indexOf('/');
        byte[] prefix = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (prefix == null) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        int bits = slash < 0 ? prefix.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
        return new Network(prefix, bits);
    }

    boolean contains(byte[] address) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        int rest = bits % Byte.SIZE;
        return Arrays.equals(address, 0, whole, prefix, 0, whole)
                && (rest == 0 || (address[whole] ^ prefix[whole]) >> (Byte.SIZE - rest) == 0);
    }
}
