package dev.gantry.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.gantry.kernel.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/**
 * A browser with an authenticator that holds one passkey (ES256), for the tests of all that takes one; everything that it
 * says can be made wrong.
 */
final class TestingAuthenticator {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int USER_PRESENT = 1;
    private static final int USER_VERIFIED = 4;
    private static final int ATTESTED = 64;

    private final KeyPair keys;
    private final byte[] credentialId = new byte[32];
    private String userHandle = "";
    String origin = "https://example.org";
    String relyingParty = "example.org";
    boolean verifiesUser = true;
    long signCount = 1;

    TestingAuthenticator() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys = generator.generateKeyPair();
            new SecureRandom().nextBytes(credentialId);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What {@code navigator.credentials.create} gives. */
    ObjectNode create(ObjectNode options) {
        userHandle = options.path("user").path("id").asText();
        byte[] authenticatorData = concat(
                authenticatorData(ATTESTED),
                ByteBuffer.allocate(18)
                        .put(new byte[16])
                        .putShort((short) credentialId.length)
                        .array(),
                credentialId,
                coseKey());
        ObjectNode credential = credential();
        ((ObjectNode) credential.get("response"))
                .put("clientDataJSON", text(clientData("webauthn.create", options)))
                .put("attestationObject", text(attestationObject(authenticatorData)))
                .putArray("transports")
                .add("internal");
        return credential;
    }

    /** What {@code navigator.credentials.get} gives. */
    ObjectNode get(ObjectNode options) {
        signCount++;
        byte[] authenticatorData = authenticatorData(0);
        byte[] clientData = clientData("webauthn.get", options);
        ObjectNode credential = credential();
        ((ObjectNode) credential.get("response"))
                .put("clientDataJSON", text(clientData))
                .put("authenticatorData", text(authenticatorData))
                .put("signature", text(sign(concat(authenticatorData, sha256(clientData)))))
                .put("userHandle", userHandle);
        return credential;
    }

    private ObjectNode credential() {
        ObjectNode credential = Json.object()
                .put("id", text(credentialId))
                .put("rawId", text(credentialId))
                .put("type", "public-key");
        credential.putObject("clientExtensionResults");
        credential.putObject("response");
        return credential;
    }

    private byte[] clientData(String type, ObjectNode options) {
        ObjectNode data = Json.object()
                .put("type", type)
                .put("challenge", options.path("challenge").asText())
                .put("origin", origin)
                .put("crossOrigin", false);
        return data.toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] authenticatorData(int flags) {
        int all = flags | USER_PRESENT | (verifiesUser ? USER_VERIFIED : 0);
        return ByteBuffer.allocate(37)
                .put(sha256(relyingParty.getBytes(StandardCharsets.UTF_8)))
                .put((byte) all)
                .putInt((int) signCount)
                .array();
    }

    private byte[] coseKey() {
        ECPublicKey key = (ECPublicKey) keys.getPublic();
        return cbor(out -> {
            out.writeStartObject(5);
            out.writeFieldId(1);
            out.writeNumber(2);
            out.writeFieldId(3);
            out.writeNumber(-7);
            out.writeFieldId(-1);
            out.writeNumber(1);
            out.writeFieldId(-2);
            out.writeBinary(coordinate(key.getW().getAffineX()));
            out.writeFieldId(-3);
            out.writeBinary(coordinate(key.getW().getAffineY()));
            out.writeEndObject();
        });
    }

    private static byte[] attestationObject(byte[] authenticatorData) {
        return cbor(out -> {
            out.writeStartObject(3);
            out.writeStringField("fmt", "none");
            out.writeFieldName("attStmt");
            out.writeStartObject(0);
            out.writeEndObject();
            out.writeFieldName("authData");
            out.writeBinary(authenticatorData);
            out.writeEndObject();
        });
    }

    private interface CborWork {
        void write(CBORGenerator out) throws IOException;
    }

    private static byte[] cbor(CborWork work) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CBORGenerator out = new CBORFactory().createGenerator(bytes)) {
            work.write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] padded = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
        return padded;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static String text(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }
}
