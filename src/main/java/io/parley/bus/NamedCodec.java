package io.parley.bus;

import io.vertx.core.eventbus.MessageCodec;

/**
 * A codec of ours, chosen by its name, that passes immutable things by reference inside a node.
 *
 * @param <S> what is sent
 * @param <R> what is received, from another node perhaps as bytes
 */
abstract class NamedCodec<S extends R, R> implements MessageCodec<S, R> {
    private final String name;

    NamedCodec(String name) {
        this.name = name;
    }

    @Override
    public final R transform(S body) {
        return body;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final byte systemCodecID() {
        return -1;
    }
}
