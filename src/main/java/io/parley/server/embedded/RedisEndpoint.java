package io.parley.server.embedded;

/** Where the embedded Redis listens. Prints without the password. */
public record RedisEndpoint(String host, int port, String password) {

    @Override
    public String toString() {
        return "redis://" + host + ":" + port;
    }
}
