package dev.gantry.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Sends events as messages of RFC 5424 with the event's JSON as their text, facility 13 (log audit), severity 6, or 4 when
 * something was denied or blocked. Over TCP (RFC 6587) and TLS (RFC 5425) each message is preceded by its length; a
 * connection carries one delivery, and the receiver's closing of it says that everything was read.
 */
final class SyslogSink implements AuditSink {
    private static final int TIMEOUT_MS = 10_000;
    private static final int PRIORITY = 13 * 8 + 6;
    private static final int PRIORITY_REFUSED = 13 * 8 + 4;
    private static final int DATAGRAM_MAX = 65_000;
    private static final int NAME_MAX = 32;
    private static final int HOST_MAX = 255;

    private final String host;
    private final int port;
    private final SinkSettings.Transport transport;
    private final SSLContext trust;

    SyslogSink(String address, SinkSettings.Transport transport, SSLContext trust) {
        int colon = address.lastIndexOf(':');
        this.host = address.substring(0, colon);
        this.port = Integer.parseInt(address.substring(colon + 1));
        this.transport = transport;
        this.trust = trust;
    }

    @Override
    public void deliver(String delivery, List<AuditEvent> events) throws IOException {
        switch (transport) {
            case UDP -> datagrams(events);
            case TCP -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
                    send(socket, events);
                }
            }
            case TLS -> {
                try (Socket plain = new Socket()) {
                    plain.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
                    plain.setSoTimeout(TIMEOUT_MS);
                    try (SSLSocket socket =
                            (SSLSocket) trust.getSocketFactory().createSocket(plain, host, port, true)) {
                        SSLParameters parameters = socket.getSSLParameters();
                        parameters.setEndpointIdentificationAlgorithm("HTTPS");
                        socket.setSSLParameters(parameters);
                        socket.startHandshake();
                        send(socket, events);
                    }
                }
            }
        }
    }

    private static void send(Socket socket, List<AuditEvent> events) throws IOException {
        socket.setSoTimeout(TIMEOUT_MS);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (AuditEvent event : events) {
            byte[] message = message(event);
            frames.writeBytes((message.length + " ").getBytes(StandardCharsets.US_ASCII));
            frames.writeBytes(message);
        }
        socket.getOutputStream().write(frames.toByteArray());
        socket.shutdownOutput();
        try {
            while (socket.getInputStream().read() >= 0) {
                // A receiver has nothing to say; whatever it sends is no refusal.
            }
        } catch (SocketTimeoutException keptOpen) {
            // It acknowledged the bytes as TCP does, and does not close; there is nothing more to learn.
        }
    }

    private void datagrams(List<AuditEvent> events) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (AuditEvent event : events) {
                byte[] message = message(event);
                int length = Math.min(message.length, DATAGRAM_MAX);
                socket.send(new DatagramPacket(message, length, new InetSocketAddress(host, port)));
            }
        }
    }

    /** {@code <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG}; the mark before MSG says UTF-8. */
    static byte[] message(AuditEvent event) {
        boolean refused = event.result() == AuditResult.DENIED || event.result() == AuditResult.BLOCKED;
        return ("<" + (refused ? PRIORITY_REFUSED : PRIORITY) + ">1 " + event.timestamp() + " "
                        + name(event.metadata().node(), HOST_MAX) + " "
                        + name(event.metadata().service(), 48) + " - "
                        + name(event.eventType(), NAME_MAX) + " - \uFEFF" + event.toCanonicalJson())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Returns a name as the header allows it: visible ASCII of a bounded length, or a hyphen for none. */
    private static String name(String text, int lengthMax) {
        String visible = text.replaceAll("[^!-~]", "_");
        String cut = visible.length() > lengthMax ? visible.substring(0, lengthMax) : visible;
        return cut.isEmpty() ? "-" : cut;
    }
}
