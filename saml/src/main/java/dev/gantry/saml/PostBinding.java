package dev.gantry.saml;

import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;

/** Messages in forms, with a signature in the message (SAML bindings, 3.5). */
final class PostBinding {
    private PostBinding() {}

    /**
     * A form that a browser is to send.
     *
     * @param parameter {@code SAMLRequest} or {@code SAMLResponse}
     */
    static FormPost form(
            URI destination, String parameter, String message, @Nullable String relayState, Optional<OwnKey> own) {
        String text = own.map(key -> sign(message, key)).orElse(message);
        return new FormPost(
                destination,
                parameter,
                Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)),
                relayState);
    }

    private static String sign(String message, OwnKey own) {
        Document document = Xml.parse(message.getBytes(StandardCharsets.UTF_8));
        SignedXml.sign(document.getDocumentElement(), own.key(), own.certificate(), own.algorithm());
        try {
            TransformerFactory factory = TransformerFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            Transformer transformer = factory.newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter out = new StringWriter();
            transformer.transform(new DOMSource(document), new StreamResult(out));
            return out.toString();
        } catch (TransformerException impossible) {
            throw new IllegalStateException("A message of our own cannot be written", impossible);
        }
    }

    /** Returns the message of a form's field. */
    static byte[] decode(String field) {
        if (field.length() > 2 * Xml.BYTES_MAX) {
            throw new UntrustedException("the form has more than a message can be");
        }
        return EncryptedXml.base64(field);
    }
}
