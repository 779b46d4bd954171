package io.parley.features.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.search.text.Token;
import io.parley.features.search.text.Tokens;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is stored of a message or a name: its words, each with the key of its scope, as text of a {@code tsvector}. */
final class Vectors {
    static final String SENDER = "=s";
    static final String TYPE = "=k";
    static final String LINK = "=l";
    static final String THREAD = "=t";
    static final String MENTIONED = "=m";
    static final String EVERYBODY = "=e";

    /** PostgreSQL counts no further. */
    private static final int LAST_POSITION = 16_383;

    private static final Pattern LINKS = Pattern.compile("https?://[^\\s<>]", Pattern.CASE_INSENSITIVE);

    private Vectors() {}

    /**
     * @param content what the sender said
     * @param inThread whether it stands in a thread
     */
    static String ofMessage(String scope, String type, @Nullable UUID sender, JsonNode content, boolean inThread) {
        String text = words(content);
        Set<String> others = new LinkedHashSet<>();
        others.add(TYPE + type);
        if (sender != null) {
            others.add(SENDER + Scope.ofPerson(sender));
        }
        if (LINKS.matcher(text).find()) {
            others.add(LINK);
        }
        if (inThread) {
            others.add(THREAD);
        }
        addMentions(content.path("mentions"), others);
        return vector(scope, Tokens.of(text), others);
    }

    /** All that can be read of it: a text, code, the address of a place, a card, a poll. */
    private static String words(JsonNode content) {
        JsonNode text = content.get("text");
        if (text != null) {
            return text.asText();
        }
        StringJoiner words = new StringJoiner("\n");
        words.add(content.at("/location/address").asText());
        words.add(content.at("/contact/name").asText());
        content.at("/contact/phones").forEach(phone -> words.add(phone.asText()));
        content.at("/contact/emails").forEach(email -> words.add(email.asText()));
        words.add(content.at("/poll/question").asText());
        content.at("/poll/options").forEach(option -> words.add(option.asText()));
        return words.toString();
    }

    static String ofName(UUID tenant, String name) {
        return vector(Scope.ofTenant(tenant), Tokens.of(name), Set.of());
    }

    /** Each names a person or everybody. */
    private static void addMentions(JsonNode mentions, Set<String> others) {
        for (JsonNode mention : mentions) {
            String user = mention.path("user").asText();
            others.add(user.isEmpty() ? EVERYBODY : MENTIONED + Scope.ofPerson(UUID.fromString(user)));
        }
    }

    private static String vector(String scope, Collection<Token> tokens, Set<String> others) {
        Map<String, StringBuilder> places = new LinkedHashMap<>();
        for (Token token : tokens) {
            StringBuilder at = places.computeIfAbsent(token.lexeme(), lexeme -> new StringBuilder());
            at.append(at.isEmpty() ? ':' : ',').append(Math.min(token.position(), LAST_POSITION));
        }
        StringBuilder vector = new StringBuilder();
        others.forEach(other -> vector.append(quoted(scope, other)).append(' '));
        places.forEach(
                (lexeme, at) -> vector.append(quoted(scope, lexeme)).append(at).append(' '));
        return vector.toString();
    }

    /** As a word of a {@code tsvector} or {@code tsquery}. */
    static String quoted(String scope, String lexeme) {
        return "'" + scope + lexeme.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
