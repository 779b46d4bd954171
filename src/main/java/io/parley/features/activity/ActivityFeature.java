package io.parley.features.activity;

import io.parley.server.Feature;
import io.parley.server.jobs.JobsHost;

/** The door plate of activity: the first follower of the journal. */
public final class ActivityFeature implements Feature {
    @Override
    public void jobs(JobsHost host) {
        ActivityProjection projection = new ActivityProjection(host.database());
        host.follow("conversation-activity", projection::apply, projection::rebuild);
    }
}
