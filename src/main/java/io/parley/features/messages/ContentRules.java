package io.parley.features.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.features.messages.MessageDraft.NewContact;
import io.parley.features.messages.MessageDraft.NewLocation;
import io.parley.features.messages.MessageDraft.NewPoll;
import io.parley.support.AppError;
import io.parley.support.Json;
import io.parley.support.Texts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What messages that are no texts consist of. Times must not lie too far ahead; those that are over are taken, so that
 * a message may be sent again with its id however late.
 */
final class ContentRules {
    /** As code blocks in Markdown name it. */
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z0-9+#._-]{1,32}");

    private static final Pattern PHONE = Pattern.compile("\\+?[0-9][0-9 ()./-]{1,30}[0-9]");
    private static final Pattern EMAIL = Pattern.compile("[^\\s@\\p{Cntrl}<>]{1,64}@[^\\s@\\p{Cntrl}<>]{1,189}");

    private static final int MOST_ADDRESS = 500;
    private static final int MOST_NAME = 100;
    private static final int MOST_NUMBERS = 5;
    private static final int MOST_QUESTION = 500;
    private static final int MOST_OPTION = 200;
    private static final int LEAST_OPTIONS = 2;
    private static final int MOST_OPTIONS = 20;
    private static final Duration LONGEST_POLL = Duration.ofDays(366);

    private final Clock clock;
    private final Duration longestLive;

    /** @param longestLive how long a location may be told live */
    ContentRules(Clock clock, Duration longestLive) {
        this.clock = clock;
        this.longestLive = longestLive;
    }

    /** @param text the fields of the code itself */
    static Map<String, JsonNode> code(@Nullable String language, Map<String, JsonNode> text) {
        if (language == null) {
            return text;
        }
        requireForm("language", LANGUAGE, language, "must be 1 to 32 letters, digits and any of + # . _ -");
        Map<String, JsonNode> code = new LinkedHashMap<>(text);
        code.put(MessageView.LANGUAGE, TextNode.valueOf(language));
        return code;
    }

    Map<String, JsonNode> location(NewLocation location) {
        requireDegrees("location.latitude", location.latitude(), 90);
        requireDegrees("location.longitude", location.longitude(), 180);
        Optional.ofNullable(location.address())
                .ifPresent(address -> requireLine("location.address", address, MOST_ADDRESS));
        requireSoon("location.liveUntil", location.liveUntil(), longestLive);
        return of(MessageView.LOCATION, location);
    }

    private static void requireDegrees(String field, double degrees, int most) {
        if (!(Math.abs(degrees) <= most)) {
            throw AppError.field("message." + field, "range", "must be -" + most + " to " + most);
        }
    }

    static Map<String, JsonNode> contact(NewContact contact) {
        List<String> phones = Objects.requireNonNullElse(contact.phones(), List.of());
        List<String> emails = Objects.requireNonNullElse(contact.emails(), List.of());
        if (contact.user() != null) {
            if (contact.name() != null || !phones.isEmpty() || !emails.isEmpty()) {
                throw AppError.field("message.contact.user", "unknown", "stands alone: the person has a name");
            }
            return of(MessageView.CONTACT, contact);
        }
        if (contact.name() == null) {
            throw AppError.field("message.contact.name", "required", "either a user or a name must be given");
        }
        requireLine("contact.name", contact.name(), MOST_NAME);
        requireCount("contact.phones", phones, 0, MOST_NUMBERS);
        requireCount("contact.emails", emails, 0, MOST_NUMBERS);
        phones.forEach(phone -> requireForm("contact.phones", PHONE, phone, "must be telephone numbers"));
        emails.forEach(email -> requireForm("contact.emails", EMAIL, email, "must be mail addresses"));
        return of(MessageView.CONTACT, contact);
    }

    Map<String, JsonNode> poll(NewPoll poll) {
        requireLine("poll.question", poll.question(), MOST_QUESTION);
        List<String> options = poll.options();
        requireCount("poll.options", options, LEAST_OPTIONS, MOST_OPTIONS);
        IntStream.range(0, options.size())
                .forEach(i -> requireLine("poll.options[" + i + "]", options.get(i), MOST_OPTION));
        if (options.stream().map(String::strip).distinct().count() < options.size()) {
            throw AppError.field("message.poll.options", "format", "must not have the same item twice");
        }
        requireSoon("poll.closesAt", poll.closesAt(), LONGEST_POLL);
        NewPoll whole = new NewPoll(
                poll.question(),
                options,
                Boolean.TRUE.equals(poll.multiple()),
                Boolean.TRUE.equals(poll.anonymous()),
                poll.closesAt());
        return of(MessageView.POLL, whole);
    }

    private void requireSoon(String field, @Nullable Instant time, Duration latest) {
        if (time != null && time.isAfter(clock.instant().plus(latest))) {
            throw AppError.field("message." + field, "range", "must lie within " + latest.toHours() + " hours");
        }
    }

    private static void requireCount(String field, List<String> items, int least, int most) {
        if (items.size() < least || items.size() > most) {
            throw AppError.field("message." + field, "length", "must have " + least + " to " + most + " items");
        }
    }

    private static void requireLine(String field, String text, int most) {
        Texts.requireStorable("message." + field, text);
        if (text.isBlank() || text.codePointCount(0, text.length()) > most) {
            throw AppError.field(
                    "message." + field, "length", "must not be blank, and have at most " + most + " characters");
        }
    }

    private static void requireForm(String field, Pattern form, String text, String wanted) {
        Texts.requireStorable("message." + field, text);
        if (!form.matcher(text).matches()) {
            throw AppError.field("message." + field, "format", wanted);
        }
    }

    private static Map<String, JsonNode> of(String name, Record said) {
        return Map.of(name, Objects.requireNonNull(Json.mapper().<JsonNode>valueToTree(said)));
    }
}
