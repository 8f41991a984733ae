package dev.gantry.saml;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * Encrypted assertions (XML Encryption 1.1): keys by RSA-OAEP, content by AES-GCM. RSA 1.5 is not there, as every
 * implementation of it has told strangers something. AES-CBC does not protect what it hides, so it counts only within a signed
 * response, where nobody can try variants of it.
 */
final class EncryptedXml {
    private static final String OAEP = Xml.ENCRYPTION + "rsa-oaep-mgf1p";
    private static final String OAEP_11 = Xml.ENCRYPTION_11 + "rsa-oaep";
    private static final String NAMESPACES = "http://www.w3.org/2000/xmlns/";
    private static final int KEYS_MAX = 5;
    private static final int GCM_IV_BYTES = 12;
    private static final int BLOCK_BYTES = 16;

    /** Digests of OAEP: SHA-1 among them, for which no collisions matter here. */
    private static final Map<String, String> DIGESTS = Map.of(
            Xml.SIGNATURE + "sha1",
            "SHA-1",
            Xml.ENCRYPTION + "sha256",
            "SHA-256",
            "http://www.w3.org/2001/04/xmldsig-more#sha384",
            "SHA-384",
            Xml.ENCRYPTION + "sha512",
            "SHA-512");

    private static final Map<String, MGF1ParameterSpec> MASKS = Map.of(
            Xml.ENCRYPTION_11 + "mgf1sha1", MGF1ParameterSpec.SHA1,
            Xml.ENCRYPTION_11 + "mgf1sha256", MGF1ParameterSpec.SHA256,
            Xml.ENCRYPTION_11 + "mgf1sha384", MGF1ParameterSpec.SHA384,
            Xml.ENCRYPTION_11 + "mgf1sha512", MGF1ParameterSpec.SHA512);

    private EncryptedXml() {}

    /**
     * Returns what an encrypted assertion holds, in a document of its own.
     *
     * @param cbc whether AES-CBC counts
     */
    static Element decrypt(Element encrypted, PrivateKey key, boolean cbc) {
        Element data = Xml.requireChild(encrypted, Xml.ENCRYPTION, "EncryptedData");
        String algorithm = algorithm(data);
        boolean gcm = algorithm.matches(java.util.regex.Pattern.quote(Xml.ENCRYPTION_11) + "aes(128|192|256)-gcm");
        boolean isCbc = algorithm.matches(java.util.regex.Pattern.quote(Xml.ENCRYPTION) + "aes(128|192|256)-cbc");
        if (!gcm && !(isCbc && cbc)) {
            throw new UntrustedException(
                    "the encryption's algorithm does not count: " + UntrustedException.quote(algorithm));
        }
        int keyBytes = Integer.parseInt(algorithm.replaceAll(".*aes([0-9]{3})-.*", "$1")) / 8;
        byte[] content = cipherValue(data);
        GeneralSecurityException last = null;
        for (Element one : encryptedKeys(encrypted, data)) {
            try {
                byte[] secret = unwrap(one, key);
                if (secret.length != keyBytes) {
                    throw new GeneralSecurityException("another length of key");
                }
                SecretKeySpec aes = new SecretKeySpec(secret, "AES");
                return parse(encrypted, gcm ? gcm(aes, content) : cbc(aes, content));
            } catch (GeneralSecurityException notOurs) {
                last = notOurs;
            }
        }
        throw new UntrustedException(
                "the assertion cannot be decrypted", last == null ? new IllegalStateException("no key") : last);
    }

    private static String algorithm(Element encrypted) {
        String algorithm = Xml.attribute(Xml.requireChild(encrypted, Xml.ENCRYPTION, "EncryptionMethod"), "Algorithm");
        return algorithm == null ? "" : algorithm;
    }

    private static byte[] cipherValue(Element encrypted) {
        Element data = Xml.requireChild(encrypted, Xml.ENCRYPTION, "CipherData");
        return base64(Xml.text(Xml.requireChild(data, Xml.ENCRYPTION, "CipherValue")));
    }

    static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text.replaceAll("[ \t\r\n]", ""));
        } catch (IllegalArgumentException malformed) {
            throw new UntrustedException("the message has something that is not Base64", malformed);
        }
    }

    private static List<Element> encryptedKeys(Element encrypted, Element data) {
        List<Element> keys = new ArrayList<>(Xml.children(encrypted, Xml.ENCRYPTION, "EncryptedKey"));
        Xml.child(data, Xml.SIGNATURE, "KeyInfo")
                .ifPresent(info -> keys.addAll(Xml.children(info, Xml.ENCRYPTION, "EncryptedKey")));
        if (keys.size() > KEYS_MAX) {
            throw new UntrustedException("the assertion is encrypted for more than " + KEYS_MAX);
        }
        return keys;
    }

    private static byte[] unwrap(Element encryptedKey, PrivateKey key) throws GeneralSecurityException {
        String algorithm = algorithm(encryptedKey);
        if (!algorithm.equals(OAEP) && !algorithm.equals(OAEP_11)) {
            throw new UntrustedException(
                    "the encryption of the key does not count: " + UntrustedException.quote(algorithm));
        }
        Element method = Xml.requireChild(encryptedKey, Xml.ENCRYPTION, "EncryptionMethod");
        String digest = Xml.child(method, Xml.SIGNATURE, "DigestMethod")
                .map(element -> DIGESTS.get(element.getAttributeNS(null, "Algorithm")))
                .orElse("SHA-1");
        MGF1ParameterSpec mask = Xml.child(method, Xml.ENCRYPTION_11, "MGF")
                .map(element -> MASKS.get(element.getAttributeNS(null, "Algorithm")))
                .orElse(MGF1ParameterSpec.SHA1);
        boolean parameters = Xml.child(method, Xml.ENCRYPTION, "OAEPparams")
                .map(element -> !Xml.text(element).isEmpty())
                .orElse(false);
        if (parameters) {
            throw new UntrustedException("the encryption of the key has parameters that are not known here");
        }
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, new OAEPParameterSpec(digest, "MGF1", mask, PSource.PSpecified.DEFAULT));
        return cipher.doFinal(cipherValue(encryptedKey));
    }

    private static byte[] gcm(SecretKeySpec key, byte[] content) throws GeneralSecurityException {
        if (content.length < GCM_IV_BYTES + BLOCK_BYTES) {
            throw new GeneralSecurityException("too short");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(BLOCK_BYTES * 8, content, 0, GCM_IV_BYTES));
        return cipher.doFinal(content, GCM_IV_BYTES, content.length - GCM_IV_BYTES);
    }

    /** Of the padding only the last byte means something. */
    private static byte[] cbc(SecretKeySpec key, byte[] content) throws GeneralSecurityException {
        if (content.length < 2 * BLOCK_BYTES) {
            throw new GeneralSecurityException("too short");
        }
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(content, 0, BLOCK_BYTES));
        byte[] padded = cipher.doFinal(content, BLOCK_BYTES, content.length - BLOCK_BYTES);
        int padding = padded[padded.length - 1];
        if (padding < 1 || padding > BLOCK_BYTES) {
            throw new GeneralSecurityException("no padding");
        }
        return Arrays.copyOf(padded, padded.length - padding);
    }

    /** Providers leave it to the surroundings to say what the prefixes mean. */
    private static Element parse(Element place, byte[] content) {
        Map<String, String> prefixes = new LinkedHashMap<>();
        for (Node node = place; node instanceof Element element; node = node.getParentNode()) {
            NamedNodeMap attributes = element.getAttributes();
            for (int index = 0; index < attributes.getLength(); index++) {
                Attr attribute = (Attr) attributes.item(index);
                if (NAMESPACES.equals(attribute.getNamespaceURI())) {
                    prefixes.putIfAbsent(attribute.getName(), attribute.getValue());
                }
            }
        }
        StringBuilder start = new StringBuilder("<decrypted");
        prefixes.forEach((name, value) -> start.append(' ')
                .append(name)
                .append("=\"")
                .append(Xml.escape(value))
                .append('"'));
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(start.append('>').toString().getBytes(StandardCharsets.UTF_8));
        whole.writeBytes(content);
        whole.writeBytes("</decrypted>".getBytes(StandardCharsets.UTF_8));
        List<Element> found = Xml.children(Xml.parse(whole.toByteArray()).getDocumentElement());
        if (found.size() != 1 || !Xml.is(found.getFirst(), Xml.ASSERTION, "Assertion")) {
            throw new UntrustedException("what was encrypted is not one assertion");
        }
        return found.getFirst();
    }
}
