package io.parley.server.outbound;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.dns.DnsClientOptions;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A name server that says what the test wants, another thing each time if it wants that. It knows no IPv6 and, of names
 * that it was not told of, nothing.
 */
final class StandInDns {
    private static final int HEADER = 12;
    private static final short ADDRESS = 1;
    private static final int ANSWER = 0x8180;
    private static final int NO_SUCH_NAME = 0x8183;

    /** Where the name stands in the question. */
    private static final int POINTER = 0xC000 + HEADER;

    private final DatagramSocket socket;
    private final Map<String, Queue<List<String>>> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    StandInDns(Vertx vertx) throws Exception {
        socket = vertx.createDatagramSocket(new DatagramSocketOptions())
                .handler(this::answer)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    DnsClientOptions options() {
        return new DnsClientOptions()
                .setHost("127.0.0.1")
                .setPort(socket.localAddress().port())
                .setQueryTimeout(1_000);
    }

    /** The answers to the first question, the second …; the last one stays. */
    void say(String name, List<List<String>> addresses) {
        answers.put(name, new ArrayDeque<>(addresses));
    }

    /** Names of which IPv4 addresses were asked for. */
    List<String> asked() {
        return asked;
    }

    private void answer(DatagramPacket packet) {
        Buffer question = packet.data();
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        for (int length = question.getByte(at); length > 0; length = question.getByte(at)) {
            name.append(name.isEmpty() ? "" : ".").append(question.getString(at + 1, at + 1 + length));
            at += 1 + length;
        }
        short type = question.getShort(at + 1);
        Queue<List<String>> known = answers.get(name.toString());
        List<String> found = List.of();
        if (type == ADDRESS) {
            asked.add(name.toString());
            if (known != null) {
                found = known.size() > 1 ? known.remove() : known.element();
            }
        }
        Buffer reply = Buffer.buffer()
                .appendShort(question.getShort(0))
                .appendUnsignedShort(known == null ? NO_SUCH_NAME : ANSWER)
                .appendShort((short) 1)
                .appendShort((short) found.size())
                .appendInt(0)
                .appendBuffer(question, HEADER, at + 5 - HEADER);
        found.forEach(address -> append(reply, address));
        socket.send(reply, packet.sender().port(), packet.sender().host());
    }

    private static void append(Buffer reply, String address) {
        reply.appendUnsignedShort(POINTER)
                .appendShort(ADDRESS)
                .appendShort((short) 1)
                .appendInt(0)
                .appendShort((short) 4);
        for (String octet : address.split("\\.")) {
            reply.appendByte((byte) Integer.parseInt(octet));
        }
    }

    /** Nobody is there any more. */
    void close() throws Exception {
        socket.close().await(10, TimeUnit.SECONDS);
    }
}
