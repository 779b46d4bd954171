package io.parley.support.testing.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection over a link: two sockets, and a thread for each direction. */
final class Conduit {
    private static final int CONNECT_MS = 5_000;
    private static final int BUFFER = 32 * 1024;
    private static final int DIRECTIONS = 2;

    private final Link link;
    private final Socket near;
    private final Socket far = new Socket();
    private final AtomicInteger ended = new AtomicInteger();

    private Conduit(Link link, Socket near) {
        this.link = link;
        this.near = near;
    }

    /** Serves an accepted connection until it ends; blocks. */
    static void serve(Link link, Socket accepted, InetSocketAddress target) {
        Conduit conduit = new Conduit(link, accepted);
        if (link.enter(conduit)) {
            conduit.run(target);
        } else {
            conduit.reset();
        }
    }

    private void run(InetSocketAddress target) {
        try {
            link.awaitConnect(this);
            // From where the connection came, so that the target sees who it is.
            far.bind(new InetSocketAddress(near.getInetAddress(), 0));
            far.connect(target, CONNECT_MS);
            far.setTcpNoDelay(true);
            near.setTcpNoDelay(true);
        } catch (IOException nobodyThere) {
            reset();
            return;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            reset();
            return;
        }
        Thread.startVirtualThread(() -> carry(far, near, false));
        carry(near, far, true);
    }

    private void carry(Socket from, Socket to, boolean forth) {
        try {
            byte[] buffer = new byte[BUFFER];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                link.awaitPassage(this, forth);
                out.write(buffer, 0, length);
            }
            link.awaitPassage(this, forth);
            to.shutdownOutput();
            if (ended.incrementAndGet() == DIRECTIONS) {
                close();
            }
        } catch (IOException broken) {
            resetWhenHeard(forth);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            reset();
        }
    }

    /** That one side is gone is news as well, which a link that is held does not tell. */
    private void resetWhenHeard(boolean forth) {
        try {
            link.awaitPassage(this, forth);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        reset();
    }

    /** Ends it as a process that dies does: the peers get a reset. */
    void reset() {
        try {
            near.setSoLinger(true, 0);
            far.setSoLinger(true, 0);
        } catch (IOException closedAlready) {
            // Then there is nothing to reset.
        }
        close();
    }

    private void close() {
        try (near;
                far) {
            link.leave(this);
        } catch (IOException gone) {
            // It is closed all the same.
        }
    }
}
