package dev.gantry.e2e;

import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A connection on which anything can be sent, of HTTP or not. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MS = (int) Eventually.PATIENCE.toMillis();

    private final Socket socket;

    Wire(URI url) throws IOException {
        socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
    }

    /** Sends text; that the other side has closed already is no failure, since its answer may still be read. */
    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        } catch (SocketException closed) {
            // What matters is the answer.
        }
        return this;
    }

    /** Reads until the other side closes. */
    String readAll() throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8_192];
        try {
            for (int read = socket.getInputStream().read(buffer);
                    read >= 0;
                    read = socket.getInputStream().read(buffer)) {
                text.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException reset) {
            // The other side closed while it had unread bytes of ours; what it said before counts.
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
