package io.parley.features.accounts;

import io.parley.bus.Bus;
import io.parley.bus.Nothing;
import io.parley.bus.PresenceFrame;
import io.parley.features.accounts.AccountActions.IssueTokens;
import io.parley.features.accounts.AccountActions.IssuedToken;
import io.parley.features.accounts.AccountActions.IssuedTokens;
import io.parley.features.accounts.AccountActions.ItemError;
import io.parley.features.accounts.AccountActions.NewUser;
import io.parley.features.accounts.AccountActions.ProvisionUsers;
import io.parley.features.accounts.AccountActions.ProvisionedUser;
import io.parley.features.accounts.AccountActions.ProvisionedUsers;
import io.parley.features.accounts.AccountActions.SetKind;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.features.accounts.tokens.AccessTokens;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.AppError.FieldError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operator's calls: making people and tokens in bulk, suspending, making guests. One statement each, however many
 * people. An item that cannot be done says why and does not hinder the others.
 */
final class Operations {
    private static final int MAX_ITEMS = 1_000;

    private static final String PROVISION =
            "SELECT ord, id FROM provision_users($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY ord";

    private static final String SET_STATUS = "SELECT outcome, tenant, user_version FROM set_account_status($1, $2)";

    private static final String SET_KIND = "SELECT outcome, user_version, status FROM set_account_kind($1, $2)";

    private final Database database;
    private final Bus bus;
    private final AccountStore accounts;
    private final AccessTokens tokens;

    Operations(Database database, Bus bus, AccountStore accounts, AccessTokens tokens) {
        this.database = database;
        this.bus = bus;
        this.accounts = accounts;
        this.tokens = tokens;
    }

    /** Makes those who do not exist; who exists is not changed. */
    Future<ProvisionedUsers> provision(ProvisionUsers asked) {
        requireFew(asked.users());
        List<List<FieldError>> errors = new ArrayList<>();
        List<NewUser> fit = new ArrayList<>();
        for (NewUser user : asked.users()) {
            List<FieldError> found = AccountRules.person(user.username(), user.displayName(), user.email());
            errors.add(found);
            if (found.isEmpty()) {
                fit.add(user);
            }
        }
        return accounts.tenant(asked.where().host(), asked.where().tenant())
                .compose(tenant -> database.query(PROVISION, people(tenant, fit)))
                .map(rows -> provisioned(asked.users(), errors, rows));
    }

    private static Tuple people(UUID tenant, List<NewUser> users) {
        return Tuple.of(tenant)
                .addArrayOfUUID(users.stream().map(user -> Ids.next()).toArray(UUID[]::new))
                .addArrayOfString(column(users, NewUser::username))
                .addArrayOfString(column(users, NewUser::email))
                .addArrayOfString(column(users, user -> user.email() == null ? null : AccountRules.fold(user.email())))
                .addArrayOfString(column(users, user -> AccountRules.tidy(user.displayName())))
                .addArrayOfString(column(users, user -> AccountRules.words(AccountRules.tidy(user.displayName()))))
                .addArrayOfString(column(users, user -> Objects.requireNonNullElse(user.kind(), "user")));
    }

    private static @Nullable String[] column(List<NewUser> users, Function<NewUser, @Nullable String> value) {
        return users.stream().map(value).toArray(String[]::new);
    }

    private static ProvisionedUsers provisioned(
            List<NewUser> asked, List<List<FieldError>> errors, Iterable<Row> rows) {
        var made = rows.iterator();
        List<ProvisionedUser> items = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            String username = asked.get(i).username();
            UUID id = errors.get(i).isEmpty() ? made.next().getUUID("id") : null;
            items.add(new ProvisionedUser(id, username, id != null ? null : reason(errors.get(i))));
        }
        return new ProvisionedUsers(items);
    }

    private static ItemError reason(List<FieldError> errors) {
        return ItemError.of(errors.isEmpty() ? AppError.of(ErrorCode.EMAIL_TAKEN) : AppError.invalid(errors));
    }

    Future<IssuedTokens> issueTokens(IssueTokens asked) {
        requireFew(asked.users());
        return accounts.active(asked.users())
                .compose(tenants -> Future.all(asked.users().stream()
                        .map(user -> token(user, tenants.get(user)))
                        .toList()))
                .map(all -> new IssuedTokens(all.<IssuedToken>list()));
    }

    private Future<IssuedToken> token(UUID user, @Nullable UUID tenant) {
        return tenant == null
                ? Future.succeededFuture(new IssuedToken(user, null, null, ItemError.of(AppError.notFound())))
                : tokens.issue(tenant, user, null)
                        .map(token -> new IssuedToken(user, token, tokens.lifeSeconds(), null));
    }

    /** Sessions hear of it at once, by the bus; what the bus loses they find in the journal. */
    Future<Nothing> setStatus(SetStatus asked) {
        return database.query(SET_STATUS, Tuple.of(asked.user(), asked.status()))
                .compose(rows -> statusSet(asked, rows.iterator().next()));
    }

    private Future<Nothing> statusSet(SetStatus asked, Row row) {
        String outcome = row.getString("outcome");
        if (outcome.equals("not_found")) {
            return Future.failedFuture(AppError.notFound());
        }
        if (outcome.equals("ok")) {
            bus.events()
                    .publish(AccountEvents.statusChanged(asked.user(), row.getLong("user_version"), asked.status()));
        }
        return Future.succeededFuture(Nothing.NOTHING);
    }

    /**
     * Holds from its commit on, for it is asked wherever something depends on it. Devices are told, and the nodes, who show
     * him other people than before.
     */
    Future<Nothing> setKind(SetKind asked) {
        return database.query(SET_KIND, Tuple.of(asked.user(), asked.kind()))
                .compose(rows -> kindSet(asked, rows.iterator().next()));
    }

    private Future<Nothing> kindSet(SetKind asked, Row row) {
        switch (row.getString("outcome")) {
            case "not_found" -> throw AppError.notFound();
            case "bot" -> throw AppError.of(ErrorCode.CONFLICT, "A bot stays a bot");
            case "leading" ->
                throw AppError.of(
                        ErrorCode.CONFLICT, "Owners and admins of groups, and of the platform, cannot be guests");
            case "ok" -> {
                UUID user = asked.user();
                bus.events()
                        .publish(AccountEvents.kindChanged(
                                user, row.getLong("user_version"), row.getString("status"), asked.kind()));
                bus.events().publish(new PresenceFrame(List.of(), List.of(new PresenceFrame.Viewer(user, null))));
            }
            default -> {}
        }
        return Future.succeededFuture(Nothing.NOTHING);
    }

    private static void requireFew(List<?> items) {
        if (items.size() > MAX_ITEMS) {
            throw AppError.field("users", "length", "must have at most " + MAX_ITEMS + " items");
        }
    }
}
