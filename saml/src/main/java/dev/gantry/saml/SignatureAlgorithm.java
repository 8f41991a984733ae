package dev.gantry.saml;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The signatures that count (RFC 9231), whatever a message says. Nothing that a shared secret verifies. */
enum SignatureAlgorithm {
    RSA_SHA256("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "SHA256withRSA"),
    RSA_SHA384("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "SHA384withRSA"),
    RSA_SHA512("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "SHA512withRSA"),
    PSS_SHA256("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", "SHA-256"),
    PSS_SHA384("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", "SHA-384"),
    PSS_SHA512("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", "SHA-512"),
    ECDSA_SHA256("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "SHA256withECDSAinP1363Format"),
    ECDSA_SHA384("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "SHA384withECDSAinP1363Format"),
    ECDSA_SHA512("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", "SHA512withECDSAinP1363Format"),
    RSA_SHA1("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "SHA1withRSA");

    private static final String SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    private static final Set<String> DIGESTS = Set.of(
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2001/04/xmldsig-more#sha384",
            "http://www.w3.org/2001/04/xmlenc#sha512");

    private final String uri;
    private final String name;

    SignatureAlgorithm(String uri, String name) {
        this.uri = uri;
        this.name = name;
    }

    String uri() {
        return uri;
    }

    /** Returns the algorithm of an address; empty if it does not count. */
    static Optional<SignatureAlgorithm> of(String uri, boolean sha1) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.uri.equals(uri) && (sha1 || algorithm != RSA_SHA1))
                .findFirst();
    }

    static boolean isDigest(String uri, boolean sha1) {
        return DIGESTS.contains(uri) || (sha1 && uri.equals(SHA1));
    }

    /** Returns what signs or verifies bytes, as the redirect binding does. */
    Signature signature() throws GeneralSecurityException {
        if (!name().startsWith("PSS")) {
            return Signature.getInstance(name);
        }
        Signature signature = Signature.getInstance("RSASSA-PSS");
        int salt = Integer.parseInt(name.substring("SHA-".length())) / 8;
        signature.setParameter(new PSSParameterSpec(name, "MGF1", new MGF1ParameterSpec(name), salt, 1));
        return signature;
    }

    boolean verify(PublicKey key, byte[] bytes, byte[] signed) {
        try {
            Signature signature = signature();
            signature.initVerify(key);
            signature.update(bytes);
            return signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}
