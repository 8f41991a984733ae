package dev.gantry.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Certificates of authorities of the operator's own, instead of those that come with Java. */
public final class TrustedAuthorities {
    private TrustedAuthorities() {}

    /**
     * Returns what makes connections to servers whose certificates these authorities signed.
     *
     * @param file with certificates in PEM form
     * @throws IOException if the file cannot be read or holds no certificate; in words for the operator
     */
    public static SSLSocketFactory of(Path file) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(file), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException impossible) {
            throw new IOException("TLS cannot be used", impossible);
        }
    }

    /**
     * Returns what believes certificates that these authorities signed, for those who make connections themselves.
     *
     * @param file with certificates in PEM form
     * @throws IOException if the file cannot be read or holds no certificate; in words for the operator
     */
    public static TrustManager[] managers(Path file) throws IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            if (store.size() == 0) {
                throw new IOException(file + " holds no certificate in PEM form");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust.getTrustManagers();
        } catch (GeneralSecurityException unusable) {
            throw new IOException(file + " holds something else than certificates in PEM form", unusable);
        }
    }
}
