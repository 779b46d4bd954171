package io.parley.features.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.features.accounts.AccountActions.GetUser;
import io.parley.features.accounts.AccountActions.NewUser;
import io.parley.features.accounts.AccountActions.SearchUsers;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.features.accounts.AccountActions.UpdateMe;
import io.parley.features.accounts.AccountActions.User;
import io.parley.features.accounts.AccountActions.Users;
import io.parley.features.accounts.AccountActions.Where;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchIT {
    @TempDir
    private static Path data;

    private static AccountsNode node;

    /** Each test has a tenant of its own. */
    private UUID tenant;

    private Where where;

    @BeforeAll
    static void start() {
        node = AccountsNode.start(data);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void newTenant() {
        String slug = "t" + UUID.randomUUID();
        tenant = node.tenant(slug, null);
        where = new Where("", slug);
    }

    @Test
    void namesAreFoundWithoutAccentsAndCaseByTheBeginningOfAnyWord() {
        provision("duc.nguyen", "Nguyễn Văn Đức");
        provision("anh", "Trần Ngọc Ánh");

        for (String q : List.of(
                "nguyen",
                "Nguyễn",
                "NGUYEN",
                "nguy",
                "van",
                "d",
                "đ",
                "Đức",
                "duc.ng",
                "@duc",
                "duc nguyen",
                "nguy duc v")) {
            assertThat(found(q)).as(q).containsExactly("duc.nguyen");
        }
        assertThat(found("ng")).containsExactlyInAnyOrder("duc.nguyen", "anh");
        assertThat(found("guyen")).isEmpty();
        assertThat(found("nguyen anh")).isEmpty();
    }

    @Test
    void noCharacterHasASpecialMeaning() {
        provision("plain", "Somebody");
        provision("percent", "100% sure");
        provision("under_score", "_x_ \\ ' \" ; --");

        assertThat(found("%")).isEmpty();
        assertThat(found("10%")).isEmpty();
        assertThat(found("100%")).containsExactly("percent");
        assertThat(found("_")).containsExactly("under_score");
        assertThat(found("\\")).containsExactly("under_score");
        assertThat(found("'")).containsExactly("under_score");
        assertThat(found("som_body")).isEmpty();
        assertThat(found("\uDBFF\uDFFF")).isEmpty();
    }

    @Test
    void whoIsOfAnotherTenantOrNotActiveIsNotFound() {
        UUID other = node.tenant("other", null);
        node.ask(AccountActions.REGISTER, AccountsNode.registration(new Where("", "other"), "somebody"));
        UUID gone = provision("someone", "Some One");
        node.ask(AccountActions.SET_STATUS, new SetStatus(gone, "suspended"));

        assertThat(found("some")).isEmpty();
        assertThat(found(null)).isEmpty();
        assertThat(names(node.ask(AccountActions.SEARCH_USERS, new SearchUsers(other, Ids.next(), "some", 50, null))))
                .containsExactly("somebody");
    }

    @Test
    void pagesGiveEverybodyOnce() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        String[] words = {"an", "anh", "ann", "anna", "An", "Ánh", "bo", "ana-maria", "an"};
        NewUser[] people = IntStream.range(0, 200)
                .mapToObj(i -> new NewUser(
                        "an" + Integer.toString(i, 36) + (i % 3 == 0 ? ".anton" : ""),
                        words[random.nextInt(words.length)] + " " + words[random.nextInt(words.length)],
                        null))
                .toArray(NewUser[]::new);
        provision(people);

        for (String q : new String[] {"an", "a", "an anton", "a bo an1", "anna", null}) {
            List<String> whole = new ArrayList<>();
            String cursor = null;
            do {
                Users page = search(q, 1 + random.nextInt(30), cursor);
                whole.addAll(names(page));
                cursor = page.next();
            } while (cursor != null);
            assertThat(whole).as("seed %s, q %s", seed, q).doesNotHaveDuplicates();
            assertThat(whole).as("seed %s, q %s", seed, q).hasSameElementsAs(expected(people, q));
        }
    }

    private static List<String> expected(NewUser[] people, @Nullable String q) {
        List<String> terms = q == null ? List.of() : List.of(q.split(" ", -1));
        List<String> names = new ArrayList<>();
        for (NewUser user : people) {
            List<String> words = new ArrayList<>(
                    List.of(AccountRules.words(user.displayName()).split(" ", -1)));
            words.addAll(List.of(user.username().split("\\.", -1)));
            if (terms.stream().allMatch(term -> words.stream().anyMatch(word -> word.startsWith(term)))) {
                names.add(user.username());
            }
        }
        return names;
    }

    @Test
    void withoutAQueryEverybodyComesByName() {
        provision("zoe", "Adam");
        provision("Anna", "Zoe");
        provision("max", "Max");

        assertThat(found(null)).containsExactly("Anna", "max", "zoe");
    }

    @Test
    void theLastPageHasNoNextAndSaysSo() {
        provision("one", "One");
        provision("two", "Two");

        assertThat(search(null, 2, null).next()).isNull();
        assertThat(search(null, 1, null).next()).isNotNull();
        assertThat(Json.text(search(null, 2, null))).contains("\"next\":null");
    }

    @Test
    void aCursorThatIsNotOursIsRefused() {
        for (String cursor : List.of("x", "", "e30", "bnVsbA", "%", "eyJwbGFjZSI6IgAwIn0")) {
            assertThatThrownBy(() -> search("a", 10, cursor))
                    .as(cursor)
                    .isInstanceOfSatisfying(
                            AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.VALIDATION_FAILED));
        }
    }

    @Test
    void aNewNameIsFoundAndTheOldOneNoMore() {
        UUID user = provision("changing", "Old Name");

        User changed = node.ask(AccountActions.UPDATE_ME, new UpdateMe(tenant, user, named("  Mới Tên ")));

        assertThat(changed.displayName()).isEqualTo("Mới Tên");
        assertThat(found("moi")).containsExactly("changing");
        assertThat(found("chang")).containsExactly("changing");
        assertThat(found("old")).isEmpty();
        assertThat(node.sql("SELECT FROM user_words WHERE user_id = $1 AND word IN ('old', 'name')", user))
                .isEmpty();
    }

    @Test
    void anUnfitNameIsRefusedAndNothingToChangeChangesNothing() {
        UUID user = provision("staying", "Staying");

        assertThatThrownBy(() -> node.ask(AccountActions.UPDATE_ME, new UpdateMe(tenant, user, named("a\nb"))))
                .isInstanceOf(AppError.class);
        assertThat(node.ask(AccountActions.UPDATE_ME, new UpdateMe(tenant, user, named(null)))
                        .displayName())
                .isEqualTo("Staying");
        assertThat(found("staying")).containsExactly("staying");
    }

    @Test
    void aPhoneNumberAndWhoFindsOneByWhatAreSeenByTheirOwnerOnly() {
        UUID user = provision("found", "Found");
        User before = node.ask(AccountActions.GET_USER, new GetUser(tenant, user, user));
        assertThat(before.phone()).isNull();
        assertThat(before.discoverable()).isEqualTo(new AccountActions.Discoverable(true, false));

        User changed = node.ask(
                AccountActions.UPDATE_ME,
                new UpdateMe(
                        tenant,
                        user,
                        new AccountActions.Profile(
                                null, "+49 30 1234567", new AccountActions.NewDiscoverable(null, true))));

        assertThat(changed.phone()).isEqualTo("+49301234567");
        assertThat(changed.discoverable()).isEqualTo(new AccountActions.Discoverable(true, true));
        assertThat(changed.displayName()).isEqualTo("Found");
        assertThat(node.ask(AccountActions.GET_USER, new GetUser(tenant, user, user)))
                .isEqualTo(changed);
        User seen = node.ask(AccountActions.GET_USER, new GetUser(tenant, Ids.next(), user));
        assertThat(seen.phone()).isNull();
        assertThat(seen.discoverable()).isNull();
        assertThat(node.ask(
                                AccountActions.UPDATE_ME,
                                new UpdateMe(tenant, user, new AccountActions.Profile(null, "", null)))
                        .phone())
                .isNull();
        assertThatThrownBy(() -> node.ask(
                        AccountActions.UPDATE_ME,
                        new UpdateMe(tenant, user, new AccountActions.Profile(null, "12", null))))
                .isInstanceOf(AppError.class);
    }

    private static AccountActions.Profile named(@Nullable String displayName) {
        return new AccountActions.Profile(displayName, null, null);
    }

    @Test
    void aMailAddressIsSeenByItsOwnerOnly() {
        UUID user = provision(new NewUser("private", "Private", "private@example.org"))
                .getFirst();

        assertThat(node.ask(AccountActions.GET_USER, new GetUser(tenant, user, user))
                        .email())
                .isEqualTo("private@example.org");
        assertThat(node.ask(AccountActions.GET_USER, new GetUser(tenant, Ids.next(), user))
                        .email())
                .isNull();
        assertThat(search("private", 1, null).items().getFirst().email()).isNull();
        assertThat(Json.text(search("private", 1, null))).doesNotContain("example.org");
    }

    @Test
    void whoIsUnknownOrOfAnotherTenantIsNotFound() {
        UUID user = provision("here", "Here");
        UUID other = node.tenant("elsewhere", null);

        for (GetUser asked :
                List.of(new GetUser(other, Ids.next(), user), new GetUser(tenant, Ids.next(), Ids.next()))) {
            assertThatThrownBy(() -> node.ask(AccountActions.GET_USER, asked))
                    .isInstanceOfSatisfying(
                            AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    private UUID provision(String username, String displayName) {
        return provision(new NewUser(username, displayName, null)).getFirst();
    }

    private List<UUID> provision(NewUser... users) {
        return node.provision(where, users);
    }

    private List<String> found(@Nullable String q) {
        return names(search(q, 100, null));
    }

    private Users search(@Nullable String q, int limit, @Nullable String cursor) {
        return node.ask(AccountActions.SEARCH_USERS, new SearchUsers(tenant, Ids.next(), q, limit, cursor));
    }

    private static List<String> names(Users users) {
        return users.items().stream().map(User::username).toList();
    }
}
