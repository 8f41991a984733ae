package dev.gantry.signin;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What TLS asks about the certificates of clients. Where one is required, a certificate that does not count ends the handshake.
 * Otherwise the connection goes on, and each of its requests is refused with a reason that the client can read, which TLS
 * has no words for; {@link ClientCertificates} judges each certificate again in any case.
 */
final class HandshakeTrust extends X509ExtendedTrustManager {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeTrust.class);
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
    private final ClientTrust trust;
    private final boolean required;

    HandshakeTrust(ClientTrust trust, boolean required) {
        this.trust = trust;
        this.required = required;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("No certificate was shown");
        }
        CertificateException refusal = required ? trust.judge(List.of(chain)).refusal() : null;
        if (refusal != null) {
            tell(chain[0], refusal);
            throw refusal;
        }
    }

    /** The client learns hardly more than that it failed; the operator can read why, not more than once a second. */
    private void tell(X509Certificate certificate, CertificateException refusal) {
        long now = System.nanoTime();
        long before = toldNanos.get();
        if (now - before >= PAUSE_NANOS && toldNanos.compareAndSet(before, now)) {
            LOG.info(
                    "A connection was refused: its certificate, sha256:{}, {}",
                    CertificateMarks.fingerprint(certificate),
                    refusal.getMessage());
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("This is for clients only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.issuers();
    }
}
