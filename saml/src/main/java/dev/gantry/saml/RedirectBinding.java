package dev.gantry.saml;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Messages in addresses, with a signature over the address (SAML bindings, 3.4). */
final class RedirectBinding {
    static final String REQUEST = "SAMLRequest";
    static final String RESPONSE = "SAMLResponse";

    private static final int PARAMETERS_MAX = 20;
    private static final int QUERY_MAX = 16_000;

    private RedirectBinding() {}

    /**
     * Returns where a browser goes to deliver a message.
     *
     * @param parameter {@link #REQUEST} or {@link #RESPONSE}
     * @param relayState what the provider gave, or is to give back; null for nothing
     */
    static URI address(
            URI destination, String parameter, String message, @Nullable String relayState, Optional<OwnKey> own) {
        StringBuilder query = new StringBuilder(parameter).append('=').append(encode(deflate(message)));
        if (relayState != null) {
            query.append("&RelayState=").append(encode(relayState));
        }
        own.ifPresent(key -> {
            query.append("&SigAlg=").append(encode(key.algorithm().uri()));
            String signature = sign(key, query.toString());
            query.append("&Signature=").append(encode(signature));
        });
        return URI.create(destination + (destination.getRawQuery() == null ? "?" : "&") + query);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String deflate(String message) {
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(message.getBytes(StandardCharsets.UTF_8));
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[2_048];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return Base64.getEncoder().encodeToString(out.toByteArray());
        }
    }

    private static String sign(OwnKey own, String query) {
        try {
            var signature = own.algorithm().signature();
            signature.initSign(own.key());
            signature.update(query.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("The key was tried when it was read", impossible);
        }
    }

    /**
     * A message that was signed as part of an address.
     *
     * @param parameter {@link #REQUEST} or {@link #RESPONSE}
     */
    @SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
    record Signed(String parameter, byte[] xml, @Nullable String relayState) {}

    /**
     * Verifies and reads an address.
     *
     * @param query as it came, since the signature is over the very letters
     */
    static Signed verify(String query, List<PublicKey> keys, boolean sha1) {
        Map<String, String> raw = parameters(query);
        String parameter = raw.containsKey(REQUEST) ? REQUEST : RESPONSE;
        String message = raw.get(parameter);
        String algorithm = raw.get("SigAlg");
        String signature = raw.get("Signature");
        if (message == null || algorithm == null || signature == null || raw.containsKey("SAMLEncoding")) {
            throw new UntrustedException("the address has no message, or none that is signed");
        }
        String state = raw.get("RelayState");
        String signed =
                parameter + "=" + message + (state == null ? "" : "&RelayState=" + state) + "&SigAlg=" + algorithm;
        SignatureAlgorithm known = SignatureAlgorithm.of(decode(algorithm), sha1)
                .orElseThrow(() -> new UntrustedException(
                        "the signature's algorithm does not count: " + UntrustedException.quote(algorithm)));
        byte[] bytes = EncryptedXml.base64(decode(signature));
        if (keys.stream().noneMatch(key -> known.verify(key, signed.getBytes(StandardCharsets.US_ASCII), bytes))) {
            throw new UntrustedException("the address is signed by none of the provider's keys");
        }
        return new Signed(
                parameter, inflate(EncryptedXml.base64(decode(message))), state == null ? null : decode(state));
    }

    /** Returns the parameters as they are written; one that is there twice is refused. */
    private static Map<String, String> parameters(String query) {
        String[] pairs = query.length() > QUERY_MAX ? new String[PARAMETERS_MAX + 1] : query.split("&", -1);
        if (pairs.length > PARAMETERS_MAX) {
            throw new UntrustedException("the address is longer than any message");
        }
        Map<String, String> raw = new HashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals > 0 && raw.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw new UntrustedException("the address has a parameter twice");
            }
        }
        return raw;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new UntrustedException("the address is not encoded as addresses are", malformed);
        }
    }

    /** Stops where no message goes on, however small it was before. */
    private static byte[] inflate(byte[] deflated) {
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(deflated);
            byte[] buffer = new byte[Xml.BYTES_MAX + 1];
            int length = 0;
            while (!inflater.finished() && length < buffer.length) {
                int read = inflater.inflate(buffer, length, buffer.length - length);
                if (read == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new UntrustedException("the message is cut off");
                }
                length += read;
            }
            if (length > Xml.BYTES_MAX) {
                throw new UntrustedException("the message has more than " + Xml.BYTES_MAX + " bytes");
            }
            return java.util.Arrays.copyOf(buffer, length);
        } catch (DataFormatException malformed) {
            throw new UntrustedException("the message is not deflated", malformed);
        }
    }
}
