package io.parley.abuse;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.client.RawFrame;
import io.parley.support.testing.client.RawSocket;
import io.parley.support.testing.node.RunningNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many connections, and slow ones: what they cost, others must not pay. */
@ExtendWith(RunningNode.class)
class CrowdAbuseIT {
    private static final int MORE_THAN_ONE_ADDRESS_MAY = 2_500;
    private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

    private final Intruder intruder;

    CrowdAbuseIT(RunningNode.Site site) {
        this.intruder = new Intruder(site);
    }

    @AfterEach
    void theNodeIsWell() {
        intruder.requireHealth();
        intruder.close();
    }

    @Test
    void thousandsWhoNeverSayHelloKeepNobodyOut() {
        NetClient elsewhere = intruder.vertx()
                .createNetClient(
                        new NetClientOptions().setLocalAddress("127.0.0.2").setConnectTimeout(20_000));
        List<Future<String>> answers = new ArrayList<>();
        List<RawSocket> sockets = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_ONE_ADDRESS_MAY; i++) {
            RawSocket socket = await(RawSocket.connect(intruder.vertx(), elsewhere, intruder.server()));
            sockets.add(socket);
            answers.add(socket.handshake(intruder.server()));
        }

        long refused = answers.stream()
                .map(answer -> await(answer.otherwise("closed")))
                .filter(answer -> !answer.startsWith("HTTP/1.1 101"))
                .count();
        intruder.requireHealth();

        assertThat(refused).isGreaterThan(0);
        Awaitility.await()
                .atMost(HELLO_TIMEOUT.plusSeconds(40))
                .until(() -> sockets.stream().allMatch(RawSocket::isClosed));
        elsewhere.close();
    }

    @Test
    void whoSendsAByteASecondIsClosedLikeOneWhoSaysNothing() {
        RawSocket slow = intruder.stranger();
        RawSocket silent = intruder.stranger();
        RawSocket inTheHandshake = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));
        String token = await(intruder.person().tokens().current());

        var unused = slow.drip(RawFrame.text(Intruder.hello(token)).encode(), 1_000);
        var unusedToo = inTheHandshake.drip(Buffer.buffer("GET /ws HTTP/1.1\r\nHost: x\r\n".repeat(3)), 1_000);

        for (RawSocket socket : List.of(slow, silent, inTheHandshake)) {
            Awaitility.await().atMost(HELLO_TIMEOUT.plusSeconds(40)).until(socket::isClosed);
        }
        assertThat(List.of(unused, unusedToo)).isNotEmpty();
        assertThat(slow.find("type", "ready")).isEmpty();
    }

    @Test
    void whoPingsOnTheFrameLevelWithoutSayingHelloIsClosed() {
        RawSocket socket = intruder.stranger();
        long timer =
                intruder.vertx().setPeriodic(500, tick -> socket.send(RawFrame.of(RawFrame.PING, Buffer.buffer("x"))));

        Awaitility.await().atMost(HELLO_TIMEOUT.plusSeconds(40)).until(socket::isClosed);
        intruder.vertx().cancelTimer(timer);
    }

    @Test
    void strangeHandshakesAreRefused() {
        for (List<String> headers : List.of(
                List.of("Origin: http://evil.example"),
                List.of("Origin: http://localhost.evil.example"),
                List.of("Origin: null"),
                List.of(
                        "Origin: http://localhost:" + intruder.server().http().getPort(),
                        "Origin: http://evil.example"))) {
            RawSocket socket = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));
            String answer = await(socket.handshake(intruder.server(), headers.toArray(new String[0])));
            assertThat(answer).as("%s", headers).doesNotStartWith("HTTP/1.1 101");
        }
        RawSocket socket = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));
        String huge = await(socket.handshake(intruder.server(), "X-Long: " + "x".repeat(200_000))
                .otherwise("closed"));
        assertThat(huge).doesNotStartWith("HTTP/1.1 101");
    }

    @Test
    void olderVersionsOfTheProtocolAreRefused() {
        for (String version : Arrays.asList("0", "7", "8", "14", "x", null)) {
            RawSocket socket = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));

            String answer = await(socket.handshakeOfVersion(
                    intruder.server(),
                    version,
                    "Origin: http://localhost:" + intruder.server().http().getPort()));

            assertThat(answer).as("version %s", version).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void framesBeforeTheUpgradeIsGrantedEndTheConnection() {
        RawSocket socket = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));

        await(socket.write(RawSocket.request(intruder.server(), "13")
                .appendBuffer(RawFrame.text("{\"type\":\"ping\",\"id\":\"p\"}").encode())));

        Intruder.patiently().until(socket::isClosed);
    }

    /** Far more than an address may have, so that places which were not given back would be missed. */
    @Test
    void whoeverGoesBeforeHeIsLetInLeavesHisPlace() {
        for (int i = 0; i < 3_000; i++) {
            RawSocket socket = await(RawSocket.connect(intruder.vertx(), intruder.network(), intruder.server()));
            await(socket.write(RawSocket.request(intruder.server(), "13")));
            await(socket.cut());
        }

        Intruder.patiently().untilAsserted(() -> intruder.requireHealth());
    }
}
