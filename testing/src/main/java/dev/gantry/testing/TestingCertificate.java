package dev.gantry.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** A key with a certificate that it signed itself, made in the process. */
public record TestingCertificate(KeyPair keys, X509Certificate certificate) {
    private static final ASN1ObjectIdentifier SHA256_WITH_RSA = new ASN1ObjectIdentifier("1.2.840.113549.1.1.11");
    private static final ASN1ObjectIdentifier SHA256_WITH_ECDSA = new ASN1ObjectIdentifier("1.2.840.10045.4.3.2");

    private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2049-12-31T00:00:00Z");

    /** Makes one for RSA. */
    public static TestingCertificate rsa(String name, int bits) {
        return make("RSA", bits, "SHA256withRSA", SHA256_WITH_RSA, name);
    }

    /** Makes one for the curve P-256. */
    public static TestingCertificate ec(String name) {
        return make("EC", 256, "SHA256withECDSA", SHA256_WITH_ECDSA, name);
    }

    private static TestingCertificate make(
            String kind, int bits, String algorithm, ASN1ObjectIdentifier identifier, String name) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            generator.initialize(bits);
            KeyPair keys = generator.generateKeyPair();
            AlgorithmIdentifier signed = new AlgorithmIdentifier(identifier);
            V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
            content.setSerialNumber(new ASN1Integer(BigInteger.ONE));
            content.setSignature(signed);
            content.setIssuer(new X500Name("CN=" + name));
            content.setSubject(new X500Name("CN=" + name));
            content.setStartDate(new Time(Date.from(FROM)));
            content.setEndDate(new Time(Date.from(UNTIL)));
            content.setSubjectPublicKeyInfo(
                    SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
            TBSCertificate body = content.generateTBSCertificate();
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(keys.getPrivate());
            signer.update(body.getEncoded());
            byte[] der =
                    new DERSequence(new ASN1Encodable[] {body, signed, new DERBitString(signer.sign())}).getEncoded();
            return new TestingCertificate(keys, (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the certificate as operators have it in files. */
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the key as operators have it in files (PKCS #8). */
    public String keyPem() {
        return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }
}
