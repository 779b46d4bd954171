package io.parley.loadtest.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.provision.Population;
import io.parley.loadtest.provision.Topology;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;

/**
 * The little of a server that a crowd needs, in memory: hello, sends, changes, pings. Commits once however often
 * something is sent. Tests plant faults in it by saying which deliveries it forgets.
 */
final class FakeServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerSocket listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final Population population;
    private final List<List<ObjectNode>> messages = new ArrayList<>();
    private final Map<String, ObjectNode> byId = new HashMap<>();
    private final Map<Integer, Session> sessions = new HashMap<>();
    /** Of person and version: what is committed but never delivered. */
    volatile BiPredicate<Integer, Long> forgets = (person, version) -> false;

    FakeServer(Topology topology) throws IOException {
        List<Population.Person> people = new ArrayList<>();
        for (int i = 0; i < topology.people(); i++) {
            people.add(new Population.Person(UUID.randomUUID(), Integer.toString(i)));
        }
        List<UUID> rooms = new ArrayList<>();
        for (int i = 0; i < topology.members().size(); i++) {
            rooms.add(UUID.randomUUID());
            messages.add(new ArrayList<>());
        }
        population = new Population(topology, people, rooms);
        Thread.ofVirtual().start(this::accept);
    }

    Population population() {
        return population;
    }

    URI socket() {
        return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/ws");
    }

    synchronized int committed() {
        return byId.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Session session = new Session(listener.accept());
                Thread.ofVirtual().start(session::run);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private synchronized void hello(Session session, JsonNode command) throws IOException {
        session.person = command.path("token").asInt();
        sessions.put(session.person, session);
        ObjectNode ready =
                JSON.createObjectNode().put("type", "ready").put("id", "hello").put("cursor", "c");
        ready.put("heartbeatMs", 1_000).put("complete", true);
        ArrayNode changed = ready.putArray("changed");
        for (int room : population.topology().roomsOf().get(session.person)) {
            int last = messages.get(room).size();
            changed.addObject()
                    .put("conversation", population.rooms().get(room).toString())
                    .put("lastNumber", last)
                    .put("lastVersion", last);
        }
        session.say(ready);
    }

    private synchronized void commit(Session session, JsonNode command) throws IOException {
        String id = command.path("message").path("id").asText();
        ObjectNode known = byId.get(id);
        ObjectNode message = known == null ? add(session, command) : known;
        ObjectNode ok = JSON.createObjectNode()
                .put("type", "ok")
                .put("id", command.path("id").asText());
        ok.putObject("result")
                .put("id", id)
                .put("number", message.path("number").asLong())
                .put("version", message.path("version").asLong());
        session.say(ok);
    }

    private ObjectNode add(Session session, JsonNode command) throws IOException {
        UUID conversation = UUID.fromString(command.path("conversation").asText());
        int room = population.rooms().indexOf(conversation);
        long version = messages.get(room).size() + 1L;
        ObjectNode message = command.path("message").deepCopy();
        message.put("number", version)
                .put("version", version)
                .put("conversation", conversation.toString())
                .put("sender", population.people().get(session.person).id().toString());
        messages.get(room).add(message);
        byId.put(message.path("id").asText(), message);
        ObjectNode event = JSON.createObjectNode()
                .put("type", "message.created")
                .put("conversation", conversation.toString())
                .put("version", version);
        event.set("message", message);
        for (int member : population.topology().members().get(room)) {
            if (sessions.containsKey(member) && !forgets.test(member, version)) {
                sessions.get(member).say(event);
            }
        }
        return message;
    }

    private synchronized void changes(Session session, JsonNode command) throws IOException {
        int room = population
                .rooms()
                .indexOf(UUID.fromString(command.path("conversation").asText()));
        List<ObjectNode> all = messages.get(room);
        ObjectNode ok = JSON.createObjectNode()
                .put("type", "ok")
                .put("id", command.path("id").asText());
        ObjectNode result = ok.putObject("result").put("version", all.size()).put("reset", false);
        ArrayNode changed = result.putArray("messages");
        all.subList(command.path("after").asInt(), all.size()).forEach(changed::add);
        session.say(ok);
    }

    private synchronized void leave(Session session) {
        sessions.remove(session.person, session);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private final class Session {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private int person = -1;

        Session(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
        }

        void run() {
            try (socket) {
                upgrade();
                while (true) {
                    handle(JSON.readTree(frame()));
                }
            } catch (IOException gone) {
                leave(this);
            }
        }

        private void upgrade() throws IOException {
            int last = 0;
            while (last != 0x0d0a0d0a) {
                last = last << 8 | in.readUnsignedByte();
            }
            out.write("HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(UTF_8));
        }

        private void handle(JsonNode command) throws IOException {
            switch (command.path("type").asText()) {
                case "hello" -> hello(this, command);
                case "message.send" -> commit(this, command);
                case "changes" -> changes(this, command);
                default -> {}
            }
        }

        private String frame() throws IOException {
            in.readUnsignedByte();
            int length = in.readUnsignedByte() & 0x7f;
            length = length == 126 ? in.readUnsignedShort() : length;
            byte[] mask = in.readNBytes(4);
            byte[] text = in.readNBytes(length);
            for (int i = 0; i < text.length; i++) {
                text[i] ^= mask[i % 4];
            }
            return new String(text, UTF_8);
        }

        /** To one that is gone in vain. */
        void say(ObjectNode object) throws IOException {
            byte[] text = object.toString().getBytes(UTF_8);
            byte[] frame = new byte[text.length + 4];
            frame[0] = (byte) 0x81;
            frame[1] = 126;
            frame[2] = (byte) (text.length >> 8);
            frame[3] = (byte) text.length;
            System.arraycopy(text, 0, frame, 4, text.length);
            try {
                out.write(frame);
            } catch (IOException gone) {
                socket.close();
            }
        }
    }
}
