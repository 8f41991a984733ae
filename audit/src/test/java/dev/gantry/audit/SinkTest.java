package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.gantry.config.DataSize;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sinks with peers as they really are: slow, closed now and then, or answering with errors. */
class SinkTest {
    private static final UUID ADA = TestingDatabase.newOrganization();

    /** RFC 5424, section 6. */
    private static final Pattern SYSLOG = Pattern.compile(
            "<(\\d{1,3})>1 (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) - \uFEFF(.*)",
            Pattern.DOTALL);

    private static AuditSettings settings(SinkSettings sink) {
        AuditSettings defaults = AuditSettings.defaults();
        return new AuditSettings(
                defaults.retention(),
                defaults.mirrorDirectory(),
                defaults.bulkEvents(),
                defaults.spillAfter(),
                defaults.spillSizeMax(),
                defaults.verifyEvery(),
                Map.of("sink", sink));
    }

    private static SinkSettings sink(
            SinkSettings.Type type,
            @Nullable Path path,
            @Nullable URI url,
            @Nullable String address,
            SinkSettings.Transport transport) {
        return new SinkSettings(
                type,
                Optional.ofNullable(path),
                new DataSize(4_096),
                3,
                Optional.ofNullable(url),
                Optional.of(Secret.of("shared")),
                Optional.ofNullable(address),
                transport,
                Optional.ofNullable(path),
                List.of("model.*"));
    }

    private static AuditEvent[] events(int count) {
        AuditEvent[] events = new AuditEvent[count];
        for (int index = 0; index < count; index++) {
            events[index] = TestingEvents.at(ADA, TestingEvents.START.plusSeconds(index));
        }
        return events;
    }

    private static List<String> ids(AuditEvent[] events) {
        return Arrays.stream(events).map(event -> event.id().toString()).toList();
    }

    /** Writes events after the sink's first look at the log, from which on it delivers. */
    private static void write(TestingAudit audit, AuditEvent... events) throws InterruptedException {
        Eventually.holds(
                "the sink has looked at the log",
                () -> audit.database()
                                .database()
                                .unscoped(handle -> handle.createQuery("SELECT count(*) FROM audit_sinks")
                                        .mapTo(Integer.class)
                                        .one())
                        > 0);
        audit.write(events);
        audit.write(TestingEvents.event(
                ADA, TestingEvents.START, "key.create", "ada@example.com", "keys", AuditResult.SUCCESS, "r"));
        audit.log().checkpoint();
    }

    private static Set<String> receive(BlockingQueue<String> messages, List<String> expected)
            throws InterruptedException {
        Set<String> received = new LinkedHashSet<>();
        while (!received.containsAll(expected)) {
            String message =
                    Eventually.next("event " + received.size() + " of " + expected.size() + " and more", messages);
            received.add(Json.read(message).path("id").asText());
        }
        return received;
    }

    @Test
    void shouldFillAndRotateFiles(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("log/audit.ndjson");
        try (TestingAudit audit = TestingAudit.open(
                settings(sink(SinkSettings.Type.FILE, file, null, null, SinkSettings.Transport.TCP)),
                Clock.systemUTC())) {
            AuditEvent[] events = events(8);
            write(audit, Arrays.copyOf(events, 4));
            awaitLines(folder.resolve("log"), 4);
            write(audit, Arrays.copyOfRange(events, 4, 8));
            List<String> lines = awaitLines(folder.resolve("log"), 8);

            assertThat(lines.stream().map(line -> Json.read(line).path("id").asText()))
                    .containsExactlyInAnyOrderElementsOf(ids(events));
            assertThat(lines).allMatch(line -> line.contains("ada@example.com"));
        }
    }

    private static List<String> awaitLines(Path folder, int count) {
        List<String> lines = new ArrayList<>();
        Eventually.holds(count + " lines are written", () -> {
            lines.clear();
            if (Files.exists(folder)) {
                try (var files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        lines.addAll(Files.readAllLines(file));
                    }
                } catch (java.nio.file.NoSuchFileException rotatedMeanwhile) {
                    lines.clear();
                }
            }
            return lines.size() >= count;
        });
        return lines;
    }

    @Test
    void shouldPostUntilTheServerTakesIt() throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        List<Integer> answers = java.util.Collections.synchronizedList(new ArrayList<>(List.of(500, 429, 200)));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
            String signed = exchange.getRequestHeaders().getFirst("X-Gantry-Delivery") + "."
                    + new String(body, StandardCharsets.UTF_8);
            boolean genuine =
                    exchange.getRequestHeaders().getFirst("X-Gantry-Signature").equals("sha256=" + hmac(signed));
            if (answer == 200 && genuine) {
                new String(body, StandardCharsets.UTF_8).lines().forEach(messages::add);
            }
            exchange.sendResponseHeaders(genuine ? answer : 403, -1);
            exchange.close();
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
        try (TestingAudit audit = TestingAudit.open(
                settings(sink(SinkSettings.Type.WEBHOOK, null, url, null, SinkSettings.Transport.TCP)),
                Clock.systemUTC())) {
            AuditEvent[] events = events(5);
            write(audit, events);

            assertThat(receive(messages, ids(events))).containsExactlyElementsOf(ids(events));
        } finally {
            server.stop(0);
        }
    }

    private static String hmac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("shared".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void shouldSendSyslogOverTcpAndAgainWhenTheReceiverBreaksOff() throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TestingAudit audit = TestingAudit.open(
                        settings(sink(
                                SinkSettings.Type.SYSLOG,
                                null,
                                null,
                                "127.0.0.1:" + server.getLocalPort(),
                                SinkSettings.Transport.TCP)),
                        Clock.systemUTC())) {
            Thread.ofVirtual().start(() -> {
                for (int connection = 0; ; connection++) {
                    try (Socket peer = server.accept()) {
                        if (connection == 0) {
                            peer.setSoLinger(true, 0); // a reset, with everything unread
                        } else {
                            readFrames(peer.getInputStream(), messages);
                        }
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            AuditEvent[] events = events(6);
            write(audit, events);

            assertThat(receive(messages, ids(events))).containsExactlyElementsOf(ids(events));
        }
    }

    /** RFC 5425: the peer's certificate is of an authority of ours, and the first connection is with a stranger. */
    @Test
    void shouldSendSyslogOverTlsOnlyToWhomItBelieves(@TempDir Path folder) throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        AtomicInteger refusals = new AtomicInteger();
        SSLContext ours = identity(folder, "ours");
        SSLContext stranger = identity(folder, "stranger");
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TestingAudit audit = TestingAudit.open(
                        settings(sink(
                                SinkSettings.Type.SYSLOG,
                                folder.resolve("ours.crt"),
                                null,
                                "127.0.0.1:" + server.getLocalPort(),
                                SinkSettings.Transport.TLS)),
                        Clock.systemUTC())) {
            Thread.ofPlatform().daemon().start(() -> {
                for (SSLContext identity = stranger; ; identity = ours) {
                    try (Socket plain = server.accept();
                            SSLSocket peer =
                                    (SSLSocket) identity.getSocketFactory().createSocket(plain, null, true)) {
                        peer.setUseClientMode(false);
                        readFrames(peer.getInputStream(), messages);
                    } catch (SSLException refused) {
                        refusals.incrementAndGet();
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            AuditEvent[] events = events(3);
            write(audit, events);

            assertThat(receive(messages, ids(events))).containsExactlyElementsOf(ids(events));
            assertThat(refusals).hasValue(1);
        }
    }

    /** A server's key and certificate, which lies in a file of its name. */
    private static SSLContext identity(Path folder, String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        char[] password = "password".toCharArray();
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(password))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), password);
        Files.writeString(
                folder.resolve(name + ".crt"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("server").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void shouldSayWhichCertificatesOfASinkCannotBeUsed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "no certificate");

        assertThatThrownBy(() -> SinkTrust.of(Optional.of(file)))
                .isInstanceOf(GantryException.class)
                .hasMessage("A sink's ca_certificate cannot be used: " + file
                        + ": it holds something else than certificates in PEM form");
    }

    /** The worst of peers: it takes the connection and reads nothing, for as long as it likes. */
    @Test
    void shouldNeitherBlockNorLoseAnythingWhileTheReceiverHangs() throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        CountDownLatch enough = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TestingAudit audit = TestingAudit.open(
                        settings(sink(
                                SinkSettings.Type.SYSLOG,
                                null,
                                null,
                                "127.0.0.1:" + server.getLocalPort(),
                                SinkSettings.Transport.TCP)),
                        Clock.systemUTC())) {
            Thread.ofPlatform().daemon().start(() -> {
                try (Socket hanging = server.accept()) {
                    enough.await();
                    hanging.setSoLinger(true, 0);
                } catch (IOException | InterruptedException closed) {
                    return;
                }
                while (true) {
                    try (Socket peer = server.accept()) {
                        readFrames(peer.getInputStream(), messages);
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            AuditEvent[] events = events(600);
            for (int from = 0; from < events.length; from += 50) {
                write(audit, Arrays.copyOfRange(events, from, from + 50));
            }
            AuditFigures.Sink behind = audit.log().figures().sinks().getFirst();
            assertThat(behind.delivered()).isZero();
            assertThat(behind.behind().orElse(0)).isPositive();
            assertThat(messages).isEmpty();

            enough.countDown();

            assertThat(receive(messages, ids(events))).containsAll(ids(events));
        }
    }

    /** RFC 6587, section 3.4.1: the length in octets, a space, the message. */
    private static void readFrames(InputStream in, BlockingQueue<String> messages) throws IOException {
        ByteArrayOutputStream digits = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            if (octet == ' ') {
                byte[] message = in.readNBytes(Integer.parseInt(digits.toString(StandardCharsets.US_ASCII)));
                digits.reset();
                messages.add(parse(new String(message, StandardCharsets.UTF_8)));
            } else {
                digits.write(octet);
            }
        }
    }

    private static String parse(String message) {
        Matcher parts = SYSLOG.matcher(message);
        assertThat(parts.matches()).as(message).isTrue();
        assertThat(parts.group(1)).isEqualTo("110");
        assertThat(parts.group(6)).isEqualTo("model.chat");
        return parts.group(7);
    }

    @Test
    void shouldSendSyslogOverUdp() throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                TestingAudit audit = TestingAudit.open(
                        settings(sink(
                                SinkSettings.Type.SYSLOG,
                                null,
                                null,
                                "127.0.0.1:" + socket.getLocalPort(),
                                SinkSettings.Transport.UDP)),
                        Clock.systemUTC())) {
            Thread.ofVirtual().start(() -> {
                DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                while (!socket.isClosed()) {
                    try {
                        socket.receive(packet);
                        messages.add(
                                parse(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8)));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            AuditEvent[] events = events(3);
            write(audit, events);

            assertThat(receive(messages, ids(events))).containsExactlyElementsOf(ids(events));
        }
    }
}
