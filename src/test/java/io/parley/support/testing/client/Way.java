package io.parley.support.testing.client;

import io.vertx.core.Future;

/** How a client gets its events. */
public enum Way {
    SOCKET {
        @Override
        Future<Transport> open(ClientHost host, Endpoints node, Transport.Listener listener) {
            return SocketTransport.open(host.sockets(), node.websocket(), listener);
        }
    },

    /** Server-sent events; commands go over REST. */
    STREAM {
        @Override
        Future<Transport> open(ClientHost host, Endpoints node, Transport.Listener listener) {
            return Future.succeededFuture(new StreamTransport(host, node, listener));
        }
    },

    /** Long polling; commands go over REST. */
    POLL {
        @Override
        Future<Transport> open(ClientHost host, Endpoints node, Transport.Listener listener) {
            return Future.succeededFuture(new PollTransport(host, node, listener));
        }
    };

    abstract Future<Transport> open(ClientHost host, Endpoints node, Transport.Listener listener);
}
