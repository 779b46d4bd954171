package io.parley.features.contacts;

import io.parley.bus.Action;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What may be asked about finding people by hashes of their phone numbers and mail addresses. */
public final class DiscoveryActions {
    /** What to hash with. */
    public static final Action<Tenant, Salt> SALT = Action.of("discovery.salt", Tenant.class, Salt.class);

    /** Who goes with some hashes; fails with {@code conflict} for a salt that is over, and {@code rate_limited}. */
    public static final Action<Discover, Discovered> DISCOVER =
            Action.of("discovery.discover", Discover.class, Discovered.class);

    private DiscoveryActions() {}

    public record Tenant(UUID tenant) {}

    /**
     * @param salt in base64url
     * @param expiresAt it is taken until then at least
     */
    public record Salt(UUID id, String salt, Instant expiresAt) {}

    /** @param hashes in base64url */
    public record Discover(UUID tenant, UUID user, UUID salt, List<String> hashes) {}

    public record Discovered(List<Match> items) {}

    /** @param hash as it was asked for */
    public record Match(String hash, UUID user) {}
}
