package io.parley.features.accounts;

import io.parley.features.accounts.AccountActions.ExternalPerson;
import io.parley.support.Texts;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names for a person of a trusted issuer, whose own names need not fit our rules and may be taken here. */
record ExternalNames(
        List<String> usernames,
        String displayName,
        @Nullable String email) {
    private static final Pattern NOT_IN_USERNAMES = Pattern.compile("[^a-z0-9._-]+");
    private static final Pattern NOT_AT_THE_BEGINNING = Pattern.compile("^[^a-z0-9]+");
    private static final int MIN_CHARS = 3;
    private static final int MAX_BASE_CHARS = 20;
    private static final int SHORT_SUFFIX = 4;
    private static final int LONG_SUFFIX = 11;

    static ExternalNames of(ExternalPerson person) {
        String base = base(person.username() == null ? "" : person.username());
        String random = UUID.randomUUID().toString().replace("-", "");
        List<String> usernames = List.of(
                base, base + "-" + random.substring(0, SHORT_SUFFIX), base + "-" + random.substring(0, LONG_SUFFIX));

        String name = person.name() == null ? "" : AccountRules.tidy(person.name());
        String displayName = AccountRules.displayName(name).isEmpty() ? name : base;

        String email = person.email();
        boolean fit = AccountRules.person(base, displayName, email).isEmpty();
        return new ExternalNames(usernames, displayName, fit ? email : null);
    }

    private static String base(String wish) {
        String plain = NOT_IN_USERNAMES.matcher(Texts.fold(wish)).replaceAll("-");
        String base = NOT_AT_THE_BEGINNING.matcher(plain).replaceAll("");
        if (base.length() > MAX_BASE_CHARS) {
            base = base.substring(0, MAX_BASE_CHARS);
        }
        return base.length() < MIN_CHARS ? "user" + base : base;
    }
}
