package io.parley.features.viewing;

import io.parley.server.session.SessionHost;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Viewing over the WebSocket. */
final class ViewingCommands {
    private ViewingCommands() {}

    record Shown(@Nullable UUID conversation) {}

    record WatchList(List<UUID> conversations) {}

    static void mount(SessionHost host, ViewingLoop loop) {
        host.listen(loop);
        host.command("viewing", Shown.class, (caller, command) -> loop.show(caller, command.conversation()));
        host.command(
                "viewing.watch", WatchList.class, (caller, command) -> loop.watch(caller, command.conversations()));
    }
}
