package dev.gantry.outbound;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Certificates of authorities of the operator's own, instead of those that come with Java. Their file is followed: what it holds when
 * a server shows its certificate counts, and what it held last as long as it cannot be used.
 */
public final class TrustedAuthorities {
    /** A session that is resumed asks nobody, so that an authority that was taken out counts for as long at most. */
    private static final int RESUMABLE_SECONDS = 60;

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
            context.getClientSessionContext().setSessionTimeout(RESUMABLE_SECONDS);
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
        return new TrustManager[] {new FollowedAuthorities(file)};
    }
}
