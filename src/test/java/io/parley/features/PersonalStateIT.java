package io.parley.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.conversations.ConversationView;
import io.parley.features.messages.MessageView;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A person does anything on two devices: one that is there all the time, one that is away now and then. Both have what a
 * new one reads.
 */
class PersonalStateIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int STEPS = 150;

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(PersonalSteps::features);

    private final PersonalSteps steps = new PersonalSteps(LAB);
    private final UUID owner = LAB.person();
    private final UUID ada = LAB.person();
    private final List<UUID> rooms = new ArrayList<>();
    private final Map<UUID, MessageView> parents = new HashMap<>();
    private final List<MessageView> said = new ArrayList<>();
    private final PersonalDevice there = new PersonalDevice(steps, ada, parents);
    private final Set<UUID> ended = new HashSet<>();
    private boolean muted;

    @RepeatedTest(3)
    void whoeverWasAwayHasWhatTheOthersHave(RepetitionInfo repetition) {
        System.out.println("-Dseed=" + SEED);
        Random random = new Random(SEED + repetition.getCurrentRepetition());
        begin();
        PersonalDevice away = new PersonalDevice(steps, ada, parents);
        there.hello();
        away.hello();

        for (int i = 0; i < STEPS; i++) {
            attempt(random, i);
            if (random.nextInt(4) == 0) {
                there.live();
            }
            if (random.nextInt(15) == 0) {
                away.hello();
            }
        }
        there.live();
        away.hello();

        PersonalDevice fresh = new PersonalDevice(steps, ada, parents);
        fresh.hello();
        Map<UUID, Set<Long>> deleted = deleted();
        assertThat(there.state(deleted)).isEqualTo(fresh.state(deleted));
        assertThat(away.state(deleted)).isEqualTo(fresh.state(deleted));
        rooms.stream()
                .filter(room -> isIn(room) && !ended.contains(room))
                .forEach(room -> check(room, fresh.state(deleted)));
    }

    private void begin() {
        for (int i = 0; i < 4; i++) {
            rooms.add(steps.group(owner, ada));
            said.add(steps.say(owner, rooms.getLast(), "First"));
        }
        UUID followed = steps.thread(ada, said.getFirst()).conversation();
        UUID other = steps.thread(owner, said.get(1)).conversation();
        parents.put(followed, said.getFirst());
        parents.put(other, said.get(1));
        said.add(steps.say(owner, followed, "In a thread"));
        said.add(steps.say(owner, other, "In another thread"));
    }

    private boolean isIn(UUID room) {
        return LAB.number(
                        "SELECT count(*) FROM members WHERE conversation_id = ? AND user_id = ? AND active", room, ada)
                == 1;
    }

    /** What he may not do just now is refused, and changes nothing. */
    private void attempt(Random random, int step) {
        try {
            step(random, step);
        } catch (CompletionException refused) {
            assertThat(refused.getCause())
                    .isInstanceOfSatisfying(
                            AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    private void step(Random random, int step) {
        UUID room = rooms.get(random.nextInt(rooms.size()));
        List<UUID> places = new ArrayList<>(rooms);
        places.addAll(parents.keySet());
        UUID place = places.get(random.nextInt(places.size()));
        MessageView message = said.get(random.nextInt(said.size()));
        switch (random.nextInt(17)) {
            case 0 -> steps.set(ada, room, "{\"pinned\":" + random.nextBoolean() + "}");
            case 1 -> steps.set(ada, room, "{\"archived\":" + random.nextBoolean() + "}");
            case 2 -> {
                muted = !muted;
                steps.set(ada, room, "{\"mutedUntil\":" + (muted ? "\"9999-12-31T23:59:59.999Z\"" : "null") + "}");
            }
            case 3 -> steps.set(ada, room, "{\"markedUnread\":true,\"theme\":\"t" + step + "\"}");
            case 4 -> steps.pin(ada, room, rooms.get((rooms.indexOf(room) + 1) % rooms.size()));
            case 5, 6 -> steps.read(ada, room, random.nextInt(20));
            case 7 -> steps.hide(ada, message);
            case 8 -> steps.clear(ada, place, random.nextInt(4));
            case 9, 10 -> steps.star(ada, message, random.nextInt(3) > 0);
            case 11 -> steps.draft(ada, place, random.nextInt(3) == 0 ? null : "Draft " + step);
            case 12 -> steps.readReceipts(ada, random.nextBoolean());
            case 13 -> {
                if (isIn(room)) {
                    steps.remove(owner, room, ada);
                } else {
                    steps.add(owner, room, ada);
                }
            }
            case 14 -> {
                if (random.nextInt(3) == 0 && !message.type().equals("system")) {
                    steps.delete(message.sender() == null ? owner : message.sender(), message);
                }
            }
            case 15 -> endOrRestore(room);
            default -> said.add(steps.say(random.nextBoolean() ? owner : ada, place, "Message " + step));
        }
    }

    /** The end of a group is an event of the group; that it is back is one for each who is in it. */
    private void endOrRestore(UUID room) {
        if (ended.remove(room)) {
            steps.restore(owner, room);
        } else {
            there.live();
            steps.end(owner, room);
            ended.add(room);
            there.lose(room);
        }
    }

    private Map<UUID, Set<Long>> deleted() {
        Map<UUID, Set<Long>> deleted = new HashMap<>();
        for (MessageView message : said) {
            LAB.frames(message.conversation()).stream()
                    .map(LAB::content)
                    .filter(event -> event.get("type").textValue().equals("message.deleted"))
                    .forEach(event -> deleted.computeIfAbsent(message.conversation(), room -> new TreeSet<>())
                            .add(event.at("/message/number").longValue()));
        }
        return deleted;
    }

    /** What the list of conversations says is what a device makes of what it has. */
    private void check(UUID room, PersonalDevice.State state) {
        ConversationView view = steps.view(ada, room);
        JsonNode own = state.settings().get(room);
        assertThat(view.settings().isEmpty() ? null : view.settings()).isEqualTo(own);
        boolean archived = own != null
                && own.has("archivedAt")
                && (LAB.number(
                                        "SELECT count(*) FROM messages WHERE conversation_id = ? AND counts AND number > ?",
                                        room,
                                        own.get("archivedAt").longValue())
                                == 0
                        || own.has("mutedUntil")
                                && Instant.parse(own.get("mutedUntil").textValue())
                                        .isAfter(Instant.now()));
        assertThat(view.archived()).isEqualTo(archived);
    }
}
