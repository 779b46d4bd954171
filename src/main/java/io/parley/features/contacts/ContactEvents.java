package io.parley.features.contacts;

import io.parley.features.contacts.ContactActions.Block;
import io.parley.features.contacts.ContactActions.Contact;
import io.parley.features.contacts.ContactActions.ContactRequest;
import io.parley.features.contacts.ContactChanges.Told;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of contacts, requests and blocks, as finished frames. Each is for all devices of one person. */
public final class ContactEvents {
    public static final String CONTACT_ADDED = "contact.added";
    public static final String CONTACT_REMOVED = "contact.removed";
    public static final String REQUEST_ADDED = "contactRequest.added";
    public static final String REQUEST_REMOVED = "contactRequest.removed";
    public static final String BLOCK_ADDED = "block.added";
    public static final String BLOCK_REMOVED = "block.removed";

    private ContactEvents() {}

    private record ContactAdded(String type, long userVersion, Contact contact) {}

    private record RequestAdded(String type, long userVersion, ContactRequest request) {}

    private record RequestRemoved(String type, long userVersion, UUID user, String direction) {}

    private record BlockAdded(String type, long userVersion, Block block) {}

    private record Removed(String type, long userVersion, UUID user) {}

    static Buffer of(Told told) {
        return Json.encode(event(told));
    }

    private static Record event(Told told) {
        String type = told.type();
        long version = told.userVersion();
        UUID user = told.user();
        return switch (type) {
            case CONTACT_ADDED -> new ContactAdded(type, version, new Contact(user, required(told.at())));
            case REQUEST_ADDED ->
                new RequestAdded(
                        type,
                        version,
                        new ContactRequest(user, required(told.direction()), told.message(), required(told.at())));
            case REQUEST_REMOVED -> new RequestRemoved(type, version, user, required(told.direction()));
            case BLOCK_ADDED -> new BlockAdded(type, version, new Block(user, required(told.at())));
            case CONTACT_REMOVED, BLOCK_REMOVED -> new Removed(type, version, user);
            default -> throw new IllegalStateException("no event of contacts: " + type);
        };
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
