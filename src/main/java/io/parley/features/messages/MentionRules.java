package io.parley.features.messages;

import io.parley.support.AppError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what may be mentions in a text, and checks those that a client names itself. Pure. */
final class MentionRules {
    static final int MOST = 50;

    static final String ALL = "all";
    static final String HERE = "here";

    private static final Set<String> EVERYBODY = Set.of(ALL, "channel", "everyone");

    /** As a username is made, not in the midst of a word or a mail address. */
    private static final Pattern NAME = Pattern.compile("(?<![\\p{L}\\p{N}_.@/-])@([A-Za-z0-9][A-Za-z0-9._-]{1,31})");

    /** What Markdown shows as it is: fenced blocks and spans of code. */
    private static final Pattern CODE = Pattern.compile("(?s)```.*?(?:```|\\z)|(`+)(?!`).+?(?<!`)\\1(?!`)");

    private MentionRules() {}

    /** A word behind an @, of which it is not known yet whom it means. */
    record Written(String name, int offset, int length) {
        String folded() {
            return name.toLowerCase(Locale.ROOT);
        }

        /** Whether it means everybody, and which of them; null: a person. */
        @Nullable
        String everybody() {
            return folded().equals(HERE) ? HERE : EVERYBODY.contains(folded()) ? ALL : null;
        }
    }

    /** At most {@link #MOST} of them, in their order; what stands at the end of a sentence without its dot as well. */
    static List<Written> written(String text) {
        if (text.indexOf('@') < 0) {
            return List.of();
        }
        List<int[]> code = new ArrayList<>();
        Matcher spans = CODE.matcher(text);
        while (spans.find()) {
            code.add(new int[] {spans.start(), spans.end()});
        }
        List<Written> found = new ArrayList<>();
        Matcher names = NAME.matcher(text);
        while (names.find() && found.size() < MOST) {
            int at = names.start();
            if (code.stream().noneMatch(span -> span[0] <= at && at < span[1])) {
                String name = names.group(1).replaceAll("[._-]+$", "");
                found.add(new Written(name, at, name.length() + 1));
            }
        }
        return found;
    }

    /**
     * Those that a client names must lie in the text, beside each other.
     *
     * @throws AppError {@code validation_failed}
     */
    static void requireFit(List<MessageDraft.NewMention> named, String text) {
        if (named.size() > MOST) {
            throw AppError.field("message.mentions", "length", "must have at most " + MOST + " items");
        }
        int end = 0;
        for (MessageDraft.NewMention mention : named.stream()
                .sorted(Comparator.comparingInt(MessageDraft.NewMention::offset))
                .toList()) {
            boolean inside = mention.offset() >= end
                    && mention.length() > 0
                    && mention.length() <= text.length() - mention.offset()
                    && isBetweenCharacters(text, mention.offset())
                    && isBetweenCharacters(text, mention.offset() + mention.length());
            if (!inside) {
                throw AppError.field(
                        "message.mentions", "range", "must be whole characters of the text, and not over each other");
            }
            String everybody = mention.everybody();
            boolean one = (mention.user() == null) != (everybody == null);
            if (!one || (everybody != null && !everybody.equals(ALL) && !everybody.equals(HERE))) {
                throw AppError.field("message.mentions", "format", "each names either a user or everybody");
            }
            end = mention.offset() + mention.length();
        }
    }

    private static boolean isBetweenCharacters(String text, int offset) {
        return offset == 0
                || offset == text.length()
                || !Character.isSurrogatePair(text.charAt(offset - 1), text.charAt(offset));
    }
}
