package io.parley.server.embedded;

/** Where the embedded PostgreSQL listens, and the role that owns its database. Prints without the password. */
public record PostgresEndpoint(String host, int port, String database, String user, String password) {

    @Override
    public String toString() {
        return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
    }
}
