package io.parley.server.embedded;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks the server programs of the class path, once for each version. */
record Binaries(Path directory) {

    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final int ANY_EXECUTE = 0111;

    static Binaries in(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new Binaries(directory);
    }

    /** The directory with PostgreSQL's {@code bin}, {@code lib} and {@code share}. */
    Path postgres(String archive) throws IOException {
        URLConnection source = resource(archive);
        Path home = directory.resolve("postgres-" + checksum(source));
        if (Files.notExists(home)) {
            Path unfinished = directory.resolve("postgres.unfinished");
            FileTree.delete(unfinished);
            try (InputStream packed = new BufferedInputStream(source.getInputStream());
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed))) {
                unpack(tar, unfinished);
            }
            PrivateFiles.moveDurably(unfinished, home);
        }
        return home;
    }

    /** The Redis server program. */
    Path redis(String program) throws IOException {
        Path file = directory.resolve(program);
        if (Files.notExists(file)) {
            Path unfinished = directory.resolve("redis.unfinished");
            Files.deleteIfExists(unfinished);
            try (InputStream in = resource(program).getInputStream()) {
                Files.copy(in, unfinished);
            }
            Files.setPosixFilePermissions(unfinished, PROGRAM);
            PrivateFiles.moveDurably(unfinished, file);
        }
        return file;
    }

    private static void unpack(TarArchiveInputStream tar, Path target) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = entry.resolveIn(target);
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                continue;
            }
            // An archive may name a directory after the files in it.
            Files.createDirectories(path.resolveSibling("."));
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path);
                if ((entry.getMode() & ANY_EXECUTE) != 0) {
                    Files.setPosixFilePermissions(path, PROGRAM);
                }
            }
        }
    }

    private static URLConnection resource(String name) throws IOException {
        URL url = Binaries.class.getResource("/" + name);
        if (url == null) {
            throw new FileNotFoundException("the class path has no " + name);
        }
        return url.openConnection();
    }

    /** The archive's checksum as its jar knows it: names the version without reading the archive. */
    private static String checksum(URLConnection source) throws IOException {
        return Long.toHexString(((JarURLConnection) source).getJarEntry().getCrc());
    }
}
