package dev.gantry.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * An identity provider of SAML that says what a test wants, true or not. It has code of its own for what it writes, so that a
 * reader meets another's writer.
 */
public final class TestingIdp {
    /** What it calls itself. */
    public static final String ENTITY = "https://idp.example/saml";

    public static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    public static final String SHA256 = DigestMethod.SHA256;
    public static final String AES_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    public static final String AES_CBC = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
    public static final String OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

    private static final String NAMESPACES = "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\""
            + " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
    private static final String RESPONSE = "<samlp:Response " + NAMESPACES + """
             ID="{responseId}" Version="2.0" IssueInstant="{now}" Destination="{consumer}" InResponseTo="{request}">\
            <saml:Issuer>{issuer}</saml:Issuer>\
            <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>\
            <saml:Assertion ID="{assertionId}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer>\
            <saml:Subject><saml:NameID Format="{format}">{name}</saml:NameID>\
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData\
             NotOnOrAfter="{until}" Recipient="{recipient}" InResponseTo="{request}"/></saml:SubjectConfirmation>\
            </saml:Subject><saml:Conditions NotBefore="{from}" NotOnOrAfter="{until}"><saml:AudienceRestriction>\
            <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
            <saml:AuthnStatement AuthnInstant="{proven}" SessionIndex="{session}"><saml:AuthnContext>\
            <saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef>\
            </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>\
            </saml:Assertion></samlp:Response>""";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TestingCertificate own;

    /** An identity provider with a key of its own. */
    public TestingIdp(TestingCertificate own) {
        this.own = own;
    }

    /** Returns its key and certificate. */
    public TestingCertificate own() {
        return own;
    }

    /** Returns what it says of itself. */
    public String metadata(String signOn, String logout) {
        try {
            return """
                    <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
                      <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
                        <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
                          <ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
                        </md:KeyDescriptor>
                        <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/>
                        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s"/>
                        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/>
                      </md:IDPSSODescriptor>
                    </md:EntityDescriptor>
                    """.formatted(
                    ENTITY,
                    Base64.getMimeEncoder().encodeToString(own.certificate().getEncoded()),
                    logout,
                    signOn,
                    signOn);
        } catch (java.security.cert.CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns values of a response about alice that is right for a consumer. */
    public static Map<String, String> values(String consumer, String audience, String request, Instant now) {
        Map<String, String> values = new HashMap<>();
        values.put("responseId", "_r" + random());
        values.put("assertionId", "_a" + random());
        values.put("now", now.toString());
        values.put("proven", now.toString());
        values.put("from", now.minusSeconds(30).toString());
        values.put("until", now.plusSeconds(300).toString());
        values.put("issuer", ENTITY);
        values.put("consumer", consumer);
        values.put("recipient", consumer);
        values.put("request", request);
        values.put("audience", audience);
        values.put("status", "Success");
        values.put("format", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");
        values.put("name", "alice-1");
        values.put("session", "session-1");
        values.put("context", "urn:oasis:names:tc:SAML:2.0:ac:classes:Password");
        values.put(
                "attributes",
                attribute("email", "alice@example.com")
                        + attribute("name", "Alice")
                        + attribute("groups", "eng", "ops"));
        return values;
    }

    private static String random() {
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Writes an attribute. */
    public static String attribute(String name, String... values) {
        StringBuilder out = new StringBuilder("<saml:Attribute Name=\"" + name + "\">");
        for (String value : values) {
            out.append("<saml:AttributeValue>").append(value).append("</saml:AttributeValue>");
        }
        return out.append("</saml:Attribute>").toString();
    }

    /** Returns a response, not signed. */
    public static Document response(Map<String, String> values) {
        String text = RESPONSE;
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return parse(text.replace(" InResponseTo=\"\"", ""));
    }

    /** Reads XML. */
    public static Document parse(String text) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (Exception malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    /** Writes XML. */
    public static String text(Node node) {
        try {
            Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter out = new StringWriter();
            transformer.transform(new DOMSource(node), new StreamResult(out));
            return out.toString();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Writes XML as the field of a form. */
    public static String field(Document document) {
        return Base64.getEncoder().encodeToString(text(document).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the first element of a name. */
    public static Element element(Document document, String name) {
        return (Element) document.getElementsByTagNameNS("*", name).item(0);
    }

    /** Signs an element, behind its issuer. */
    public void sign(Element element) {
        sign(
                element,
                own.keys().getPrivate(),
                RSA_SHA256,
                SHA256,
                Transform.ENVELOPED,
                CanonicalizationMethod.EXCLUSIVE);
    }

    /** Signs an element, behind its issuer, as is wanted. */
    public static void sign(Element element, Key key, String algorithm, String digest, String... transforms) {
        try {
            XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
            List<Transform> list = new java.util.ArrayList<>();
            for (String transform : transforms) {
                list.add(factory.newTransform(transform, (TransformParameterSpec) null));
            }
            var reference = factory.newReference(
                    "#" + element.getAttribute("ID"), factory.newDigestMethod(digest, null), list, null, null);
            var info = factory.newSignedInfo(
                    factory.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
                    factory.newSignatureMethod(algorithm, null),
                    List.of(reference));
            DOMSignContext context =
                    new DOMSignContext(key, element, element.getFirstChild().getNextSibling());
            context.setProperty("org.jcp.xml.dsig.secureValidation", false);
            context.setIdAttributeNS(element, null, "ID");
            context.setDefaultNamespacePrefix("ds");
            factory.newXMLSignature(info, null).sign(context);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the query of an address that asks, signed, to end a session of alice. */
    public String logoutQuery(String destination, String session, Instant now) {
        String request =
                "<samlp:LogoutRequest " + NAMESPACES + " ID=\"_l" + random() + "\" Version=\"2.0\" IssueInstant=\""
                        + now + "\" Destination=\"" + destination + "\"><saml:Issuer>" + ENTITY
                        + "</saml:Issuer><saml:NameID>alice-1</saml:NameID><samlp:SessionIndex>" + session
                        + "</samlp:SessionIndex></samlp:LogoutRequest>";
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out =
                new DeflaterOutputStream(deflated, new Deflater(Deflater.DEFAULT_COMPRESSION, true))) {
            out.write(request.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        try {
            String query = "SAMLRequest=" + encode(deflated.toByteArray()) + "&SigAlg="
                    + URLEncoder.encode(RSA_SHA256, StandardCharsets.UTF_8);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(own.keys().getPrivate());
            signature.update(query.getBytes(StandardCharsets.US_ASCII));
            return query + "&Signature=" + encode(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String encode(byte[] bytes) {
        return URLEncoder.encode(Base64.getEncoder().encodeToString(bytes), StandardCharsets.UTF_8);
    }

    /** Encrypts the assertion of a response. */
    public static void encrypt(Document response, PublicKey recipient, String algorithm, String keyAlgorithm) {
        try {
            Element assertion = element(response, "Assertion");
            byte[] secret = new byte[32];
            RANDOM.nextBytes(secret);
            byte[] content = text(assertion).getBytes(StandardCharsets.UTF_8);
            Cipher wrap = Cipher.getInstance(
                    keyAlgorithm.equals(OAEP) ? "RSA/ECB/OAEPWithSHA-1AndMGF1Padding" : "RSA/ECB/PKCS1Padding");
            wrap.init(Cipher.ENCRYPT_MODE, recipient);
            Base64.Encoder base64 = Base64.getEncoder();
            Document encrypted = parse("""
                    <saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\
                    <xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"\
                     Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="%s"/>\
                    <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>\
                    <xenc:EncryptionMethod Algorithm="%s"/><xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue>\
                    </xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>%s\
                    </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>""".formatted(
                    algorithm,
                    keyAlgorithm,
                    base64.encodeToString(wrap.doFinal(secret)),
                    base64.encodeToString(algorithm.equals(AES_CBC) ? cbc(secret, content) : gcm(secret, content))));
            assertion
                    .getParentNode()
                    .replaceChild(response.importNode(encrypted.getDocumentElement(), true), assertion);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] gcm(byte[] secret, byte[] content) throws GeneralSecurityException {
        byte[] iv = new byte[12];
        RANDOM.nextBytes(iv);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(128, iv));
        return both(iv, cipher.doFinal(content));
    }

    private static byte[] cbc(byte[] secret, byte[] content) throws GeneralSecurityException {
        byte[] iv = new byte[16];
        RANDOM.nextBytes(iv);
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new IvParameterSpec(iv));
        return both(iv, cipher.doFinal(content));
    }

    private static byte[] both(byte[] one, byte[] other) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(one);
        out.writeBytes(other);
        return out.toByteArray();
    }
}
