package dev.gantry.saml;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this server signs its messages with, and what providers encrypt for it.
 *
 * @param key RSA or elliptic curve; only an RSA key decrypts
 * @param certificate of the same key, as providers are told it
 */
public record OwnKey(PrivateKey key, X509Certificate certificate) {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final int RSA_BITS_MIN = 2_048;
    private static final int EC_BITS_MIN = 256;
    private static final byte[] SAMPLE = "gantry".getBytes(StandardCharsets.US_ASCII);

    /** Insists on both. */
    public OwnKey {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(certificate, "certificate");
    }

    /**
     * Reads both.
     *
     * @param keyPem PKCS #8, not encrypted
     * @param certificatePem X.509
     * @throws IllegalArgumentException if they cannot be read or do not belong together
     */
    public static OwnKey read(String keyPem, byte[] certificatePem) {
        X509Certificate certificate = certificates(certificatePem).getFirst();
        Matcher matcher = PKCS8.matcher(keyPem);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the key is not PEM in PKCS #8 (BEGIN PRIVATE KEY)");
        }
        try {
            PrivateKey key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1))));
            OwnKey own = new OwnKey(key, certificate);
            var signer = own.algorithm().signature();
            signer.initSign(key);
            signer.update(SAMPLE);
            if (!own.algorithm().verify(certificate.getPublicKey(), SAMPLE, signer.sign())) {
                throw new InvalidKeyException("it is not that of the certificate");
            }
            return own;
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw new IllegalArgumentException("the key cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    /**
     * Reads certificates.
     *
     * @throws IllegalArgumentException if there is none, or one whose key is too weak
     */
    static List<X509Certificate> certificates(byte[] pem) {
        try {
            List<X509Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (all.isEmpty()) {
                throw new IllegalArgumentException("there is no certificate (BEGIN CERTIFICATE)");
            }
            all.forEach(certificate -> requireStrong(certificate.getPublicKey()));
            return all;
        } catch (CertificateException malformed) {
            throw new IllegalArgumentException("the certificate cannot be read", malformed);
        }
    }

    private static void requireStrong(PublicKey key) {
        boolean strong = switch (key) {
            case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= RSA_BITS_MIN;
            case ECPublicKey curve -> curve.getParams().getOrder().bitLength() >= EC_BITS_MIN;
            default -> false;
        };
        if (!strong) {
            throw new IllegalArgumentException("the certificate's key is too weak; use RSA of " + RSA_BITS_MIN
                    + " bits or more, or an elliptic curve of " + EC_BITS_MIN);
        }
    }

    SignatureAlgorithm algorithm() {
        return certificate.getPublicKey() instanceof RSAPublicKey
                ? SignatureAlgorithm.RSA_SHA256
                : SignatureAlgorithm.ECDSA_SHA256;
    }

    boolean decrypts() {
        return certificate.getPublicKey() instanceof RSAPublicKey;
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "OwnKey of " + certificate.getSubjectX500Principal();
    }
}
