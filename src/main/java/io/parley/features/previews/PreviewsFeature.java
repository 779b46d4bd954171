package io.parley.features.previews;

import io.parley.bus.Nothing;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessageChange;
import io.parley.features.messages.MessageEvents;
import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.outbound.DnsNames;
import io.parley.server.outbound.OutboundPolicy;
import io.parley.server.outbound.WebFetcher;
import io.parley.server.persistence.Lane;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.sqlclient.Tuple;
import java.util.Set;
import java.util.UUID;

/** Link previews: what they hand to each host. */
public final class PreviewsFeature implements Feature {
    private static final int MOST_BYTES = 512 * 1024;
    private static final int MOST_REDIRECTS = 3;
    private static final long MOST_MS = 10_000;
    private static final long STEP_MS = 500;
    private static final long TIDY_MS = 60_000;

    private final Config.Previews config;
    private final OutboundPolicy policy;
    private final WebFetcher.Terms terms;
    private final Metrics metrics;

    public PreviewsFeature(Config config, Metrics metrics) {
        this.config = config.previews();
        this.metrics = metrics;
        this.policy = new OutboundPolicy(
                config.previews().ports().stream().map(Integer::valueOf).toList(),
                config.previews().allowHosts(),
                config.previews().denyHosts(),
                config.previews().privateNetworks());
        this.terms = new WebFetcher.Terms(
                userAgent(config),
                Set.of("text/html", "application/xhtml+xml"),
                Set.of("image/"),
                MOST_BYTES,
                MOST_REDIRECTS,
                MOST_MS);
    }

    private static String userAgent(Config config) {
        if (!config.previews().userAgent().isEmpty()) {
            return config.previews().userAgent();
        }
        String home = config.http().publicUrl();
        return "Parley/1.0 (link previews" + (home.isEmpty() ? "" : "; +" + home) + ")";
    }

    @Override
    public void persistence(PersistenceHost host) {
        MessageChange<PreviewActions.Attach> attach = new MessageChange<>(
                host.bus(),
                "previews.attach",
                "attach_previews($1, $2, $3)",
                asked -> Tuple.of(asked.tenant(), asked.conversation(), asked.message()),
                (asked, message) -> MessageEvents.updated(message, null));
        MessageChange<MessageActions.Change> remove = new MessageChange<>(
                host.bus(),
                "previews.remove",
                "remove_previews($1, $2, $3, $4)",
                asked -> Tuple.of(asked.tenant(), asked.conversation(), asked.actor(), asked.message()),
                (asked, message) -> MessageEvents.updated(message, asked.actor()));
        host.answerInLane(PreviewActions.ATTACH, asked -> submit(host.lane(), attach, asked));
        host.answerInLane(PreviewActions.REMOVE, asked -> submit(host.lane(), remove, asked));
    }

    private static <C extends MessageChange.Asked> Future<Nothing> submit(Lane lane, MessageChange<C> kind, C asked) {
        return lane.submit(kind, asked).map(result -> switch (result.outcome()) {
            case "ok", "unchanged" -> Nothing.NOTHING;
            case "not_found" -> throw AppError.notFound();
            case "forbidden" -> throw AppError.of(ErrorCode.FORBIDDEN);
            default -> throw new IllegalStateException("unknown outcome " + result.outcome());
        });
    }

    @Override
    public void operations(OperationHost host) {
        host.operation("removePreviews", PreviewsFeature::remove);
    }

    private static Future<Answer> remove(Call call) {
        UUID conversation = call.id("conversationId");
        MessageActions.Change asked = new MessageActions.Change(
                call.principal().tenant(), call.principal().user(), conversation, call.id("messageId"));
        return call.bus().ask(PreviewActions.REMOVE, conversation, asked).map(done -> Answer.noContent());
    }

    /** A follower that has lost its place makes nothing anew: what it has missed is too old for a preview. */
    @Override
    public void jobs(JobsHost host) {
        LinkFollower follower = new LinkFollower(host.database(), policy, config.enabled(), metrics);
        host.follow("link-previews", follower::apply, Future::succeededFuture);
        WantedLinks links = new WantedLinks(host.database());
        Wishes wishes = new Wishes(host.database());
        Fetching fetching = new Fetching(
                host.vertx(),
                host.bus(),
                links,
                wishes,
                new WebFetcher(
                        host.vertx(),
                        new HttpClientOptions(),
                        new DnsNames(host.vertx(), new DnsClientOptions()),
                        policy,
                        terms),
                new Circuit(System::nanoTime),
                metrics);
        host.every("link previews", STEP_MS, config.enabled() ? fetching::step : fetching::attachReady);
        host.onceEvery("link-previews-tidy", TIDY_MS, () -> wishes.giveUp().compose(done -> links.forget()));
    }
}
