package io.parley.support.testing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection to the WebSocket port over which anything at all can be sent, and which tells what came back. Its
 * methods may be called from anywhere.
 */
public final class RawSocket {
    /** Reported when the connection ended without a close frame. */
    public static final int NO_CLOSE_FRAME = 1006;

    private static final int CLOSE = 8;
    private static final int TEXT = 1;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;

    private final Vertx vertx;
    private final NetSocket socket;
    private final Promise<String> head = Promise.promise();
    private final Promise<Integer> closed = Promise.promise();
    private final List<String> texts = new ArrayList<>();
    private Buffer pending = Buffer.buffer();
    private boolean upgraded;
    private int closeCode = NO_CLOSE_FRAME;

    private RawSocket(Vertx vertx, NetSocket socket) {
        this.vertx = vertx;
        this.socket = socket;
        socket.handler(this::receive);
        socket.exceptionHandler(lost -> {});
        socket.closeHandler(end -> finish());
    }

    public static Future<RawSocket> connect(Vertx vertx, NetClient client, Endpoints server) {
        return client.connect(server.websocket().getPort(), server.websocket().getHost())
                .map(socket -> new RawSocket(vertx, socket));
    }

    /** A client that keeps no more than it must of what it does not read. */
    public static NetClient netClient(Vertx vertx) {
        return vertx.createNetClient(
                new NetClientOptions().setConnectTimeout(20_000).setTcpNoDelay(true));
    }

    /** Connects and upgrades. */
    public static Future<RawSocket> open(Vertx vertx, NetClient client, Endpoints server) {
        return connect(vertx, client, server)
                .compose(raw -> raw.handshake(server).map(raw));
    }

    /** Asks for the upgrade; the future has the head of the answer, whatever it is. */
    public Future<String> handshake(Endpoints server, String... moreHeaders) {
        return write(request(server, "13", moreHeaders)).compose(sent -> head.future());
    }

    /** The same with another version of the protocol; null: with none. */
    public Future<String> handshakeOfVersion(Endpoints server, @Nullable String version, String... moreHeaders) {
        return write(request(server, version, moreHeaders)).compose(sent -> head.future());
    }

    /** A request for the upgrade. */
    public static Buffer request(Endpoints server, @Nullable String version, String... moreHeaders) {
        StringBuilder request = new StringBuilder("GET " + server.websocket().getPath() + " HTTP/1.1\r\n"
                + "Host: " + server.websocket().getAuthority() + "\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        if (version != null) {
            request.append("Sec-WebSocket-Version: ").append(version).append("\r\n");
        }
        for (String header : moreHeaders) {
            request.append(header).append("\r\n");
        }
        return Buffer.buffer(request.append("\r\n").toString());
    }

    public Future<Void> write(Buffer bytes) {
        return socket.write(bytes);
    }

    public Future<Void> send(RawFrame frame) {
        return write(frame.encode());
    }

    public Future<Void> sendText(String text) {
        return send(RawFrame.text(text));
    }

    /** Sends bytes one by one; ends early when the connection does. */
    public Future<Void> drip(Buffer bytes, long everyMs) {
        Promise<Void> done = Promise.promise();
        drip(bytes, 0, everyMs, done);
        return done.future();
    }

    private void drip(Buffer bytes, int from, long everyMs, Promise<Void> done) {
        if (from == bytes.length() || closed.future().isComplete()) {
            done.tryComplete();
            return;
        }
        socket.write(bytes.slice(from, from + 1).copy());
        vertx.setTimer(everyMs, due -> drip(bytes, from + 1, everyMs, done));
    }

    /** Stops reading; the buffers on the way fill up. */
    public void pause() {
        socket.pause();
    }

    public void resume() {
        socket.resume();
    }

    /** Ends the connection without a close frame. */
    public Future<Void> cut() {
        return socket.close();
    }

    /** Completes with the close frame's code when the connection is over. */
    public Future<Integer> closed() {
        return closed.future();
    }

    public boolean isClosed() {
        return closed.future().isComplete();
    }

    /** The server has said that this is the end; as nobody answers, the connection goes on for a while. */
    public synchronized boolean isToldToClose() {
        return closeCode != NO_CLOSE_FRAME;
    }

    /** The text frames that came so far. */
    public synchronized List<String> texts() {
        return List.copyOf(texts);
    }

    /** The first frame with this field and value that came so far. */
    public Optional<JsonNode> find(String field, String value) {
        return texts().stream()
                .map(Wire::parse)
                .filter(frame -> frame.path(field).asText().equals(value))
                .findFirst();
    }

    /** All frames of this type that came so far. */
    public List<JsonNode> frames(String type) {
        return texts().stream()
                .map(Wire::parse)
                .filter(frame -> frame.path("type").asText().equals(type))
                .toList();
    }

    private synchronized void receive(Buffer bytes) {
        pending.appendBuffer(bytes);
        if (!upgraded && !readHead()) {
            return;
        }
        int used = 0;
        for (int next = readFrame(used); next > used; next = readFrame(used)) {
            used = next;
        }
        pending = pending.getBuffer(used, pending.length());
    }

    private boolean readHead() {
        String text = pending.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        upgraded = text.startsWith("HTTP/1.1 101");
        pending = pending.getBuffer(end + 4, pending.length());
        head.tryComplete(text.substring(0, end));
        return upgraded;
    }

    /** Reads one frame from there on and returns where it ends; the start when it is not complete yet. */
    private int readFrame(int start) {
        int have = pending.length() - start;
        if (have < 2) {
            return start;
        }
        int opcode = pending.getByte(start) & 0x0F;
        long length = pending.getByte(start + 1) & 0x7F;
        int header = 2;
        if (length == TWO_BYTES && have >= 4) {
            length = pending.getUnsignedShort(start + 2);
            header = 4;
        } else if (length == EIGHT_BYTES && have >= 10) {
            length = pending.getLong(start + 2);
            header = 10;
        } else if (length >= TWO_BYTES) {
            return start;
        }
        if (have < header + length) {
            return start;
        }
        int end = start + header + (int) length;
        accept(opcode, pending.getBuffer(start + header, end));
        return end;
    }

    private void accept(int opcode, Buffer payload) {
        if (opcode == TEXT) {
            texts.add(payload.toString(StandardCharsets.UTF_8));
        } else if (opcode == CLOSE && payload.length() >= 2) {
            closeCode = payload.getUnsignedShort(0);
        }
    }

    private void finish() {
        head.tryFail(new IllegalStateException("closed before an answer to the handshake"));
        closed.tryComplete(code());
    }

    private synchronized int code() {
        return closeCode;
    }
}
