package io.parley.features.conversations;

import java.util.UUID;

/** Who is in a conversation, in short. */
public record MemberName(UUID user, String role) {}
