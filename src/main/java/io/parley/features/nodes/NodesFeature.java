package io.parley.features.nodes;

import io.parley.bus.NodeInfo;
import io.parley.bus.Peers;
import io.parley.server.Feature;
import io.parley.server.NodeActions;
import io.parley.server.http.Answer;
import io.parley.server.http.Call;
import io.parley.server.http.HttpHost;
import io.parley.support.AppError;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operator's calls about nodes. */
public final class NodesFeature implements Feature {
    private static final int ACCEPTED = 202;

    private final Peers peers;

    public NodesFeature(Peers peers) {
        this.peers = peers;
    }

    private record Nodes(List<NodeInfo> items) {}

    private record InstancesBody(
            @Nullable Integer http,
            @Nullable Integer session,
            @Nullable Integer persistence,
            @Nullable Integer presence,
            @Nullable Integer jobs) {
        Map<String, Integer> given() {
            Map<String, Integer> given = new HashMap<>();
            put(given, "http", http);
            put(given, "session", session);
            put(given, "persistence", persistence);
            put(given, "presence", presence);
            put(given, "jobs", jobs);
            return given;
        }

        private static void put(Map<String, Integer> given, String kind, @Nullable Integer instances) {
            if (instances != null) {
                given.put(kind, instances);
            }
        }
    }

    @Override
    public void http(HttpHost host) {
        host.operation("listNodes", call -> Future.succeededFuture(Answer.ok(nodes())));
        host.operation("setNodeInstances", this::setInstances);
    }

    private Nodes nodes() {
        return new Nodes(peers.present().stream()
                .sorted(Comparator.comparing(NodeInfo::startedAt))
                .toList());
    }

    private Future<Answer> setInstances(Call call) {
        UUID node = call.id("nodeId");
        if (peers.present().stream().noneMatch(present -> present.id().equals(node.toString()))) {
            throw AppError.notFound();
        }
        NodeActions.Resize resize =
                new NodeActions.Resize(call.body(InstancesBody.class).given());
        return call.bus()
                .askNode(NodeActions.RESIZE, node.toString(), resize)
                .map(resized -> new Answer(ACCEPTED, resized));
    }
}
