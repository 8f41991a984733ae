package dev.gantry.signin;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What TLS asks about the certificates of clients. Where one is required, a certificate that does not count ends the handshake.
 * Otherwise the connection goes on, and each of its requests is refused with a reason that the client can read, which TLS
 * has no words for; {@link ClientCertificates} judges each certificate again in any case.
 */
final class HandshakeTrust extends X509ExtendedTrustManager {
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
            throw refusal;
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
