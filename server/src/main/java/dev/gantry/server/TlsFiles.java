package dev.gantry.server;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.ClientCertificates;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and the key that the server shows, read from their files again when these change: new connections get a
 * renewed certificate within seconds, those that are open stay. Files that do not fit together, as between two steps of a
 * renewal, change nothing until they do. The certificate, which is no secret, also lies in the data directory, where
 * commands on this machine find it and trust it. Thread-safe.
 */
final class TlsFiles implements AutoCloseable {
    /** Nothing older: every client of the last years speaks it. */
    static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

    /** In the data directory. */
    static final String COPY = "server.crt";

    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final ServerSettings.Tls files;
    private final Optional<ClientCertificates> clients;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private byte @Nullable [] used;
    private byte @Nullable [] refused;
    private volatile @Nullable String trouble;

    /**
     * Follows files.
     *
     * @param clients whoever knows the certificates of clients; empty if none are asked for
     */
    TlsFiles(ServerSettings.Tls files, Optional<ClientCertificates> clients) {
        this.files = files;
        this.clients = clients;
    }

    /** Returns why the certificate in use is not the one in the files, for a person; null while it is. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Says how a server is to speak TLS. */
    void configure(HttpServerOptions options) {
        options.setSsl(true).setEnabledSecureTransportProtocols(PROTOCOLS).setKeyCertOptions(read());
        clients.ifPresent(asked ->
                options.setClientAuth(clientAuth(asked)).setTrustOptions(TrustOptions.wrap(asked.trustManager())));
    }

    private ServerSSLOptions renewed(byte[] certificate, byte[] key) {
        ServerSSLOptions options = new ServerSSLOptions();
        options.setKeyCertOptions(options(certificate, key)).setEnabledSecureTransportProtocols(PROTOCOLS);
        clients.ifPresent(asked -> {
            options.setClientAuth(clientAuth(asked));
            options.setTrustOptions(TrustOptions.wrap(asked.trustManager()));
        });
        return options;
    }

    /** Without being required, any certificate is taken at first, and told in words why it does not count. */
    private static ClientAuth clientAuth(ClientCertificates asked) {
        return asked.required() ? ClientAuth.REQUIRED : ClientAuth.REQUEST;
    }

    /**
     * Reads both files.
     *
     * @throws GantryException if one cannot be read, or they do not belong together
     */
    synchronized PemKeyCertOptions read() {
        byte[] certificate = bytes(files.certificate(), "certificate");
        byte[] key = bytes(files.key(), "key");
        try {
            TlsKeyCheck.requirePair(certificate, key);
        } catch (GeneralSecurityException unusable) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The certificate and the key of server.tls cannot be used: " + unusable.getMessage(),
                    unusable);
        }
        used = both(certificate, key);
        return options(certificate, key);
    }

    private static PemKeyCertOptions options(byte[] certificate, byte[] key) {
        return new PemKeyCertOptions().setCertValue(Buffer.buffer(certificate)).setKeyValue(Buffer.buffer(key));
    }

    private static byte[] both(byte[] certificate, byte[] key) {
        byte[] both = Arrays.copyOf(certificate, certificate.length + key.length);
        System.arraycopy(key, 0, both, certificate.length, key.length);
        return both;
    }

    private static byte[] bytes(Path file, String what) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The file of server.tls." + what + " cannot be read: " + unreadable.getMessage(),
                    unreadable);
        }
    }

    /** Gives a server the certificate of the day, from now on. */
    void follow(HttpServer server) {
        servers.add(server);
    }

    /** Begins to look at the files; puts the certificate into the data directory. */
    TlsFiles watch(Path dataDirectory) {
        copy(dataDirectory);
        Thread.ofVirtual().name("gantry-tls-files").start(() -> run(dataDirectory));
        return this;
    }

    private void copy(Path dataDirectory) {
        try {
            Files.write(dataDirectory.resolve(COPY), bytes(files.certificate(), "certificate"));
        } catch (IOException | GantryException failure) {
            LOG.warn("Commands on this machine will not know the certificate: {}", failure.getMessage());
        }
    }

    private void run(Path dataDirectory) {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look(dataDirectory);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look(Path dataDirectory) throws InterruptedException {
        byte[] now = null;
        try {
            byte[] certificate = bytes(files.certificate(), "certificate");
            byte[] key = bytes(files.key(), "key");
            now = both(certificate, key);
            if (Arrays.equals(now, used)) {
                trouble = null;
                return;
            }
            if (Arrays.equals(now, refused)) {
                return;
            }
            TlsKeyCheck.requirePair(certificate, key);
            ServerSSLOptions options = renewed(certificate, key);
            for (HttpServer server : servers) {
                server.updateSSLOptions(options.copy(), true)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
            }
            used = now;
            trouble = null;
            copy(dataDirectory);
            LOG.info("New connections get the certificate that {} holds now", files.certificate());
        } catch (InterruptedException stopping) {
            throw stopping;
        } catch (Exception unusable) {
            refused = now;
            String why = String.valueOf(
                    unusable.getCause() == null
                            ? unusable.getMessage()
                            : unusable.getCause().getMessage());
            if (!why.equals(trouble)) {
                trouble = why;
                LOG.warn("The renewed files of server.tls cannot be used, the certificate stays as it was: {}", why);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
