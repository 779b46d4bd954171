package io.parley.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ConversationState;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.node.RunningNode;
import io.parley.support.testing.node.ServerUnderNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The database becomes another under a running node: an older copy of it, another line of its history. */
class EpochIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Battlefield field;
    private Cast cast;
    private ServerUnderNode postgres;
    private ParleyClient ada;
    private ParleyClient bob;
    private UUID room;

    @AfterEach
    void clear() {
        cast.close();
        field.close();
    }

    private void open(boolean synchronousFailover) {
        field = Battlefield.open("postgres.synchronousFailover", Boolean.toString(synchronousFailover));
        cast = new Cast(field.clients(), field.operator());
        postgres = field.node().postgres();
        ada = cast.connected(cast.person("ada"), "laptop");
        bob = cast.connected(cast.person("bob"), "phone");
        room = cast.group(ada.person(), bob.person());
    }

    private void say(String what, int times) {
        IntStream.range(0, times).forEach(i -> Cast.await(ada.send(room, what + " " + i)));
        await().atMost(PATIENCE).until(this::everybodyHasWhatTheServerHas);
    }

    private boolean everybodyHasWhatTheServerHas() {
        List<String> truth = described(Cast.await(bob.api().history(room)));
        return List.of(ada, bob).stream()
                .allMatch(device -> Cast.await(device.ask(state -> {
                    ConversationState held = state.find(room);
                    return state.isCurrent()
                            && held != null
                            && described(held.messages().values()).equals(truth);
                })));
    }

    private static List<String> described(Iterable<JsonNode> messages) {
        List<String> described = new ArrayList<>();
        messages.forEach(message -> described.add(message.get("number") + " " + message.get("version") + " "
                + message.get("id") + " " + message.path("text")));
        return described;
    }

    private static String epoch(ParleyClient device) {
        return Cast.await(device.ask(state -> state.epoch()));
    }

    private void awaitNewEpoch(String old) {
        await().atMost(PATIENCE)
                .until(() -> !epoch(ada).equals(old) && epoch(bob).equals(epoch(ada)));
        await().atMost(PATIENCE).until(this::everybodyHasWhatTheServerHas);
    }

    private static void copy(Path from, Path to) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    /** The same cluster, the same timeline: only what the node remembers can tell. */
    @Test
    void afterAnOlderCopyOfTheFilesWasPutBackEverybodyReadsAnew() throws Exception {
        open(false);
        say("before the backup", 5);
        Path backup = postgres.directory().resolveSibling("backup");
        postgres.stopFast();
        copy(postgres.directory(), backup);
        postgres.start();
        say("after the backup", 10);
        String old = epoch(ada);

        postgres.stopFast();
        RunningNode.delete(postgres.directory());
        Files.move(backup, postgres.directory());
        postgres.start();

        awaitNewEpoch(old);
        assertThat(Cast.await(bob.closeCodes())).contains(1012);
        assertThat(Cast.await(bob.api().history(room))).hasSize(5);
        say("in the new history", 12);
        assertThat(Cast.await(bob.api().history(room))).hasSize(17);
        assertThat(field.node().outputLines()).anyMatch(line -> line.contains("all sessions read anew"));
    }

    @Test
    void afterAFailoverEverybodyReadsAnew() throws Exception {
        open(false);
        say("before the failover", 5);
        String old = epoch(ada);

        failOver();

        awaitNewEpoch(old);
        say("after the failover", 5);
    }

    @Test
    void whereAFailoverLosesNothingPositionsStayGood() throws Exception {
        open(true);
        say("before the failover", 5);
        String old = epoch(ada);

        failOver();

        say("after the failover", 5);
        assertThat(epoch(ada)).isEqualTo(old);
        assertThat(epoch(bob)).isEqualTo(old);
    }

    /** Nothing is lost by it, but the server cannot know that: a standby begins a timeline of its own. */
    private void failOver() throws IOException {
        postgres.stopFast();
        Files.createFile(postgres.directory().resolve("standby.signal"));
        postgres.start();
        await().atMost(PATIENCE)
                .until(() -> Files.exists(postgres.directory().resolve("postmaster.pid"))
                        && Files.readString(postgres.directory().resolve("postmaster.pid"))
                                .contains("ready"));
        postgres.promote();
    }
}
