package io.parley.server.embedded;

import java.util.Locale;

/**
 * Which of the bundled programs run on this machine, and a locale of its C library that knows the letters of all
 * scripts. Redis is named by its version, which therefore changes here when the bundle's does.
 */
record Platform(String postgresArchive, String redisServer, String letterLocale) {

    static Platform current() throws EmbeddedException {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String system, String architecture) throws EmbeddedException {
        return switch (family(system) + " " + processor(architecture)) {
            case "linux amd64" ->
                new Platform("postgres-linux-x86_64.txz", "redis-server-6.2.6-v5-linux-amd64", "C.UTF-8");
            case "linux arm64" ->
                new Platform("postgres-linux-arm_64.txz", "redis-server-6.2.7-linux-arm64", "C.UTF-8");
            case "mac amd64" ->
                new Platform("postgres-darwin-x86_64.txz", "redis-server-6.2.6-v5-darwin-amd64", "en_US.UTF-8");
            case "mac arm64" ->
                new Platform("postgres-darwin-arm_64.txz", "redis-server-6.2.6-v5-darwin-arm64", "en_US.UTF-8");
            default ->
                throw new EmbeddedException("embedded servers run on Linux and macOS (x86-64, arm64), not on " + system
                        + " " + architecture);
        };
    }

    private static String family(String system) {
        String name = system.toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "mac" : name;
    }

    private static String processor(String architecture) {
        return switch (architecture) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> architecture;
        };
    }
}
