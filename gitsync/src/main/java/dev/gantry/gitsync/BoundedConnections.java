package dev.gantry.gitsync;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose replies are bounded, and are never compressed, so that no small reply becomes a large one.
 *
 * @param authorities who believes certificates; null for Java's own
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record BoundedConnections(long bytesMax, TrustManager @Nullable [] authorities) implements HttpConnectionFactory {
    private static final String ACCEPT_ENCODING = "Accept-Encoding";
    private static final String CONTENT_ENCODING = "Content-Encoding";

    @Override
    public HttpConnection create(URL url) throws IOException {
        return create(url, Proxy.NO_PROXY);
    }

    @Override
    public HttpConnection create(URL url, Proxy proxy) throws IOException {
        Bounded connection = new Bounded(url, proxy, bytesMax);
        if (authorities != null && url.getProtocol().equals("https")) {
            try {
                connection.configure(null, authorities, null);
            } catch (GeneralSecurityException unusable) {
                throw new IOException("The authorities of git.hosts cannot be used", unusable);
            }
        }
        return connection;
    }

    private static final class Bounded extends JDKHttpConnection {
        private final long bytesMax;

        Bounded(URL url, Proxy proxy, long bytesMax) throws IOException {
            super(url, proxy);
            this.bytesMax = bytesMax;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new BoundedInput(super.getInputStream(), "the server's reply", bytesMax);
        }

        @Override
        public void setRequestProperty(String name, String value) {
            super.setRequestProperty(name, name.equalsIgnoreCase(ACCEPT_ENCODING) ? "identity" : value);
        }

        @Override
        public @Nullable String getHeaderField(String name) {
            return name.equalsIgnoreCase(CONTENT_ENCODING) ? null : super.getHeaderField(name);
        }

        @Override
        public List<String> getHeaderFields(String name) {
            return name.equalsIgnoreCase(CONTENT_ENCODING) ? List.of() : super.getHeaderFields(name);
        }
    }
}
