package io.parley.features.nodes;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.parley.bus.NodeInfo;
import io.parley.bus.Peers;
import io.parley.server.Feature;
import io.parley.server.NodeActions;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.support.AppError;
import io.parley.support.VerticleKind;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The operator's calls about nodes. */
public final class NodesFeature implements Feature {
    private static final int ACCEPTED = 202;

    private final Peers peers;

    public NodesFeature(Peers peers) {
        this.peers = peers;
    }

    private record Nodes(List<NodeInfo> items) {}

    /** Nothing around the numbers: {@code {"session": 4}}. */
    private record InstancesBody(Map<VerticleKind, Integer> instances) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        InstancesBody {}
    }

    @Override
    public void operations(OperationHost host) {
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
                new NodeActions.Resize(call.body(InstancesBody.class).instances());
        return call.bus()
                .askNode(NodeActions.RESIZE, node.toString(), resize)
                .map(resized -> new Answer(ACCEPTED, resized));
    }
}
