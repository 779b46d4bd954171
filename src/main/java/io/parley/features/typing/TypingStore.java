package io.parley.features.typing;

import io.parley.bus.Nothing;
import io.parley.features.typing.TypingActions.Notes;
import io.parley.features.typing.TypingActions.Room;
import io.parley.features.typing.TypingActions.Typing;
import io.parley.features.typing.TypingActions.Typist;
import io.parley.features.typing.TypingActions.Typists;
import io.parley.server.presence.RedisLine;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Typing in Redis. {@code parley:typing:<tenant>:<conversation>}: sorted set of people by when it ends, in ms of Redis's
 * clock; expires with the last of them.
 */
final class TypingStore {
    private static final int MOST_AT_ONCE = 500;
    private static final int MOST_LISTED = 100;

    /** Less than ten seconds by what a note comes late: a board must not take its own note for another's. */
    private static final String LIFE_MS = "9500";

    /** KEYS: one a note. ARGV: life in ms, then for each note: user, active (1 or 0). */
    private static final String NOTE = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            for i, key in ipairs(KEYS) do
              local user, active = ARGV[i * 2], ARGV[i * 2 + 1]
              redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
              if active == '1' then
                redis.call('ZADD', key, now + ARGV[1], user)
                redis.call('PEXPIRE', key, ARGV[1])
              else
                redis.call('ZREM', key, user)
              end
            end
            return 0
            """;

    /** KEYS: one a typist. ARGV: users. Answers the places in KEYS of those who still type. */
    private static final String ALIVE = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local alive = {}
            for i, key in ipairs(KEYS) do
              local ends = redis.call('ZSCORE', key, ARGV[i])
              if ends and tonumber(ends) > now then alive[#alive + 1] = i end
            end
            return alive
            """;

    /** KEYS: one. ARGV: most. Those who were the last to begin come first. */
    private static final String LIST = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', now, 'LIMIT', 0, ARGV[1])
            """;

    private final RedisLine redis;

    TypingStore(RedisLine redis) {
        this.redis = redis;
    }

    Future<Nothing> note(Notes asked) {
        return next(asked.notes(), 0);
    }

    private Future<Nothing> next(List<Typing> notes, int from) {
        int to = Math.min(notes.size(), from + MOST_AT_ONCE);
        return from == to
                ? Future.succeededFuture(Nothing.NOTHING)
                : some(notes.subList(from, to)).compose(done -> next(notes, to));
    }

    private Future<Response> some(List<Typing> notes) {
        List<String> words = new ArrayList<>(List.of(NOTE, Integer.toString(notes.size())));
        notes.forEach(
                note -> words.add(key(note.typist().tenant(), note.typist().conversation())));
        words.add(LIFE_MS);
        notes.forEach(note -> {
            words.add(note.typist().user().toString());
            words.add(note.active() ? "1" : "0");
        });
        return redis.call(api -> api.eval(words));
    }

    /** Those of the first some hundred who still type, as any node has noted. */
    Future<Set<Typist>> alive(List<Typist> typists) {
        List<Typist> some = typists.subList(0, Math.min(typists.size(), MOST_AT_ONCE));
        List<String> words = new ArrayList<>(List.of(ALIVE, Integer.toString(some.size())));
        some.forEach(typist -> words.add(key(typist.tenant(), typist.conversation())));
        some.forEach(typist -> words.add(typist.user().toString()));
        return redis.call(api -> api.eval(words))
                .map(places -> places.stream()
                        .map(place -> some.get(Integer.parseInt(place.toString()) - 1))
                        .collect(Collectors.toSet()));
    }

    /** Others than the one who asks. */
    Future<Typists> list(Room room) {
        return redis.call(api -> api.eval(
                        List.of(LIST, "1", key(room.tenant(), room.conversation()), Integer.toString(MOST_LISTED))))
                .map(users -> new Typists(users.stream()
                        .map(user -> UUID.fromString(user.toString()))
                        .filter(user -> !user.equals(room.user()))
                        .toList()));
    }

    private static String key(UUID tenant, UUID conversation) {
        return "parley:typing:" + tenant + ":" + conversation;
    }
}
