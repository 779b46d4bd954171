package io.parley.features.accounts;

import io.parley.features.accounts.AccountActions.Discoverable;
import io.parley.features.accounts.AccountActions.NewDiscoverable;
import io.parley.features.accounts.AccountActions.Profile;
import io.parley.features.accounts.AccountActions.User;
import io.parley.server.persistence.Database;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads and writes single accounts: {@code users} with {@code credentials}, and {@code external_identities}. */
final class AccountStore {
    private static final String FIND_TENANT = "SELECT find_tenant($1, $2) AS tenant";

    /** Either the person and the password are stored, or there is no row: a name is taken. */
    private static final String REGISTER = """
            WITH person AS (
                INSERT INTO users (tenant_id, id, username, username_folded, email, email_folded, display_name, words)
                VALUES ($1, $2, $3, $4, $5, $6, $7, name_words($4, $8))
                ON CONFLICT DO NOTHING
                RETURNING *
            ), password AS (
                INSERT INTO credentials (tenant_id, user_id, password_hash) SELECT tenant_id, id, $9 FROM person
            )
            SELECT id, username, display_name, email, kind, created_at, phone, discoverable_by_phone, discoverable_by_email
              FROM person
            """;

    private static final String HAS_USERNAME = "SELECT FROM users WHERE tenant_id = $1 AND username_folded = $2";

    private static final String FIND_BY_USERNAME = """
            SELECT u.id, u.username, u.display_name, u.email, u.kind, u.created_at, u.phone, u.discoverable_by_phone,
                   u.discoverable_by_email, u.status, c.password_hash
              FROM users u LEFT JOIN credentials c ON c.tenant_id = u.tenant_id AND c.user_id = u.id
             WHERE u.tenant_id = $1 AND u.username_folded = $2 AND u.status <> 'deleted'
            """;

    private static final String FIND_BY_EMAIL = """
            SELECT u.id, u.username, u.display_name, u.email, u.kind, u.created_at, u.phone, u.discoverable_by_phone,
                   u.discoverable_by_email, u.status, c.password_hash
              FROM users u LEFT JOIN credentials c ON c.tenant_id = u.tenant_id AND c.user_id = u.id
             WHERE u.tenant_id = $1 AND u.email_folded = $2 AND u.status <> 'deleted'
            """;

    private static final String GET = """
            SELECT id, username, display_name, email, kind, created_at, phone, discoverable_by_phone, discoverable_by_email
              FROM users WHERE tenant_id = $1 AND id = $3 AND knows($1, $2, $3)
            """;

    private static final String UPDATE = """
            UPDATE users
               SET display_name = coalesce($3, display_name),
                   words = CASE WHEN $3::text IS NULL THEN words ELSE name_words(username_folded, $4) END,
                   phone = CASE WHEN $5::text IS NULL THEN phone ELSE nullif($5, '') END,
                   discoverable_by_phone = coalesce($6, discoverable_by_phone),
                   discoverable_by_email = coalesce($7, discoverable_by_email)
             WHERE tenant_id = $1 AND id = $2
            RETURNING id, username, display_name, email, kind, created_at, phone, discoverable_by_phone,
                      discoverable_by_email
            """;

    private static final String EXTERNAL = "SELECT external_user($1, $2, $3, $4, $5, $6, $7, $8, $9) AS user_id";

    private static final String ACTIVE = """
            SELECT u.tenant_id, u.id
              FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.status = 'active'
             WHERE u.id = ANY ($1) AND u.status = 'active'
            """;

    private final Database database;

    AccountStore(Database database) {
        this.database = database;
    }

    /** Somebody who wants to log in; {@code passwordHash} is null when he has no password. */
    record Candidate(User user, boolean active, @Nullable String passwordHash) {}

    /** Fails with {@code validation_failed} when there is no such tenant or it is not active. */
    Future<UUID> tenant(@Nullable String host, @Nullable String slug) {
        return database.query(FIND_TENANT, Tuple.of(host, slug)).compose(rows -> {
            UUID tenant = rows.iterator().next().getUUID("tenant");
            return tenant == null
                    ? Future.failedFuture(AppError.field("tenant", "unknown", "is not a tenant of this server"))
                    : Future.succeededFuture(tenant);
        });
    }

    /** Fails with {@code username_taken} or {@code email_taken}. */
    Future<User> register(UUID tenant, AccountActions.Register asked, String passwordHash) {
        String folded = AccountRules.fold(asked.username());
        String displayName = AccountRules.tidy(asked.displayName());
        Tuple person = Tuple.of(tenant, Ids.next(), asked.username(), folded, asked.email())
                .addString(AccountRules.fold(asked.email()))
                .addString(displayName)
                .addString(AccountRules.words(displayName))
                .addString(passwordHash);
        return database.query(REGISTER, person)
                .compose(rows -> first(rows)
                        .map(row -> Future.succeededFuture(user(row, true)))
                        .orElseGet(() -> taken(tenant, folded)));
    }

    private Future<User> taken(UUID tenant, String username) {
        return database.query(HAS_USERNAME, Tuple.of(tenant, username))
                .compose(rows -> Future.failedFuture(
                        AppError.of(rows.size() > 0 ? ErrorCode.USERNAME_TAKEN : ErrorCode.EMAIL_TAKEN)));
    }

    /** Finds by username or, what has an @, by mail address. */
    Future<Optional<Candidate>> candidate(UUID tenant, String login) {
        String sql = login.indexOf('@') < 0 ? FIND_BY_USERNAME : FIND_BY_EMAIL;
        return database.query(sql, Tuple.of(tenant, AccountRules.fold(login)))
                .map(rows -> first(rows)
                        .map(row -> new Candidate(
                                user(row, true),
                                "active".equals(row.getString("status")),
                                row.getString("password_hash"))));
    }

    /** Also people who are not active any more, whose messages remain; fails with {@code not_found}. */
    Future<User> get(AccountActions.GetUser asked) {
        boolean self = asked.viewer().equals(asked.user());
        return database.query(GET, Tuple.of(asked.tenant(), asked.viewer(), asked.user()))
                .compose(rows -> found(first(rows).map(row -> user(row, self))));
    }

    /** Fails with {@code validation_failed}. */
    Future<User> update(AccountActions.UpdateMe asked) {
        Profile profile = asked.profile();
        AccountRules.require(AccountRules.profile(profile));
        String name = profile.displayName() == null ? null : AccountRules.tidy(profile.displayName());
        NewDiscoverable discoverable = profile.discoverable();
        Tuple changes = Tuple.of(asked.tenant(), asked.user())
                .addString(name)
                .addString(name == null ? null : AccountRules.words(name))
                .addString(profile.phone() == null ? null : AccountRules.bare(profile.phone()))
                .addBoolean(discoverable == null ? null : discoverable.phone())
                .addBoolean(discoverable == null ? null : discoverable.email());
        return database.query(UPDATE, changes).compose(rows -> found(first(rows).map(row -> user(row, true))));
    }

    /** Who this person is here, made if he is new; empty when none of the names is free. */
    Future<Optional<UUID>> external(UUID tenant, String issuer, String subject, ExternalNames names) {
        Tuple person = Tuple.of(tenant, issuer, subject, Ids.next())
                .addArrayOfString(names.usernames().toArray(String[]::new))
                .addString(names.email())
                .addString(names.email() == null ? null : AccountRules.fold(names.email()))
                .addString(names.displayName())
                .addString(AccountRules.words(names.displayName()));
        return database.query(EXTERNAL, person)
                .map(rows -> Optional.ofNullable(rows.iterator().next().getUUID("user_id")));
    }

    /** Those of the people who are active, with their tenants. */
    Future<Map<UUID, UUID>> active(List<UUID> people) {
        return database.query(ACTIVE, Tuple.tuple().addArrayOfUUID(people.toArray(UUID[]::new)))
                .map(rows -> {
                    Map<UUID, UUID> tenants = new HashMap<>();
                    rows.forEach(row -> tenants.put(row.getUUID("id"), row.getUUID("tenant_id")));
                    return tenants;
                });
    }

    private static Future<User> found(Optional<User> user) {
        return user.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(AppError.notFound()));
    }

    static Optional<Row> first(RowSet<Row> rows) {
        Iterator<Row> each = rows.iterator();
        return each.hasNext() ? Optional.of(each.next()) : Optional.empty();
    }

    /** @param self whether all may be seen */
    static User user(Row row, boolean self) {
        return new User(
                row.getUUID("id"),
                row.getString("username"),
                row.getString("display_name"),
                self ? row.getString("email") : null,
                row.getString("kind"),
                row.getOffsetDateTime("created_at").toInstant(),
                self ? row.getString("phone") : null,
                self
                        ? new Discoverable(
                                row.getBoolean("discoverable_by_phone"), row.getBoolean("discoverable_by_email"))
                        : null);
    }
}
