package io.parley.features.directory;

import io.parley.features.directory.DirectoryActions.Search;
import io.parley.server.Feature;
import io.parley.server.auth.Principal;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.persistence.PersistenceHost;
import io.vertx.core.Future;

/** The door plate of the directory, with its one operation. */
public final class DirectoryFeature implements Feature {
    private static final long DEFAULT_LIMIT = 50;

    @Override
    public void persistence(PersistenceHost host) {
        host.answer(DirectoryActions.SEARCH, new DirectoryStore(host.database())::search);
    }

    @Override
    public void operations(OperationHost host) {
        host.operation("searchDirectory", DirectoryFeature::search);
    }

    private static Future<Answer> search(Call call) {
        Principal caller = call.principal();
        if (call.query("q").isPresent()) {
            call.limits().search(caller);
        }
        Search asked = new Search(
                caller.tenant(),
                caller.user(),
                call.query("q").orElse(null),
                call.number("limit").orElse(DEFAULT_LIMIT).intValue(),
                call.query("cursor").orElse(null));
        return call.bus().ask(DirectoryActions.SEARCH, asked).map(Answer::ok);
    }
}
