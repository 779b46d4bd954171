package io.parley.server.jobs;

import java.util.UUID;

/** A conversation that changed: all its versions in [fromVersion, toVersion] were committed together. */
public record JournalEntry(UUID tenant, UUID conversation, long fromVersion, long toVersion) {}
