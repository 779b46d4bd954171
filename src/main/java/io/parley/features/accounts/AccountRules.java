package io.parley.features.accounts;

import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.NameWords;
import io.parley.support.Texts;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What names, addresses and passwords must be, and the forms in which they are compared and searched. */
final class AccountRules {
    private static final int MAX_PASSWORD_CHARS = 200;
    private static final int MAX_DISPLAY_NAME_CHARS = 100;
    private static final int MAX_EMAIL_CHARS = 254;

    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{2,31}");

    /** Not the whole of RFC 5322, only what catches slips: one @, no blanks, a domain of labels. */
    private static final Pattern EMAIL = Pattern.compile(
            "[^\\s@\\p{Cntrl}<>\"(),:;\\\\\\[\\]]{1,64}@[\\p{L}\\p{N}-]{1,63}(\\.[\\p{L}\\p{N}-]{1,63})+");

    /** Control characters, line ends, and what turns or hides the text around it. */
    private static final Pattern UNFIT =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u061C\\u200B\\u200E\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFEFF]");

    private static final Pattern AROUND = Pattern.compile("^[\\s\\p{Z}]+|[\\s\\p{Z}]+$");
    private static final Pattern PHONE = Pattern.compile("\\+[1-9][0-9]{6,14}");
    private static final Pattern BETWEEN_DIGITS = Pattern.compile("[\\s\\p{Z}()./\\p{Pd}]+");

    private AccountRules() {}

    /** @throws AppError {@code validation_failed} when something is wrong */
    static void require(List<FieldError> none) {
        if (!none.isEmpty()) {
            throw AppError.invalid(none);
        }
    }

    /** All that is wrong with a registration; empty when nothing is. */
    static List<FieldError> registration(AccountActions.Register asked, int minPasswordChars) {
        List<FieldError> errors = new ArrayList<>(person(asked.username(), asked.displayName(), asked.email()));
        String password = asked.password();
        int length = password.codePointCount(0, password.length());
        if (length < minPasswordChars || length > MAX_PASSWORD_CHARS) {
            String range = "must have " + minPasswordChars + " to " + MAX_PASSWORD_CHARS + " characters";
            errors.add(new FieldError("password", "length", range));
        } else if (password.equalsIgnoreCase(asked.username()) || password.equalsIgnoreCase(asked.email())) {
            errors.add(new FieldError("password", "format", "must not be the username or the mail address"));
        }
        return errors;
    }

    /** All that is wrong with the names and the address of a person. */
    static List<FieldError> person(String username, String displayName, @Nullable String email) {
        List<FieldError> errors = new ArrayList<>();
        if (!USERNAME.matcher(username).matches()) {
            errors.add(
                    new FieldError(
                            "username",
                            "format",
                            "must be 3 to 32 letters, digits, dots, underscores and hyphens, beginning with a letter or digit"));
        }
        if (email != null
                && (email.length() > MAX_EMAIL_CHARS
                        || Texts.flaw(email) != null
                        || !EMAIL.matcher(email).matches())) {
            errors.add(new FieldError("email", "format", "must be a mail address"));
        }
        errors.addAll(displayName(displayName));
        return errors;
    }

    static List<FieldError> displayName(String displayName) {
        String name = tidy(displayName);
        if (name.isEmpty() || name.length() > MAX_DISPLAY_NAME_CHARS) {
            String range = "must have 1 to " + MAX_DISPLAY_NAME_CHARS + " characters";
            return List.of(new FieldError("displayName", "length", range));
        }
        if (Texts.flaw(name) != null || UNFIT.matcher(name).find()) {
            return List.of(new FieldError(
                    "displayName", "format", "must not contain control characters or marks of writing direction"));
        }
        return List.of();
    }

    /** All that is wrong with what somebody wants to change of himself. */
    static List<FieldError> profile(AccountActions.Profile profile) {
        List<FieldError> errors = new ArrayList<>();
        if (profile.displayName() != null) {
            errors.addAll(displayName(profile.displayName()));
        }
        if (profile.phone() != null && !profile.phone().isEmpty()) {
            errors.addAll(phone(profile.phone()));
        }
        return errors;
    }

    private static List<FieldError> phone(String number) {
        boolean international = PHONE.matcher(bare(number)).matches() && !number.contains("(0)");
        return international
                ? List.of()
                : List.of(new FieldError(
                        "phone", "format", "must be international: +, country code and number, 7 to 15 digits"));
    }

    /** A phone number as it is kept: E.164, without what people write between the digits. */
    static String bare(String number) {
        return BETWEEN_DIGITS.matcher(number).replaceAll("");
    }

    /** A display name as it is kept. */
    static String tidy(String displayName) {
        return AROUND.matcher(Normalizer.normalize(displayName, Normalizer.Form.NFC))
                .replaceAll("");
    }

    /** The form in which usernames and mail addresses are unique. */
    static String fold(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    /** The words by which a display name is found, with blanks between. */
    static String words(String displayName) {
        return String.join(" ", NameWords.of(displayName));
    }
}
