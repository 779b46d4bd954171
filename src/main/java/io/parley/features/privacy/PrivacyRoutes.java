package io.parley.features.privacy;

import io.parley.features.privacy.PrivacyActions.Change;
import io.parley.features.privacy.PrivacyActions.Get;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What a person lets others see, over REST and the WebSocket. */
final class PrivacyRoutes {
    private PrivacyRoutes() {}

    static void mount(OperationHost host) {
        host.operation("getPrivacy", PrivacyRoutes::get);
        host.operation("changePrivacy", PrivacyRoutes::change);
    }

    record Wanted(
            @Nullable Boolean readReceipts,
            @Nullable String lastSeen,
            @Nullable String contactRequests,
            @Nullable String groupAdds) {}

    private static Future<Answer> get(Call call) {
        Principal caller = call.principal();
        return call.bus()
                .ask(PrivacyActions.GET, new Get(caller.tenant(), caller.user()))
                .map(Answer::ok);
    }

    private static Future<Answer> change(Call call) {
        Principal caller = call.principal();
        Wanted wanted = call.body(Wanted.class);
        Change change = new Change(
                caller.tenant(),
                caller.user(),
                wanted.readReceipts(),
                wanted.lastSeen(),
                wanted.contactRequests(),
                wanted.groupAdds());
        return call.bus().ask(PrivacyActions.CHANGE, change).map(Answer::ok);
    }
}
