package io.parley.features.presence;

import io.parley.bus.Nothing;
import io.parley.features.presence.PresenceActions.Choose;
import io.parley.features.presence.PresenceEvents.Seen;
import io.parley.server.session.Caller;
import io.parley.server.session.SessionHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Presence over the WebSocket. */
final class PresenceCommands {
    private final PresenceLoop loop;

    private PresenceCommands(PresenceLoop loop) {
        this.loop = loop;
    }

    static void mount(SessionHost host, PresenceLoop loop) {
        PresenceCommands commands = new PresenceCommands(loop);
        host.listen(loop);
        host.command("presence.set", NewStatus.class, commands::set);
        host.command("presence.watch", WatchList.class, commands::watch);
    }

    record NewStatus(String status) {}

    record WatchList(List<UUID> users, @Nullable Boolean add) {}

    /** How those stand who were named. */
    record People(List<Seen> users) {}

    private Future<Nothing> set(Caller caller, NewStatus command) {
        loop.requireSetting(caller);
        if (command.status().equals(Status.AWAY.word())) {
            loop.away(caller);
            return Future.succeededFuture(Nothing.NOTHING);
        }
        Choose choose = PresenceRules.choose(caller.principal(), command.status());
        loop.online(caller);
        return caller.bus()
                .ask(PresenceActions.CHOOSE, choose)
                .compose(choice -> caller.bus().ask(PresenceActions.APPLY, choice));
    }

    private Future<People> watch(Caller caller, WatchList command) {
        return loop.watch(caller, command.users(), Boolean.TRUE.equals(command.add()))
                .map(People::new);
    }
}
