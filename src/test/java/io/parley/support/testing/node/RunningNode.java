package io.parley.support.testing.node;

import io.parley.support.testing.client.ClientHost;
import io.parley.support.testing.client.OperatorApi;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives integration tests one node for all of them, started when the first one asks and ended with the last. A test
 * takes a {@link RunningNode.Site} as parameter. Tests that break nodes start their own, see {@link TestNode}.
 */
public final class RunningNode implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(RunningNode.class);

    /** The node, and what clients of it need. */
    public static final class Site implements AutoCloseable {
        private final Path data;
        private final TestNode node;
        private final Vertx vertx;
        private final ClientHost clients;

        private Site(Path data, TestNode node) {
            this.data = data;
            this.node = node;
            this.vertx = Vertx.vertx();
            this.clients = new ClientHost(vertx, node.endpoints());
        }

        public TestNode node() {
            return node;
        }

        public Vertx vertx() {
            return vertx;
        }

        public ClientHost clients() {
            return clients;
        }

        public OperatorApi operator() {
            return new OperatorApi(clients.rest(), node.operatorKey());
        }

        @Override
        public void close() {
            clients.close();
            vertx.close().await();
            node.close();
            delete(data);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Site.class;
    }

    @Override
    public Site resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent(Site.class, first -> begin(), Site.class);
    }

    private static Site begin() {
        try {
            Path data = Files.createTempDirectory("parley-it-");
            return new Site(data, TestNode.start(NodeConfig.on(data)));
        } catch (IOException failed) {
            throw new IllegalStateException("no data directory", failed);
        }
    }

    /** Deletes a data directory; what cannot be deleted is left to the system. */
    public static void delete(Path data) {
        try (Stream<Path> files = Files.walk(data)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException kept) {
            System.err.println("not deleted: " + kept);
        }
    }
}
