package dev.gantry.database;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between client and server that can be cut. */
final class TestingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean swallowing = new AtomicBoolean();
    private final AtomicInteger passing = new AtomicInteger();
    private final AtomicInteger recovering = new AtomicInteger();
    private volatile boolean cut;

    TestingProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** A proxy before the server of a target. */
    static TestingProxy before(ConnectionTarget target) throws IOException {
        return new TestingProxy(Integer.parseInt(target.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1")));
    }

    /** Returns the target as it is reached through this proxy. */
    ConnectionTarget through(ConnectionTarget target) {
        return new ConnectionTarget(
                target.jdbcUrl().replaceAll(":\\d+/", ":" + listener.getLocalPort() + "/"),
                target.owner(),
                target.application(),
                target.pool());
    }

    /** Breaks all connections and refuses new ones. */
    void cut() {
        cut = true;
        open.forEach(TestingProxy::close);
    }

    /** Lets connections through again. */
    void mend() {
        cut = false;
    }

    /** Passes the next COMMIT on to the server, but breaks the connection instead of passing the answer back. */
    void swallowAnswerOfNextCommit() {
        swallowing.set(true);
    }

    /**
     * Breaks the connection instead of passing a COMMIT on to the server.
     *
     * @param number which one from now on; the first is 1
     */
    void loseCommit(int number) {
        passing.set(number);
    }

    /** Answers the next connections as a server does that recovers. */
    void recover(int connections) {
        recovering.set(connections);
    }

    /** Reads what a client begins with, and refuses it: https://www.postgresql.org/docs/current/protocol-message-formats.html */
    private static void refuse(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(client.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
            int length = in.readInt();
            while (length == 8) {
                // It asks for encryption.
                in.readInt();
                out.write('N');
                length = in.readInt();
            }
            in.readNBytes(length - 4);
            byte[] error = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
                    .getBytes(StandardCharsets.US_ASCII);
            out.write('E');
            out.writeInt(error.length + 4);
            out.write(error);
        } catch (IOException gone) {
            // The client has what it needs.
        }
    }

    /** Returns how many connections are still to be refused. */
    int refusalsLeft() {
        return recovering.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (cut) {
                    client.close();
                } else if (recovering.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    Thread.ofVirtual().start(() -> refuse(client));
                } else {
                    connect(client);
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        open.add(client);
        open.add(server);
        Thread.ofVirtual().start(() -> pump(client, server, true));
        Thread.ofVirtual().start(() -> pump(server, client, false));
    }

    private void pump(Socket from, Socket to, boolean towardsServer) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (towardsServer
                        && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains("COMMIT")
                        && passing.get() > 0
                        && passing.decrementAndGet() == 0) {
                    return;
                }
                // The tag of a successful COMMIT is its answer: it has happened, and the client never hears of it.
                if (!towardsServer
                        && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains("COMMIT")
                        && swallowing.compareAndSet(true, false)) {
                    return;
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException broken) {
            // The other direction ends with this one.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // That is what was wanted.
        }
    }
}
