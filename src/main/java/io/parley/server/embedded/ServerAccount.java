package io.parley.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The account PostgreSQL's programs run under, as they refuse to run as root: the words put before their commands, and
 * who has to own their files.
 *
 * <p>Root gives them a user namespace of their own, in which they have no name and no rights, while their files stay
 * root's. Where the kernel or a container forbids that, they run as nobody and the files become nobody's.
 */
record ServerAccount(int fileOwner, List<String> prefix) {

    private static final int UNCHANGED = -1;
    private static final int ROOT = 0;
    private static final int NOBODY_ID = 65534;

    /** The node's own, when that is not root's. */
    static final ServerAccount OWN = new ServerAccount(UNCHANGED, List.of());

    static final ServerAccount NAMESPACE = new ServerAccount(ROOT, List.of("unshare", "--user"));

    static final ServerAccount NOBODY = new ServerAccount(
            NOBODY_ID, List.of("setpriv", "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups"));

    /** The first that works on this machine. */
    static ServerAccount choose() throws IOException, EmbeddedException {
        if (!isRoot()) {
            return OWN;
        }
        if (NAMESPACE.works()) {
            return NAMESPACE;
        }
        if (NOBODY.works()) {
            return NOBODY;
        }
        throw new EmbeddedException("PostgreSQL does not run as root, and neither unshare nor setpriv can help it here:"
                + " start the node as another user");
    }

    private static boolean isRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) && uid(self) == ROOT;
    }

    private static int uid(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid");
    }

    private boolean works() {
        try {
            List<String> notRoot = command(List.of("sh", "-c", "test \"$(id -u)\" -ne 0"));
            return new ProcessBuilder(notRoot)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            // There is no such program here.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The command that runs the given one under this account. */
    List<String> command(List<String> command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(command);
        return words;
    }

    /**
     * Gives a directory and all in it to this account, when it is another's: a volume may have been used on a machine
     * where another account was the first to work.
     */
    void own(Path directory) throws IOException {
        if (fileOwner == UNCHANGED || uid(directory) == fileOwner) {
            return;
        }
        // The directory itself comes last, so that a run that was cut short is seen and done again.
        for (Path path : FileTree.contentsFirst(directory)) {
            Files.setAttribute(path, "unix:uid", fileOwner, LinkOption.NOFOLLOW_LINKS);
        }
        if (fileOwner != ROOT) {
            letThrough(directory.resolveSibling("."));
        }
    }

    private static void letThrough(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        Files.setPosixFilePermissions(directory, permissions);
    }
}
