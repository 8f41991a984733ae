package dev.gantry.audit;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates a sink believes: those of the JDK's authorities, or of the operator's own alone. */
final class SinkTrust {
    private SinkTrust() {}

    /**
     * Returns what connections over TLS are made with.
     *
     * @param authorities file with certificates in PEM form
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file cannot be used
     */
    static SSLContext of(Optional<Path> authorities) {
        try {
            if (authorities.isEmpty()) {
                return SSLContext.getDefault();
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : read(authorities.get())) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException unusable) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The file " + authorities.map(Path::toString).orElse("")
                            + " of a sink's ca_certificate cannot be used: " + unusable.getMessage(),
                    unusable);
        }
    }

    private static Collection<? extends Certificate> read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream pem = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw new IOException("it holds no certificate in PEM form");
            }
            return certificates;
        }
    }
}
