package io.parley.features.devices;

import io.parley.features.devices.Connections.Connected;
import io.parley.features.devices.DeviceActions.DeviceSession;
import io.parley.features.devices.DeviceActions.End;
import io.parley.features.devices.DeviceActions.EndAll;
import io.parley.features.devices.DeviceActions.Logins;
import io.parley.features.devices.DeviceActions.Of;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on one's own log-ins. */
final class DeviceRoutes {
    private final Connections connections;

    private DeviceRoutes(Connections connections) {
        this.connections = connections;
    }

    /** Never more than a page. */
    private record Sessions(List<DeviceSession> items) {}

    static void register(OperationHost host, Connections connections) {
        host.operation("listSessions", new DeviceRoutes(connections)::list);
        host.operation("endSession", DeviceRoutes::end);
        host.operation("endSessions", DeviceRoutes::endAll);
    }

    private Future<Answer> list(Call call) {
        Principal who = call.principal();
        Future<Logins> logins = call.bus().ask(DeviceActions.LIST, new Of(who.tenant(), who.user()));
        Future<Connected> connected = connections.of(call.bus(), who.tenant(), who.user());
        return Future.all(logins, connected)
                .map(both -> Answer.ok(sessions(
                        logins.result(), connected.result(), who.origin().login())));
    }

    private static Sessions sessions(Logins logins, Connected connected, @Nullable UUID current) {
        return new Sessions(logins.items().stream()
                .map(login -> login.seen(current, connected.has(login.id())))
                .toList());
    }

    private static Future<Answer> end(Call call) {
        Principal who = call.principal();
        End end = new End(who.tenant(), who.user(), call.id("sessionId"));
        return call.bus().ask(DeviceActions.END, end).map(done -> Answer.noContent());
    }

    /** Who keeps the session of a token of no log-in keeps all such tokens: nothing tells them apart. */
    private static Future<Answer> endAll(Call call) {
        Principal who = call.principal();
        boolean keeping = call.flag("keepCurrent");
        UUID login = who.origin().login();
        EndAll end = new EndAll(who.tenant(), who.user(), keeping ? login : null, !keeping || login != null);
        return call.bus().ask(DeviceActions.END_ALL, end).map(done -> Answer.noContent());
    }
}
