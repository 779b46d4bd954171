package io.parley.support.testing.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which of several nodes a client goes to, each time it connects. Asked from any thread. */
@FunctionalInterface
public interface Route {
    /** @param failed where it has just been in vain; null when nothing speaks against any */
    Endpoints next(@Nullable Endpoints failed);

    /** There is only one. */
    static Route to(Endpoints only) {
        return failed -> only;
    }

    /** Any of those that there are at the time, by chance; not the one that failed if there is another. */
    static Route among(Supplier<List<Endpoints>> nodes) {
        return failed -> {
            List<Endpoints> others = new ArrayList<>(nodes.get());
            if (others.size() > 1) {
                others.remove(failed);
            }
            return others.get(ThreadLocalRandom.current().nextInt(others.size()));
        };
    }

    /** This one as long as it has not just failed, then another way. */
    default Route after(Supplier<Endpoints> home) {
        return failed -> home.get().equals(failed) ? next(failed) : home.get();
    }
}
