package io.parley.features.conversations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.NameWords;
import io.parley.support.Texts;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a conversation may be made of, beyond what the contract's schemas say, and what refusals of the database mean. */
public final class ConversationRules {
    static final String DIRECT = "direct";
    static final String GROUP = "group";

    /** Beyond it no database and no client has times. */
    private static final Instant FAR = Instant.parse("9999-12-31T23:59:59.999Z");

    /** Then come milliseconds. */
    private static final String TOO_OFTEN = "too_often:";

    private static final String NAME = "name";
    private static final int NAME_LENGTH = 100;
    private static final Set<String> ONE_LINE = Set.of("topic", "icon");
    private static final Set<String> MANY_LINES = Set.of("description");

    private ConversationRules() {}

    /** @throws AppError {@code validation_failed} naming all fields that are wrong */
    static void requireFit(NewConversation conversation) {
        refuse(wrong(conversation, "", 1));
    }

    /**
     * The same for what an operator makes, who names all the people.
     *
     * @throws AppError {@code validation_failed} naming all fields that are wrong
     */
    static void requireFit(List<NewConversation> conversations) {
        List<FieldError> wrong = new ArrayList<>();
        for (int i = 0; i < conversations.size(); i++) {
            wrong.addAll(wrong(conversations.get(i), "conversations[" + i + "].", 2));
        }
        refuse(wrong);
    }

    /**
     * Settings that a client gives, whichever.
     *
     * @throws AppError {@code validation_failed} naming all fields that are wrong
     */
    public static void requireSettings(Map<String, JsonNode> settings) {
        List<FieldError> wrong = new ArrayList<>();
        checkSettings(settings, "", wrong);
        refuse(wrong);
    }

    /**
     * The fields of a membership that a client changes, beyond what the contract says of them.
     *
     * @throws AppError {@code validation_failed}
     */
    static void requireMemberFields(ObjectNode fields) {
        if (fields.hasNonNull("customRole")) {
            Ids.parse("customRole", fields.get("customRole").textValue());
        }
        if (fields.hasNonNull("silencedUntil")) {
            try {
                requireAhead(
                        "silencedUntil",
                        Instant.parse(fields.get("silencedUntil").textValue()));
            } catch (DateTimeParseException bad) {
                throw AppError.field("silencedUntil", "format", "must be a time such as 2026-11-20T09:15:30.123Z");
            }
        }
    }

    /**
     * A time up to which something holds.
     *
     * @throws AppError {@code validation_failed}
     */
    public static void requireAhead(String field, @Nullable Instant until) {
        if (until != null && (until.isBefore(Instant.now()) || until.isAfter(FAR))) {
            throw AppError.field(field, "range", "must be in the future");
        }
    }

    /** Settings as the database takes them: with the words of the name, by which it is found. */
    public static Map<String, JsonNode> withWords(Map<String, JsonNode> settings) {
        JsonNode name = settings.get(NAME);
        if (name == null) {
            return settings;
        }
        Map<String, JsonNode> all = new LinkedHashMap<>(settings);
        all.put("words", Json.mapper().valueToTree(NameWords.of(name.textValue())));
        return all;
    }

    /** All that is said of a new conversation's settings. */
    static Map<String, JsonNode> settings(NewConversation asked) {
        Map<String, JsonNode> settings = new LinkedHashMap<>(asked.settings());
        put(settings, NAME, asked.name());
        put(settings, "visibility", asked.visibility());
        put(settings, "history", asked.history());
        return withWords(settings);
    }

    private static void put(Map<String, JsonNode> settings, String field, @Nullable String value) {
        if (value != null) {
            settings.put(field, TextNode.valueOf(value));
        }
    }

    private static void refuse(List<FieldError> wrong) {
        if (!wrong.isEmpty()) {
            throw AppError.invalid(wrong);
        }
    }

    private static List<FieldError> wrong(NewConversation conversation, String path, int peopleOfDirect) {
        List<FieldError> wrong = new ArrayList<>();
        if (conversation.type().equals(DIRECT)) {
            checkDirect(conversation, path, peopleOfDirect, wrong);
        } else if (conversation.name() != null) {
            checkName(conversation.name(), path + NAME, wrong);
        } else if (conversation.template() == null) {
            wrong.add(new FieldError(path + NAME, "required", "a group needs a name"));
        }
        checkSettings(conversation.settings(), path, wrong);
        return wrong;
    }

    private static void checkDirect(NewConversation conversation, String path, int people, List<FieldError> wrong) {
        refusePresent(conversation.name(), path + NAME, wrong);
        refusePresent(conversation.visibility(), path + "visibility", wrong);
        refusePresent(conversation.history(), path + "history", wrong);
        refusePresent(conversation.template(), path + "template", wrong);
        conversation.settings().forEach((field, value) -> refusePresent(value, path + field, wrong));
        if (new HashSet<>(conversation.members()).size() != people) {
            String detail = people == 1 ? "names the one other person" : "names two people";
            wrong.add(new FieldError(path + "members", "length", detail));
        }
    }

    private static void refusePresent(@Nullable Object value, String field, List<FieldError> wrong) {
        if (value != null) {
            wrong.add(new FieldError(field, "unknown", "is for groups only"));
        }
    }

    private static void checkSettings(Map<String, JsonNode> settings, String path, List<FieldError> wrong) {
        settings.forEach((field, value) -> {
            if (field.equals(NAME)) {
                checkName(value.textValue(), path + field, wrong);
            } else if (value.isTextual() && (ONE_LINE.contains(field) || MANY_LINES.contains(field))) {
                checkText(value.textValue(), MANY_LINES.contains(field), path + field, wrong);
            }
        });
    }

    private static void checkName(String name, String field, List<FieldError> wrong) {
        if (name.isBlank() || name.codePointCount(0, name.length()) > NAME_LENGTH) {
            wrong.add(
                    new FieldError(field, "length", "must have 1 to " + NAME_LENGTH + " characters, not only blanks"));
        } else {
            checkText(name, false, field, wrong);
        }
    }

    private static void checkText(String text, boolean lines, String field, List<FieldError> wrong) {
        if (text.codePoints().anyMatch(c -> Character.isISOControl(c) && !(lines && c == '\n'))) {
            wrong.add(new FieldError(field, "format", "must not contain control characters"));
        } else if (Texts.flaw(text) != null) {
            wrong.add(new FieldError(field, "format", String.valueOf(Texts.flaw(text))));
        }
    }

    /** {@code too_often} is told with the time to wait. */
    private static RuntimeException unusual(String outcome) {
        return outcome.startsWith(TOO_OFTEN)
                ? AppError.rateLimited(Long.parseLong(outcome.substring(TOO_OFTEN.length())))
                : new IllegalStateException("unknown outcome " + outcome);
    }

    /**
     * What became of a change, as the database tells it: returns where what was asked for is so now.
     *
     * @throws AppError why it is not
     */
    public static void requireDone(String outcome) {
        switch (outcome) {
            case "ok", "created", "exists", "unchanged", "duplicate", "noted" -> {}
            case "not_found" -> throw AppError.notFound();
            case "user_not_found" ->
                throw AppError.of(ErrorCode.NOT_FOUND, "Somebody of these people does not exist or is not active");
            case "role_not_found" ->
                throw AppError.field("customRole", "reference", "is no role that can be given here");
            case "template_not_found" -> throw AppError.field("template", "reference", "is no template of this tenant");
            case "name_missing" -> throw AppError.field(NAME, "required", "neither you nor the template gives one");
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            case "guest" -> throw AppError.of(ErrorCode.FORBIDDEN, "Guests make no groups");
            case "guest_in_charge" -> throw AppError.of(ErrorCode.FORBIDDEN, "A guest can be neither owner nor admin");
            case "banned" -> throw AppError.of(ErrorCode.FORBIDDEN, "Somebody of these people is banned");
            case "archived" -> throw AppError.of(ErrorCode.FORBIDDEN, "The conversation is archived");
            case "conflict" -> throw AppError.of(ErrorCode.CONFLICT);
            case "last_owner" -> throw AppError.of(ErrorCode.LAST_OWNER);
            case "too_many" -> throw AppError.of(ErrorCode.CONFLICT, "There are as many already as there may be");
            default -> throw unusual(outcome);
        }
    }
}
