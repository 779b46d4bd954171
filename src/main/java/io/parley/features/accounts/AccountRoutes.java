package io.parley.features.accounts;

import io.parley.bus.Nothing;
import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.GetUser;
import io.parley.features.accounts.AccountActions.IssueTokens;
import io.parley.features.accounts.AccountActions.LogIn;
import io.parley.features.accounts.AccountActions.LogOut;
import io.parley.features.accounts.AccountActions.NewUser;
import io.parley.features.accounts.AccountActions.Profile;
import io.parley.features.accounts.AccountActions.ProvisionUsers;
import io.parley.features.accounts.AccountActions.Refresh;
import io.parley.features.accounts.AccountActions.Register;
import io.parley.features.accounts.AccountActions.SearchUsers;
import io.parley.features.accounts.AccountActions.SetKind;
import io.parley.features.accounts.AccountActions.SetStatus;
import io.parley.features.accounts.AccountActions.UpdateMe;
import io.parley.features.accounts.AccountActions.Where;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on accounts, each a question to the persistence side. */
final class AccountRoutes {
    private static final long DEFAULT_LIMIT = 50;

    private AccountRoutes() {}

    private record RegisterBody(
            String username,
            String email,
            String password,
            String displayName,
            @Nullable Device device,
            @Nullable String tenant) {
        @Override
        public String toString() {
            return "RegisterBody[" + username + "]";
        }
    }

    private record LogInBody(
            String login,
            String password,
            @Nullable Device device,
            @Nullable String tenant) {
        @Override
        public String toString() {
            return "LogInBody[]";
        }
    }

    private record RefreshBody(String refreshToken) {
        @Override
        public String toString() {
            return "RefreshBody[]";
        }
    }

    private record ProvisionBody(List<NewUser> users) {}

    private record StatusBody(String status) {}

    private record KindBody(String kind) {}

    static void register(OperationHost host) {
        host.operation("register", AccountRoutes::register);
        host.operation("login", AccountRoutes::logIn);
        host.operation("refresh", AccountRoutes::refresh);
        host.operation(
                "logout",
                call -> call.bus()
                        .ask(AccountActions.LOG_OUT, call.body(LogOut.class))
                        .map(AccountRoutes::done));

        host.operation("getMe", call -> get(call, call.principal().user()));
        host.operation("getUser", call -> get(call, call.id("userId")));
        host.operation("updateMe", AccountRoutes::updateMe);
        host.operation("searchUsers", AccountRoutes::search);

        host.operation("provisionUsers", AccountRoutes::provision);
        host.operation(
                "issueTokens",
                call -> call.bus()
                        .ask(AccountActions.ISSUE_TOKENS, call.body(IssueTokens.class))
                        .map(Answer::ok));
        host.operation("setUserStatus", AccountRoutes::setStatus);
        host.operation("setUserKind", AccountRoutes::setKind);
    }

    private static Future<Answer> register(Call call) {
        RegisterBody body = call.body(RegisterBody.class);
        Register register = new Register(
                new Where(call.host(), body.tenant()),
                body.username(),
                body.email(),
                body.password(),
                body.displayName(),
                new Client(body.device(), call.address()));
        return call.bus().ask(AccountActions.REGISTER, register).map(Answer::created);
    }

    private static Future<Answer> logIn(Call call) {
        LogInBody body = call.body(LogInBody.class);
        LogIn logIn = new LogIn(
                new Where(call.host(), body.tenant()),
                body.login(),
                body.password(),
                new Client(body.device(), call.address()));
        return call.bus().ask(AccountActions.LOG_IN, logIn).map(Answer::ok);
    }

    private static Future<Answer> refresh(Call call) {
        Refresh refresh = new Refresh(call.body(RefreshBody.class).refreshToken(), call.address());
        return call.bus().ask(AccountActions.REFRESH, refresh).map(Answer::ok);
    }

    private static Future<Answer> get(Call call, UUID user) {
        Principal caller = call.principal();
        GetUser get = new GetUser(caller.tenant(), caller.user(), user);
        return call.bus().ask(AccountActions.GET_USER, get).map(Answer::ok);
    }

    private static Future<Answer> updateMe(Call call) {
        Principal caller = call.principal();
        UpdateMe update = new UpdateMe(caller.tenant(), caller.user(), call.body(Profile.class));
        return call.bus().ask(AccountActions.UPDATE_ME, update).map(Answer::ok);
    }

    private static Future<Answer> search(Call call) {
        SearchUsers search = new SearchUsers(
                call.principal().tenant(),
                call.principal().user(),
                call.query("q").orElse(null),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(AccountActions.SEARCH_USERS, search).map(Answer::ok);
    }

    private static Future<Answer> provision(Call call) {
        ProvisionUsers provision = new ProvisionUsers(
                new Where(call.host(), null), call.body(ProvisionBody.class).users());
        return call.bus().ask(AccountActions.PROVISION_USERS, provision).map(Answer::ok);
    }

    private static Future<Answer> setStatus(Call call) {
        SetStatus set =
                new SetStatus(call.id("userId"), call.body(StatusBody.class).status());
        return call.bus().ask(AccountActions.SET_STATUS, set).map(AccountRoutes::done);
    }

    private static Future<Answer> setKind(Call call) {
        SetKind set = new SetKind(call.id("userId"), call.body(KindBody.class).kind());
        return call.bus().ask(AccountActions.SET_KIND, set).map(AccountRoutes::done);
    }

    private static Answer done(Nothing nothing) {
        return Answer.noContent();
    }
}
