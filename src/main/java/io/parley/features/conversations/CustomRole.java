package io.parley.features.conversations;

import java.util.List;
import java.util.UUID;

/** A named set of permissions that members can be given beside their rank. */
public record CustomRole(UUID id, String name, List<String> permissions) {}
