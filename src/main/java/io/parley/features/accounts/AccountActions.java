package io.parley.features.accounts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.bus.Action;
import io.parley.bus.Nothing;
import io.parley.server.auth.Device;
import io.parley.server.auth.Origin;
import io.parley.support.AppError;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked about accounts; answered beside the database. Records with secrets print without them. */
public final class AccountActions {
    public static final Action<Register, SignedIn> REGISTER =
            Action.of("accounts.register", Register.class, SignedIn.class);
    public static final Action<LogIn, SignedIn> LOG_IN = Action.of("accounts.logIn", LogIn.class, SignedIn.class);
    public static final Action<Refresh, SignedIn> REFRESH =
            Action.of("accounts.refresh", Refresh.class, SignedIn.class);
    public static final Action<LogOut, Nothing> LOG_OUT = Action.of("accounts.logOut", LogOut.class, Nothing.class);
    public static final Action<GetUser, User> GET_USER = Action.of("accounts.get", GetUser.class, User.class);
    public static final Action<UpdateMe, User> UPDATE_ME = Action.of("accounts.update", UpdateMe.class, User.class);
    public static final Action<SearchUsers, Users> SEARCH_USERS =
            Action.of("accounts.search", SearchUsers.class, Users.class);
    public static final Action<ProvisionUsers, ProvisionedUsers> PROVISION_USERS =
            Action.of("accounts.provision", ProvisionUsers.class, ProvisionedUsers.class);
    public static final Action<IssueTokens, IssuedTokens> ISSUE_TOKENS =
            Action.of("accounts.issueTokens", IssueTokens.class, IssuedTokens.class);
    public static final Action<SetStatus, Nothing> SET_STATUS =
            Action.of("accounts.setStatus", SetStatus.class, Nothing.class);
    public static final Action<SetKind, Nothing> SET_KIND = Action.of("accounts.setKind", SetKind.class, Nothing.class);

    /** Whether a token still lets a person in; asked at every authentication and answered many at once. */
    public static final Action<Token, TokenState> TOKEN_STATE =
            Action.of("accounts.tokenState", Token.class, TokenState.class);

    /** Who a person of a trusted issuer is here; makes the account on first use. */
    public static final Action<ExternalPerson, Account> EXTERNAL_PERSON =
            Action.of("accounts.external", ExternalPerson.class, Account.class);

    private AccountActions() {}

    /** How the tenant is found: by host name, else by slug, else it is the default one. */
    public record Where(String host, @Nullable String tenant) {}

    /**
     * What a log-in comes from.
     *
     * @param device as the client describes it
     * @param address of the network, for limiting attempts; only a part of it is kept
     */
    public record Client(@Nullable Device device, String address) {}

    public record Register(
            Where where, String username, String email, String password, String displayName, Client client) {
        @Override
        public String toString() {
            return "Register[" + where + ", " + username + "]";
        }
    }

    /** @param login username or mail address */
    public record LogIn(Where where, String login, String password, Client client) {
        @Override
        public String toString() {
            return "LogIn[" + where + "]";
        }
    }

    /** @param address of the network, of which only a part is kept */
    public record Refresh(String refreshToken, String address) {
        @Override
        public String toString() {
            return "Refresh[]";
        }
    }

    public record LogOut(String refreshToken) {
        @Override
        public String toString() {
            return "LogOut[]";
        }
    }

    /**
     * @param user null in the answer to a refresh
     * @param expiresIn life of the access token, in seconds
     */
    public record SignedIn(@Nullable User user, String accessToken, String refreshToken, int expiresIn) {
        @Override
        public String toString() {
            return "SignedIn[" + user + "]";
        }
    }

    /**
     * The last two and the mail address are null for everybody but the person himself.
     *
     * @param email also null when there is none
     * @param phone also null when there is none
     */
    public record User(
            UUID id,
            String username,
            String displayName,
            @Nullable String email,
            String kind,
            Instant createdAt,
            @Nullable String phone,
            @Nullable Discoverable discoverable) {}

    /** Whether people who have his number or address find him by it. */
    public record Discoverable(boolean phone, boolean email) {}

    /** @param viewer who asks; about himself he is told more */
    public record GetUser(UUID tenant, UUID viewer, UUID user) {}

    /** Fields that are null stay as they are. */
    public record UpdateMe(UUID tenant, UUID user, Profile profile) {}

    /** @param phone empty: none any more */
    public record Profile(
            @Nullable String displayName,
            @Nullable String phone,
            @Nullable NewDiscoverable discoverable) {}

    public record NewDiscoverable(
            @Nullable Boolean phone, @Nullable Boolean email) {}

    /**
     * @param viewer who asks
     * @param q beginnings of words of the name, all of which must be found; null: everybody
     * @param cursor the {@code next} of the page before
     */
    public record SearchUsers(
            UUID tenant,
            UUID viewer,
            @Nullable String q,
            int limit,
            @Nullable String cursor) {}

    public record Users(
            List<User> items,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String next) {}

    /** @param kind user, guest or bot; null: user */
    public record NewUser(
            String username,
            String displayName,
            @Nullable String email,
            @Nullable String kind) {
        public NewUser(String username, String displayName, @Nullable String email) {
            this(username, displayName, email, null);
        }
    }

    public record ProvisionUsers(Where where, List<NewUser> users) {}

    public record ProvisionedUsers(List<ProvisionedUser> items) {}

    /** Has either an id or an error. */
    public record ProvisionedUser(
            @Nullable UUID id, String username, @Nullable ItemError error) {}

    /** Why one of many could not be done. */
    public record ItemError(String code, String detail) {
        static ItemError of(AppError error) {
            return new ItemError(error.code().word(), error.detail());
        }
    }

    public record IssueTokens(List<UUID> users) {}

    public record IssuedTokens(List<IssuedToken> items) {}

    /** Has either a token or an error. */
    public record IssuedToken(
            UUID user,
            @Nullable String accessToken,
            @Nullable Integer expiresIn,
            @Nullable ItemError error) {
        @Override
        public String toString() {
            return "IssuedToken[" + user + "]";
        }
    }

    /** @param status active or suspended */
    public record SetStatus(UUID user, String status) {}

    /** @param kind user or guest */
    public record SetKind(UUID user, String kind) {}

    public record Account(UUID tenant, UUID user) {}

    /** A token that is valid by itself. */
    public record Token(UUID tenant, UUID user, Origin origin) {}

    /**
     * @param holds the account is active, and the token was not ended
     * @param device of the token's log-in, as far as it is known
     */
    public record TokenState(boolean holds, @Nullable Device device) {}

    /**
     * @param tenant slug
     * @param username what he would like to be called
     */
    public record ExternalPerson(
            String tenant,
            String issuer,
            String subject,
            @Nullable String username,
            @Nullable String name,
            @Nullable String email) {}
}
