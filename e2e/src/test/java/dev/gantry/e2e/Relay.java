package dev.gantry.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A line between two servers that can be cut, or go silent after some connections. */
final class Relay implements AutoCloseable {
    private final ServerSocket entrance;
    private final URI target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean cut;
    private volatile int silentAfter = Integer.MAX_VALUE;

    Relay(URI target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + entrance.getLocalPort();
    }

    /** Returns how many connections there were. */
    int connections() {
        return connections.get();
    }

    /** From now on nobody gets through. */
    void cut() {
        cut = true;
        open.forEach(Relay::end);
    }

    /** From now on everybody gets through. */
    void mend() {
        silentAfter = Integer.MAX_VALUE;
        cut = false;
    }

    /** After so many more connections nothing is answered, though connections are accepted. */
    void silentAfter(int more) {
        silentAfter = connections.get() + more;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                open.add(client);
                boolean silent = connections.incrementAndGet() > silentAfter;
                if (cut) {
                    end(client);
                } else if (!silent) {
                    Thread.ofVirtual().start(() -> forward(client));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void forward(Socket client) {
        try (client;
                Socket server = new Socket(target.getHost(), target.getPort())) {
            open.add(server);
            Thread up = Thread.ofVirtual().start(() -> copy(client, server));
            copy(server, client);
            up.interrupt();
        } catch (IOException gone) {
            end(client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            end(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException unlikely) {
            throw new UncheckedIOException(unlikely);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        open.forEach(Relay::end);
    }
}
