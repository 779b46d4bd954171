package io.parley.features.accounts;

import io.parley.bus.PersonalFrame;
import io.parley.support.Json;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What sessions are told about their own account. */
public final class AccountEvents {
    public static final String ACCOUNT_UPDATED = "account.updated";

    private AccountEvents() {}

    /**
     * The frame {@code account.updated}.
     *
     * @param kind null: it is as before
     */
    public record AccountUpdated(
            String type,
            long userVersion,
            String status,
            @Nullable String kind) {}

    /** The account's status is another now; unless it is active, this ends the person's sessions. */
    static PersonalFrame statusChanged(UUID user, long userVersion, String status) {
        return new PersonalFrame(
                user,
                userVersion,
                !status.equals("active"),
                Json.encode(new AccountUpdated(ACCOUNT_UPDATED, userVersion, status, null)));
    }

    /** The person is a guest now, or no more. */
    static PersonalFrame kindChanged(UUID user, long userVersion, String status, String kind) {
        return new PersonalFrame(
                user, userVersion, false, Json.encode(new AccountUpdated(ACCOUNT_UPDATED, userVersion, status, kind)));
    }
}
