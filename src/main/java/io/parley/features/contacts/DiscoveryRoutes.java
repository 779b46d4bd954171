package io.parley.features.contacts;

import io.parley.features.contacts.DiscoveryActions.Discover;
import io.parley.features.contacts.DiscoveryActions.Salt;
import io.parley.features.contacts.DiscoveryActions.Tenant;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The operations by which people are found. */
final class DiscoveryRoutes {
    private final int hashesPerDay;

    private DiscoveryRoutes(int hashesPerDay) {
        this.hashesPerDay = hashesPerDay;
    }

    /** @param hashesPerDay that one person may ask for */
    static void mount(OperationHost host, int hashesPerDay) {
        host.operation("getDiscoverySalt", new DiscoveryRoutes(hashesPerDay)::salt);
        host.operation("discoverContacts", DiscoveryRoutes::discover);
    }

    record Parameters(UUID id, String salt, String algorithm, Instant expiresAt, int hashesPerDay) {}

    record Question(UUID salt, List<String> hashes) {}

    private Future<Answer> salt(Call call) {
        return call.bus()
                .ask(DiscoveryActions.SALT, new Tenant(call.principal().tenant()))
                .map(salt -> Answer.ok(parameters(salt)));
    }

    private Parameters parameters(Salt salt) {
        return new Parameters(salt.id(), salt.salt(), "sha256", salt.expiresAt(), hashesPerDay);
    }

    private static Future<Answer> discover(Call call) {
        Question asked = call.body(Question.class);
        return call.bus()
                .ask(
                        DiscoveryActions.DISCOVER,
                        new Discover(call.principal().tenant(), call.principal().user(), asked.salt(), asked.hashes()))
                .map(Answer::ok);
    }
}
