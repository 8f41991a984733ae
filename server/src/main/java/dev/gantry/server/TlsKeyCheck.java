package dev.gantry.server;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out whether a private key belongs to a certificate: one signs, the other verifies. */
final class TlsKeyCheck {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] SAMPLE = "gantry".getBytes(StandardCharsets.US_ASCII);

    private TlsKeyCheck() {}

    /**
     * Insists that they belong together. A key in another form than PKCS #8 is not looked at.
     *
     * @throws GeneralSecurityException if they do not, or one of them cannot be read
     */
    static void requirePair(byte[] certificatePem, byte[] keyPem) throws GeneralSecurityException {
        Certificate certificate =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(certificatePem))
                        .stream()
                        .findFirst()
                        .orElseThrow(() -> new GeneralSecurityException("the certificate's file holds no certificate"));
        Matcher key = PKCS8.matcher(new String(keyPem, StandardCharsets.ISO_8859_1));
        if (key.find() && !belongs(certificate.getPublicKey(), key.group(1))) {
            throw new InvalidKeyException("the key is not that of the certificate");
        }
    }

    private static boolean belongs(PublicKey shown, String base64) throws GeneralSecurityException {
        PrivateKey key = KeyFactory.getInstance(shown.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
        Signature signature = Signature.getInstance(
                switch (shown.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> shown.getAlgorithm();
                });
        signature.initSign(key);
        signature.update(SAMPLE);
        byte[] signed = signature.sign();
        signature.initVerify(shown);
        signature.update(SAMPLE);
        return signature.verify(signed);
    }
}
