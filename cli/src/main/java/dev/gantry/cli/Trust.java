package dev.gantry.cli;

import dev.gantry.kernel.AuthorityFile;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates a platform may show: those of the JDK's authorities, or what the user or the data folder names; and which one
 * commands show to it.
 */
final class Trust {
    /** Names a PEM file with the certificates of authorities, in place of the JDK's. */
    static final String VARIABLE = "GANTRY_CA_CERT";

    /** Where a server on this machine leaves the certificate it shows. */
    private static final String LOCAL = "server.crt";

    private Trust() {}

    /**
     * Returns what to trust at an address.
     *
     * @param dataDir folder of a platform on this machine, whose own certificate is trusted; null for another platform
     * @return null for what the JDK trusts, and showing nothing
     * @throws CommandFailure if a file that was named cannot be used
     */
    static @Nullable SSLContext at(URI url, Context context, @Nullable Path dataDir) {
        if (!"https".equals(url.getScheme())) {
            return null;
        }
        String named = context.variable(VARIABLE).orElse(null);
        KeyManager[] shown = ClientCertificate.of(context);
        if (named != null) {
            return context(Path.of(named), false, shown);
        }
        Path local = dataDir == null ? null : dataDir.resolve(LOCAL);
        if (local != null && Files.isReadable(local)) {
            return context(local, true, shown);
        }
        return shown == null ? null : usual(shown);
    }

    private static SSLContext usual(KeyManager[] shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, null, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has TLS", impossible);
        }
    }

    private static SSLContext context(Path file, boolean exactly, KeyManager @Nullable [] shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, exactly ? pinned(file) : AuthorityFile.managers(file), null);
            return context;
        } catch (IOException | GeneralSecurityException unusable) {
            throw new CommandFailure(
                    "The certificates cannot be used: " + unusable.getMessage(),
                    exactly ? "" : "The variable " + VARIABLE + " must name a PEM file");
        }
    }

    private static TrustManager[] pinned(Path file) throws IOException {
        return new TrustManager[] {new Pinned(AuthorityFile.certificates(file).getFirst())};
    }

    /** Accepts one certificate, whatever name it is for: a folder that only its owner may write has named it. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final Certificate certificate;

        Pinned(Certificate certificate) {
            this.certificate = certificate;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length == 0 || !chain[0].equals(certificate)) {
                throw new CertificateException("it is not the certificate of the platform on this machine");
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
