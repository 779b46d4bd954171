package io.parley.features.conversations;

import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.ErrorCode;
import io.parley.support.Texts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a conversation may be made of, beyond what the contract's schemas say, and what refusals of the database mean. */
final class ConversationRules {
    static final String DIRECT = "direct";
    static final String GROUP = "group";

    private static final int NAME_LENGTH = 100;

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

    /** @throws AppError {@code validation_failed} */
    static void requireName(String name) {
        List<FieldError> wrong = new ArrayList<>();
        checkName(name, "name", wrong);
        refuse(wrong);
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
        } else if (conversation.name() == null) {
            wrong.add(new FieldError(path + "name", "required", "a group needs a name"));
        } else {
            checkName(conversation.name(), path + "name", wrong);
        }
        return wrong;
    }

    private static void checkDirect(NewConversation conversation, String path, int people, List<FieldError> wrong) {
        refusePresent(conversation.name(), path + "name", wrong);
        refusePresent(conversation.visibility(), path + "visibility", wrong);
        refusePresent(conversation.history(), path + "history", wrong);
        if (new HashSet<>(conversation.members()).size() != people) {
            String detail = people == 1 ? "names the one other person" : "names two people";
            wrong.add(new FieldError(path + "members", "length", detail));
        }
    }

    private static void refusePresent(@Nullable String value, String field, List<FieldError> wrong) {
        if (value != null) {
            wrong.add(new FieldError(field, "unknown", "is for groups only"));
        }
    }

    private static void checkName(String name, String field, List<FieldError> wrong) {
        if (name.isBlank() || name.codePointCount(0, name.length()) > NAME_LENGTH) {
            wrong.add(
                    new FieldError(field, "length", "must have 1 to " + NAME_LENGTH + " characters, not only blanks"));
        } else if (name.codePoints().anyMatch(Character::isISOControl)) {
            wrong.add(new FieldError(field, "format", "must not contain control characters"));
        } else {
            try {
                Texts.requireStorable(field, name);
            } catch (AppError notStorable) {
                wrong.addAll(notStorable.errors());
            }
        }
    }

    /**
     * What became of a change, as the database tells it: returns where what was asked for is so now.
     *
     * @throws AppError why it is not
     */
    static void requireDone(String outcome, int mostMembers) {
        switch (outcome) {
            case "ok", "created", "exists", "unchanged", "duplicate" -> {}
            case "not_found" -> throw AppError.notFound();
            case "user_not_found" ->
                throw AppError.of(ErrorCode.NOT_FOUND, "Somebody of these people does not exist or is not active");
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            case "conflict" -> throw AppError.of(ErrorCode.CONFLICT);
            case "last_owner" -> throw AppError.of(ErrorCode.LAST_OWNER);
            case "too_many" -> throw AppError.of(ErrorCode.CONFLICT, "A group has at most " + mostMembers + " members");
            default -> throw new IllegalStateException("unknown outcome " + outcome);
        }
    }
}
