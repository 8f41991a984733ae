package dev.gantry.kernel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * A file with certificates of authorities of the operator's own, which count instead of those that come with Java. What goes wrong is an {@link
 * IOException} that says in words for the operator which file cannot be used and why.
 */
public final class AuthorityFile {
    private AuthorityFile() {}

    /**
     * Returns what makes connections to servers whose certificates these authorities signed.
     *
     * @param file with certificates in PEM form
     */
    public static SSLContext context(Path file) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(file), null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has TLS", impossible);
        }
    }

    /**
     * Returns what believes certificates that these authorities signed, for those who make connections themselves.
     *
     * @param file with certificates in PEM form
     */
    public static TrustManager[] managers(Path file) throws IOException {
        return managers(file, certificates(file));
    }

    /**
     * Returns what believes certificates that these authorities signed, for those who have read the file already.
     *
     * @param file where the text is from
     * @param pem all of its text
     */
    public static TrustManager[] managers(Path file, byte[] pem) throws IOException {
        try (InputStream text = new ByteArrayInputStream(pem)) {
            return managers(file, certificates(file, text));
        }
    }

    private static TrustManager[] managers(Path file, List<Certificate> certificates) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust.getTrustManagers();
        } catch (GeneralSecurityException unusable) {
            throw new IOException(file + ": " + unusable.getMessage(), unusable);
        }
    }

    /**
     * Returns the certificates of a file, of which there is at least one.
     *
     * @param file with certificates in PEM form
     */
    public static List<Certificate> certificates(Path file) throws IOException {
        InputStream pem;
        try {
            pem = Files.newInputStream(file);
        } catch (IOException unreadable) {
            throw new IOException(file + ": " + FileProblem.of(unreadable), unreadable);
        }
        try (pem) {
            return certificates(file, pem);
        }
    }

    private static List<Certificate> certificates(Path file, InputStream pem) throws IOException {
        List<Certificate> certificates;
        try {
            certificates = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(pem));
        } catch (GeneralSecurityException unusable) {
            throw new IOException(file + ": it holds something else than certificates in PEM form", unusable);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + ": it holds no certificate in PEM form");
        }
        return certificates;
    }
}
