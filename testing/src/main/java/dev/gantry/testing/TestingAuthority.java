package dev.gantry.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** An authority that issues certificates for tests, and takes them back. */
public final class TestingAuthority {
    private static final AlgorithmIdentifier ALGORITHM = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    private final X500Name name;
    private final KeyPair keys;
    private final X509Certificate certificate;
    private final AtomicLong serials = new AtomicLong(1);

    /**
     * A certificate and its key.
     *
     * @param chain the certificate, and those between it and the authority at the top
     */
    public record Issued(List<X509Certificate> chain, PrivateKey key) {
        /** Copies the chain. */
        public Issued {
            chain = List.copyOf(chain);
        }

        /** Returns the certificate itself. */
        public X509Certificate certificate() {
            return chain.getFirst();
        }

        /** Returns the chain in PEM form. */
        public String certificatePem() {
            StringBuilder text = new StringBuilder();
            chain.forEach(each -> text.append(TestingAuthority.pem(each)));
            return text.toString();
        }

        /** Returns the key in PEM form, PKCS #8. */
        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        /** Returns what lets a server show the certificate. */
        public SSLContext context() {
            try {
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                char[] password = "password".toCharArray();
                store.setKeyEntry("server", key, password, chain.toArray(new Certificate[0]));
                KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                own.init(store, password);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(own.getKeyManagers(), null, null);
                return context;
            } catch (GeneralSecurityException | IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /**
     * What a certificate is to say.
     *
     * @param names alternative names, such as {@code dns:a.example.com}, {@code uri:spiffe://example.com/a},
     *     {@code email:a@example.com}, {@code ip:127.0.0.1}
     * @param uses extended key usages; none are left out of the certificate
     */
    public record Wish(List<String> names, List<KeyPurposeId> uses, Instant from, Instant until) {
        /** Copies the lists. */
        public Wish {
            names = List.copyOf(names);
            uses = List.copyOf(uses);
        }

        /** A client's certificate that is good for an hour. */
        public static Wish client(String... names) {
            Instant now = Clock.systemUTC().instant();
            return new Wish(
                    List.of(names),
                    List.of(KeyPurposeId.id_kp_clientAuth),
                    now.minus(Duration.ofMinutes(5)),
                    now.plus(Duration.ofHours(1)));
        }

        /** A server's certificate that is good for an hour. */
        public static Wish server(String... names) {
            return client(names).forUse(KeyPurposeId.id_kp_serverAuth);
        }

        /** Returns the same for other uses. */
        public Wish forUse(KeyPurposeId... others) {
            return new Wish(names, List.of(others), from, until);
        }

        /** Returns the same for another time. */
        public Wish between(Instant first, Instant last) {
            return new Wish(names, uses, first, last);
        }
    }

    private TestingAuthority(X500Name name, KeyPair keys, X509Certificate certificate) {
        this.name = name;
        this.keys = keys;
        this.certificate = certificate;
    }

    /** Makes an authority that nobody vouches for. */
    public static TestingAuthority of(String commonName) {
        try {
            X500Name name = new X500Name("CN=" + commonName);
            KeyPair keys = keys();
            Wish wish = Wish.client().forUse();
            X509Certificate own = issue(name, keys.getPrivate(), name, keys, 1, wish, true);
            return new TestingAuthority(name, keys, own);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Makes an authority that this one vouches for. */
    public TestingAuthority subordinate(String commonName) {
        try {
            X500Name other = new X500Name("CN=" + commonName);
            KeyPair theirs = keys();
            return new TestingAuthority(
                    other,
                    theirs,
                    issue(
                            name,
                            keys.getPrivate(),
                            other,
                            theirs,
                            serials.incrementAndGet(),
                            Wish.client().forUse(),
                            true));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Returns it in PEM form. */
    public String pem() {
        return pem(certificate);
    }

    /** Issues a certificate. */
    public Issued issue(Wish wish) {
        try {
            KeyPair theirs = keys();
            X509Certificate issued = issue(
                    name,
                    keys.getPrivate(),
                    new X500Name("CN=someone"),
                    theirs,
                    serials.incrementAndGet(),
                    wish,
                    false);
            return new Issued(List.of(issued), theirs.getPrivate());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Issues a certificate that comes with this authority's own, which another one vouches for. */
    public Issued issueWithChain(Wish wish) {
        Issued issued = issue(wish);
        List<X509Certificate> chain = new ArrayList<>(issued.chain());
        chain.add(certificate);
        return new Issued(chain, issued.key());
    }

    /** Returns a list, in PEM form, of what was taken back, in force until a moment. */
    public String revocationList(Instant from, Instant until, X509Certificate... revoked) {
        try {
            V2TBSCertListGenerator list = new V2TBSCertListGenerator();
            list.setIssuer(name);
            list.setSignature(ALGORITHM);
            list.setThisUpdate(new Time(Date.from(from)));
            list.setNextUpdate(new Time(Date.from(until)));
            for (X509Certificate each : revoked) {
                list.addCRLEntry(new ASN1Integer(each.getSerialNumber()), new Time(Date.from(from)), 1);
            }
            return pem("X509 CRL", signed(list.generateTBSCertList(), keys.getPrivate()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns a list that is in force for an hour. */
    public String revocationList(X509Certificate... revoked) {
        Instant now = Clock.systemUTC().instant();
        return revocationList(now.minus(Duration.ofMinutes(5)), now.plus(Duration.ofHours(1)), revoked);
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate issue(
            X500Name issuer,
            PrivateKey issuerKey,
            X500Name subject,
            KeyPair keys,
            long serial,
            Wish wish,
            boolean authority)
            throws GeneralSecurityException {
        V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
        body.setSerialNumber(new ASN1Integer(BigInteger.valueOf(serial)));
        body.setSignature(ALGORITHM);
        body.setIssuer(issuer);
        body.setSubject(subject);
        body.setStartDate(new Time(Date.from(wish.from())));
        body.setEndDate(new Time(Date.from(wish.until())));
        body.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            if (authority) {
                extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            }
            if (!wish.names().isEmpty()) {
                extensions.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(wish.names().stream()
                                .map(TestingAuthority::generalName)
                                .toArray(GeneralName[]::new)));
            }
            if (!wish.uses().isEmpty()) {
                extensions.addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(wish.uses().toArray(KeyPurposeId[]::new)));
            }
            if (!extensions.isEmpty()) {
                body.setExtensions(extensions.generate());
            }
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(signed(body.generateTBSCertificate(), issuerKey)));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static GeneralName generalName(String text) {
        String value = text.substring(text.indexOf(':') + 1);
        return switch (text.substring(0, text.indexOf(':'))) {
            case "dns" -> new GeneralName(GeneralName.dNSName, value);
            case "uri" -> new GeneralName(GeneralName.uniformResourceIdentifier, value);
            case "email" -> new GeneralName(GeneralName.rfc822Name, value);
            case "ip" -> new GeneralName(GeneralName.iPAddress, value);
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static byte[] signed(ASN1Encodable body, PrivateKey key) throws GeneralSecurityException {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(body.toASN1Primitive().getEncoded("DER"));
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(body);
            parts.add(ALGORITHM);
            parts.add(new DERBitString(signature.sign()));
            return new DERSequence(parts).getEncoded("DER");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Returns a certificate in PEM form. */
    public static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(String kind, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }
}
