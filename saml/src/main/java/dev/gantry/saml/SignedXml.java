package dev.gantry.saml;

import java.io.IOException;
import java.io.InputStream;
import java.security.Key;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.XMLStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Enveloped signatures under the profile of SAML (core, 5.4), by the JDK's XML Signature with secure validation.
 *
 * <p>What is read afterwards is never the document that came, but the very bytes whose digest the signature holds, parsed
 * anew. So nothing that was wrapped around, moved or put beside what was signed is ever looked at.
 */
final class SignedXml {
    private static final List<String> TRANSFORMS = List.of(Transform.ENVELOPED, CanonicalizationMethod.EXCLUSIVE);

    private SignedXml() {}

    /** Returns the signature of an element, which follows its issuer; empty if it has none. */
    static Optional<Element> signatureOf(Element element) {
        Optional<Element> signature = Xml.child(element, Xml.SIGNATURE, "Signature");
        if (signature.isPresent()) {
            List<Element> children = Xml.children(element);
            boolean inPlace =
                    children.indexOf(signature.get()) == 1 && Xml.is(children.getFirst(), Xml.ASSERTION, "Issuer");
            if (!inPlace) {
                throw new UntrustedException("the signature does not follow the issuer of " + element.getLocalName());
            }
        }
        return signature;
    }

    /**
     * Returns what was signed.
     *
     * @param element that the signature is in, and for
     * @param keys of which any may have signed; what the signature itself says of its key does not count
     * @param sha1 whether SHA-1 counts
     * @return the element, read from the signed bytes, in a document of its own and without the signature
     */
    static Element verify(Element element, Element signature, List<PublicKey> keys, boolean sha1) {
        String id = Xml.attribute(element, "ID");
        if (id == null) {
            throw new UntrustedException("what is signed has no ID");
        }
        for (PublicKey key : keys) {
            byte[] bytes = bytes(element, id, signature, key, sha1);
            if (bytes != null) {
                Element signed = Xml.parse(bytes).getDocumentElement();
                if (!id.equals(signed.getAttributeNS(null, "ID"))
                        || !Xml.is(signed, element.getNamespaceURI(), element.getLocalName())) {
                    throw new UntrustedException("something else is signed than what is to be read");
                }
                return signed;
            }
        }
        throw new UntrustedException("the signature is not valid by any of the provider's " + keys.size() + " keys");
    }

    /** Returns the signed bytes; null if this key did not sign. */
    private static byte @Nullable [] bytes(Element element, String id, Element signature, PublicKey key, boolean sha1) {
        DOMValidateContext context = new DOMValidateContext(key, signature);
        context.setProperty("org.jcp.xml.dsig.secureValidation", !sha1);
        context.setProperty("javax.xml.crypto.dsig.cacheReference", true);
        // The only id that anything in the signature can refer to.
        context.setIdAttributeNS(element, null, "ID");
        try {
            XMLSignature read = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            Reference reference = requireProfile(read, id, sha1);
            if (!read.validate(context)) {
                return null;
            }
            try (InputStream bytes = reference.getDigestInputStream()) {
                return bytes.readAllBytes();
            }
        } catch (XMLSignatureException otherKey) {
            return null;
        } catch (MarshalException | IOException malformed) {
            throw new UntrustedException("the signature cannot be read", malformed);
        }
    }

    private static Reference requireProfile(XMLSignature signature, String id, boolean sha1) {
        SignedInfo info = signature.getSignedInfo();
        if (!signature.getObjects().isEmpty() || info.getReferences().size() != 1) {
            throw new UntrustedException("the signature has objects, or another number of references than one");
        }
        Reference reference = info.getReferences().getFirst();
        if (!("#" + id).equals(reference.getURI())) {
            throw new UntrustedException("the signature refers to something else than what it is in");
        }
        List<String> transforms =
                reference.getTransforms().stream().map(Transform::getAlgorithm).toList();
        boolean canonical = info.getCanonicalizationMethod().getAlgorithm().equals(CanonicalizationMethod.EXCLUSIVE);
        if (!transforms.equals(TRANSFORMS) || !canonical) {
            throw new UntrustedException("the signature's transforms are not those of the profile: "
                    + UntrustedException.quote(transforms.toString()));
        }
        String algorithm = info.getSignatureMethod().getAlgorithm();
        String digest = reference.getDigestMethod().getAlgorithm();
        if (SignatureAlgorithm.of(algorithm, sha1).isEmpty() || !SignatureAlgorithm.isDigest(digest, sha1)) {
            throw new UntrustedException("the signature's algorithm does not count: "
                    + UntrustedException.quote(algorithm + " over " + digest));
        }
        return reference;
    }

    /** Signs an element, behind its issuer. */
    static void sign(Element element, Key key, X509Certificate certificate, SignatureAlgorithm algorithm) {
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        try {
            Reference reference = factory.newReference(
                    "#" + element.getAttributeNS(null, "ID"),
                    factory.newDigestMethod(DigestMethod.SHA256, null),
                    List.of(
                            factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null),
                            factory.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null)),
                    null,
                    null);
            SignedInfo info = factory.newSignedInfo(
                    factory.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
                    factory.newSignatureMethod(algorithm.uri(), null),
                    List.of(reference));
            DOMSignContext context = new DOMSignContext(
                    key, element, Xml.children(element).getFirst().getNextSibling());
            context.setIdAttributeNS(element, null, "ID");
            context.setDefaultNamespacePrefix("ds");
            var keys = factory.getKeyInfoFactory();
            List<XMLStructure> shown = List.of(keys.newX509Data(List.of(certificate)));
            factory.newXMLSignature(info, keys.newKeyInfo(shown)).sign(context);
        } catch (java.security.GeneralSecurityException | MarshalException | XMLSignatureException impossible) {
            throw new IllegalStateException("A message of our own cannot be signed", impossible);
        }
    }
}
