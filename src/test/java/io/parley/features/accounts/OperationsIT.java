package io.parley.features.accounts;

import static io.parley.features.accounts.AccountsNode.HERE;
import static io.parley.features.accounts.AccountsNode.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.parley.bus.Closing;
import io.parley.bus.PersonalFrame;
import io.parley.features.accounts.AccountActions.IssueTokens;
import io.parley.features.accounts.AccountActions.IssuedToken;
import io.parley.features.accounts.AccountActions.NewUser;
import io.parley.features.accounts.AccountActions.ProvisionUsers;
import io.parley.features.accounts.AccountActions.ProvisionedUser;
import io.parley.features.accounts.AccountActions.ProvisionedUsers;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.server.auth.Authenticator;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsIT {
    @TempDir
    private static Path data;

    private static AccountsNode node;

    @BeforeAll
    static void start() {
        node = AccountsNode.start(data);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void peopleAreMadeOnceHoweverOftenTheyAreAskedFor() {
        List<NewUser> asked = List.of(
                new NewUser("Ada", "Ada", "ada@example.org"),
                new NewUser("grace", "Grace", null),
                new NewUser("ADA", "Other", null));

        List<ProvisionedUser> first = provision(asked).items();
        List<ProvisionedUser> again =
                provision(List.of(asked.get(1), asked.get(0))).items();

        assertThat(first).extracting(ProvisionedUser::username).containsExactly("Ada", "grace", "ADA");
        assertThat(first.get(2).id()).isEqualTo(first.get(0).id());
        assertThat(again)
                .extracting(ProvisionedUser::id)
                .containsExactly(first.get(1).id(), first.get(0).id());
        assertThat(node.sql("SELECT display_name FROM users WHERE username_folded = 'ada'"))
                .singleElement()
                .satisfies(row -> assertThat(row.getString(0)).isEqualTo("Ada"));
        assertThat(node.sql(
                        "SELECT FROM user_counters WHERE user_id = $1",
                        first.get(0).id()))
                .hasSize(1);
    }

    @Test
    void anItemThatCannotBeDoneSaysWhyAndDoesNotHinderTheOthers() {
        node.provision(new NewUser("owner", "Owner", "Shared@example.org"));

        List<ProvisionedUser> items = provision(List.of(
                        new NewUser("before", "Before", null),
                        new NewUser("thief", "Thief", "shared@EXAMPLE.org"),
                        new NewUser("x", "\u0000", null),
                        new NewUser("after", "After", null)))
                .items();

        assertThat(items).extracting(item -> item.id() != null).containsExactly(true, false, false, true);
        assertThat(Objects.requireNonNull(items.get(1).error()).code()).isEqualTo("email_taken");
        assertThat(Objects.requireNonNull(items.get(2).error()).code()).isEqualTo("validation_failed");
        assertThat(node.sql("SELECT FROM users WHERE username = 'thief'")).isEmpty();
    }

    @Test
    void manyCallsAtOnceForTheSamePeopleAgree() {
        List<NewUser> people = new ArrayList<>(IntStream.range(0, 1000)
                .mapToObj(i -> new NewUser("crowd" + i, "Crowd " + i, null))
                .toList());
        List<Future<ProvisionedUsers>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Collections.shuffle(people, new Random(i));
            calls.add(node.bus.ask(AccountActions.PROVISION_USERS, new ProvisionUsers(HERE, List.copyOf(people))));
        }
        join(Future.all(calls));

        Set<UUID> ids = new HashSet<>();
        calls.forEach(call -> call.result().items().forEach(item -> ids.add(Objects.requireNonNull(item.id()))));
        assertThat(ids).hasSize(1000);
        assertThat(node.sql("SELECT FROM users WHERE username_folded LIKE 'crowd%'"))
                .hasSize(1000);
    }

    @Test
    void tokensAreIssuedInOrderAndUnknownPeopleGetAnError() {
        UUID known = node.provision("known", "Known");
        UUID suspended = node.provision("kept.out", "Kept out");
        node.ask(AccountActions.SET_STATUS, new SetStatus(suspended, "suspended"));
        UUID unknown = Ids.next();

        List<IssuedToken> items = node.ask(
                        AccountActions.ISSUE_TOKENS, new IssueTokens(List.of(unknown, known, suspended, known)))
                .items();

        assertThat(items).extracting(IssuedToken::user).containsExactly(unknown, known, suspended, known);
        assertThat(Objects.requireNonNull(items.get(0).error()).code()).isEqualTo("not_found");
        assertThat(Objects.requireNonNull(items.get(2).error()).code()).isEqualTo("not_found");
        assertThat(items.get(1).expiresIn()).isEqualTo(900);
        String token = Objects.requireNonNull(items.get(3).accessToken());
        assertThat(join(authenticator().authenticate(token)).user()).isEqualTo(known);
    }

    @Test
    void moreThanAThousandAreTooMany() {
        assertThatThrownBy(() ->
                        node.ask(AccountActions.ISSUE_TOKENS, new IssueTokens(Collections.nCopies(1001, Ids.next()))))
                .isInstanceOf(AppError.class);
    }

    @Test
    void aSuspensionClosesThePersonsSessionsAndIsInTheJournal() {
        UUID user = node.provision("noisy", "Noisy");

        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "suspended"));
        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "suspended"));
        node.ask(AccountActions.SET_STATUS, new SetStatus(user, "active"));

        await().until(() -> framesOf(user).size() == 2);
        PersonalFrame out = framesOf(user).get(0);
        assertThat(out.closing()).isEqualTo(Closing.ALL);
        assertThat(out.userVersion()).isEqualTo(1);
        assertThat(out.bytes().toJsonObject().getMap())
                .containsEntry("type", "account.updated")
                .containsEntry("userVersion", 1)
                .containsEntry("status", "suspended");
        PersonalFrame in = framesOf(user).get(1);
        assertThat(in.closing()).isEqualTo(Closing.NONE);
        assertThat(in.userVersion()).isEqualTo(2);
        assertThat(node.sql("SELECT user_versions[1] FROM journal WHERE $1 = ANY (users) ORDER BY id", user))
                .extracting(row -> row.getLong(0))
                .containsExactly(1L, 2L);
    }

    @Test
    void whoIsUnknownCannotBeSuspended() {
        assertThatThrownBy(() -> node.ask(AccountActions.SET_STATUS, new SetStatus(Ids.next(), "suspended")))
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    private static List<PersonalFrame> framesOf(UUID user) {
        return List.copyOf(node.frames).stream()
                .filter(frame -> frame.user().equals(user))
                .toList();
    }

    private static ProvisionedUsers provision(List<NewUser> users) {
        return node.ask(AccountActions.PROVISION_USERS, new ProvisionUsers(HERE, users));
    }

    private static Authenticator authenticator() {
        return node.feature.authenticator(node.bus);
    }
}
