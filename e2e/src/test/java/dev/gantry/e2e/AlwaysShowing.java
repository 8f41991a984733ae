package dev.gantry.e2e;

import dev.gantry.testing.TestingAuthority.Issued;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows one certificate whomever the server trusts, as a hostile client does. */
final class AlwaysShowing extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final Issued issued;

    AlwaysShowing(Issued issued) {
        this.issued = issued;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
        return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
        throw new UnsupportedOperationException("This is for clients only");
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return issued.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return issued.key();
    }
}
