package io.parley.features.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.ExternalPerson;
import io.parley.features.accounts.AccountActions.Register;
import io.parley.features.accounts.AccountActions.Where;
import io.parley.support.AppError.FieldError;
import io.parley.support.Ids;
import io.parley.support.NameWords;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountRulesTest {
    private static final int MIN_PASSWORD = 10;

    @ParameterizedTest
    @ValueSource(strings = {"ada", "Ada", "0ada", "a.b_c-d", "a23456789012345678901234567890ab"})
    void usernamesThatMayBe(String username) {
        assertThat(wrong(username, "ada@example.org", "correct horse", "Ada")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "-ada",
                ".ada",
                "_ada",
                "ada lovelace",
                "ada@x",
                "adá",
                "\u212Aelvin",
                "ada\n",
                "a23456789012345678901234567890abc"
            })
    void usernamesThatMayNotBe(String username) {
        assertThat(wrong(username, "ada@example.org", "correct horse", "Ada")).containsExactly("username format");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@b.cd", "Ada.Lovelace+x@mail.example.org", "nguyễn@ví-dụ.vn", "o'brien@example.org"})
    void mailAddressesThatMayBe(String email) {
        assertThat(wrong("ada", email, "correct horse", "Ada")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "ada@",
                "@example.org",
                "ada@localhost",
                "a@b@c.de",
                "ada @example.org",
                "ada@example.org\n",
                "<ada@example.org>",
                "ada@exa mple.org",
                "ada@example..org",
                "ada\u0000@example.org"
            })
    void mailAddressesThatMayNotBe(String email) {
        assertThat(wrong("ada", email, "correct horse", "Ada")).containsExactly("email format");
    }

    @Test
    void aMailAddressHasAtMost254Characters() {
        String domain = "@" + "d23456789.".repeat(20) + "org";

        assertThat(wrong("ada", "a".repeat(254 - domain.length()) + domain, "correct horse", "Ada"))
                .isEmpty();
        assertThat(wrong("ada", "a".repeat(255 - domain.length()) + domain, "correct horse", "Ada"))
                .containsExactly("email format");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ada Lovelace", "Nguyễn Văn Đức", "李", "👩‍🚀", "a", "O'Brien (he)", "  Ada  "})
    void displayNamesThatMayBe(String displayName) {
        assertThat(wrong("ada", "ada@example.org", "correct horse", displayName))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb",
                "a\u0000b",
                "\u202Egnp.exe",
                "a\u2066b",
                "a\u200Bb",
                "a\u2028b",
                "\uD800",
                "a\u0007",
                "a\uFEFFb"
            })
    void displayNamesThatMayNotBe(String displayName) {
        assertThat(wrong("ada", "ada@example.org", "correct horse", displayName))
                .containsExactly("displayName format");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\u00A0", "\t\n"})
    void aDisplayNameIsNotBlank(String displayName) {
        assertThat(wrong("ada", "ada@example.org", "correct horse", displayName))
                .hasSize(1)
                .allMatch(error -> error.startsWith("displayName"));
    }

    @Test
    void aDisplayNameHasAtMost100Characters() {
        assertThat(AccountRules.displayName("x".repeat(100))).isEmpty();
        assertThat(AccountRules.displayName("x".repeat(101))).hasSize(1);
    }

    @Test
    void passwordsHaveALengthAndAreNotTheNameOfThePerson() {
        assertThat(wrong("ada", "ada@example.org", "x".repeat(9), "Ada")).containsExactly("password length");
        assertThat(wrong("ada", "ada@example.org", "x".repeat(10), "Ada")).isEmpty();
        assertThat(wrong("ada", "ada@example.org", "😀".repeat(9), "Ada")).containsExactly("password length");
        assertThat(wrong("ada", "ada@example.org", "x".repeat(201), "Ada")).containsExactly("password length");
        assertThat(wrong("ada", "ada@example.org", "ADA@example.org", "Ada")).containsExactly("password format");
        assertThat(wrong("adalovelace", "ada@example.org", "AdaLovelace", "Ada"))
                .containsExactly("password format");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThat(wrong("", "", "", ""))
                .containsExactly("username format", "email format", "displayName length", "password length");
    }

    @Test
    void namesAreFoundByTheirFoldedWordsAndTheirParts() {
        assertThat(AccountRules.words("Nguyễn Văn Đức")).isEqualTo("nguyen van duc");
        assertThat(AccountRules.words("Jean-Luc O'Brien")).isEqualTo("jean-luc jean luc o'brien o brien");
        assertThat(AccountRules.words("Łukasz Ørsted")).isEqualTo("lukasz orsted");
        assertThat(AccountRules.words("ĐẶNG")).isEqualTo("dang");
        assertThat(AccountRules.words("100% _x_")).isEqualTo("100% 100 _x_ x");
        assertThat(AccountRules.words("👩‍🚀 " + "𝒜".repeat(80))).isEqualTo("👩‍🚀 " + "a".repeat(64));
    }

    @Test
    void whatIsLookedForIsFoldedAndWhatBeginsAnotherIsLeftOut() {
        assertThat(NameWords.wanted("  Ng VĂN @duc nguy ng ")).containsExactly("van", "duc", "nguy");
        assertThat(NameWords.wanted(" @ ")).isEmpty();
        assertThat(NameWords.wanted("")).isEmpty();
    }

    @Test
    void phoneNumbersAreInternationalHoweverTheyAreWritten() {
        for (String written : List.of(
                "+49301234567",
                "+49 30 1234567",
                "+49 (30) 123-45-67",
                "+49.30.1234567",
                "+49 30/1234567",
                "+49\u00a030\u20131234567")) {
            assertThat(profile(written)).as(written).isEmpty();
            assertThat(AccountRules.bare(written)).isEqualTo("+49301234567");
        }
        assertThat(profile("")).isEmpty();
        for (String wrong : List.of(
                "030 1234567",
                "0049301234567",
                "+49 (0)30 1234567",
                "+0301234567",
                "+12345",
                "+1234567890123456",
                "+49 30 12x4567",
                "49301234567",
                "++49301234567",
                "+49\u06603012345",
                " ")) {
            assertThat(profile(wrong)).as(wrong).containsExactly("phone format");
        }
    }

    private static List<String> profile(String phone) {
        return AccountRules.profile(new AccountActions.Profile(null, phone, null)).stream()
                .map((FieldError error) -> error.field() + " " + error.code())
                .toList();
    }

    @Test
    void peopleOfIssuersGetNamesThatFitOurRules() {
        assertThat(names("Ada.Lovelace", "Ada", "ada@example.org").usernames().getFirst())
                .isEqualTo("ada.lovelace");
        assertThat(names("Đức@shop", null, null).usernames().getFirst()).isEqualTo("duc-shop");
        assertThat(names("李", null, null).usernames().getFirst()).isEqualTo("user");
        assertThat(names(null, "a\nb", "nonsense").displayName()).isEqualTo("user");
        assertThat(names(null, null, "nonsense").email()).isNull();
        for (String wish : new String[] {"x".repeat(300), "--a", "!", "\u0000", "ab", "ADA LOVELACE"}) {
            ExternalNames names = names(wish, wish, wish);
            assertThat(names.usernames())
                    .doesNotHaveDuplicates()
                    .hasSize(3)
                    .allSatisfy(
                            username -> assertThat(AccountRules.person(username, names.displayName(), names.email()))
                                    .as(username)
                                    .isEmpty());
        }
    }

    @Test
    void whatHoldsASecretDoesNotPrintIt() {
        Where where = new Where("localhost", null);
        for (Record record : new Record[] {
            new Register(where, "ada", "ada@example.org", "s3cret", "Ada", new Client(null, "10.0.0.1")),
            new AccountActions.LogIn(where, "s3cret", "s3cret", new Client(null, "10.0.0.1")),
            new AccountActions.Refresh("s3cret", "10.0.0.1"),
            new AccountActions.LogOut("s3cret"),
            new AccountActions.SignedIn(null, "s3cret", "s3cret", 900),
            new AccountActions.IssuedToken(Ids.next(), "s3cret", 900, null)
        }) {
            assertThat(record.toString()).doesNotContain("s3cret");
        }
    }

    private static ExternalNames names(@Nullable String username, @Nullable String name, @Nullable String email) {
        return ExternalNames.of(new ExternalPerson("default", "https://shop.example", "7", username, name, email));
    }

    private static List<String> wrong(String username, String email, String password, String displayName) {
        Register register = new Register(
                new Where("localhost", null), username, email, password, displayName, new Client(null, "10.0.0.1"));
        return AccountRules.registration(register, MIN_PASSWORD).stream()
                .map((FieldError error) -> error.field() + " " + error.code())
                .toList();
    }
}
