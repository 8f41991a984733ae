package dev.gantry.outbound;

import dev.gantry.kernel.AuthorityFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes the certificates that the authorities in a file signed, and looks into the file whenever somebody shows one: so a renewed
 * authority counts at once. While the file cannot be used, those that it had last count. Thread-safe.
 */
final class FollowedAuthorities extends X509ExtendedTrustManager {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedAuthorities.class);
    private static final int BYTES_MAX = 8 * 1024 * 1024;

    private final Path file;
    private byte[] content;
    private byte[] seen;
    private X509ExtendedTrustManager current;

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read or holds no certificate; in words for the operator
     */
    FollowedAuthorities(Path file) throws IOException {
        this.file = file;
        this.content = bytes(file);
        this.seen = content;
        this.current = manager(file, content);
    }

    private static byte[] bytes(Path file) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new IOException(file + " is larger than 8 MiB");
            }
            return bytes;
        }
    }

    private static X509ExtendedTrustManager manager(Path file, byte[] pem) throws IOException {
        for (TrustManager manager : AuthorityFile.managers(file, pem)) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new IOException("This Java cannot check certificates");
    }

    private synchronized X509ExtendedTrustManager current() {
        try {
            byte[] now = bytes(file);
            if (Arrays.equals(now, content)) {
                seen = now;
            } else if (!Arrays.equals(now, seen)) {
                seen = now; // What is unusable is said once.
                current = manager(file, now);
                content = now;
                LOG.info("The authorities in {} were renewed", file);
            }
        } catch (IOException unusable) {
            LOG.warn("The authorities in {} go on as they were: {}", file, unusable.getMessage());
        }
        return current;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        current().checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        current().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        current().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        current().checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        current().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        current().checkClientTrusted(chain, type, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return current().getAcceptedIssuers();
    }
}
