package io.parley.features.settings;

import io.parley.features.settings.SettingsActions.Change;
import io.parley.features.settings.SettingsActions.Pin;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** A person's own settings over REST and the WebSocket. */
final class SettingsRoutes {
    private SettingsRoutes() {}

    static void mount(OperationHost host) {
        host.operation("changeOwnSettings", SettingsRoutes::change);
        host.operation("pinConversations", SettingsRoutes::pin);
    }

    record Pinned(List<UUID> conversations) {}

    private static Future<Answer> change(Call call) {
        Principal caller = call.principal();
        Change change = new Change(
                caller.tenant(),
                caller.user(),
                call.id("conversationId"),
                call.request().body());
        return call.bus().ask(SettingsActions.CHANGE, change).map(settings -> Answer.ok(settings.all()));
    }

    private static Future<Answer> pin(Call call) {
        Principal caller = call.principal();
        Pin pin =
                new Pin(caller.tenant(), caller.user(), call.body(Pinned.class).conversations());
        return call.bus().ask(SettingsActions.PIN, pin).map(done -> Answer.noContent());
    }
}
