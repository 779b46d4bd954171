package io.parley.server;

import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.persistence.PersistenceHost;
import io.parley.server.presence.PresenceHost;
import io.parley.server.session.SessionHost;

/**
 * The door plate of a room: what a feature hands to each host. Called once per verticle instance on its event loop
 * while it starts; each method only registers and returns at once.
 */
public interface Feature {
    /** Actions answered beside the database. */
    default void persistence(PersistenceHost host) {}

    /** Actions answered beside Redis. */
    default void presence(PresenceHost host) {}

    /** Operations of the OpenAPI document. */
    default void operations(OperationHost host) {}

    /** Commands of the AsyncAPI document. */
    default void session(SessionHost host) {}

    /** Followers of the journal and timed work. */
    default void jobs(JobsHost host) {}
}
