package dev.gantry.signin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An identity provider that does what a test wants, however wrong. */
final class TestingProvider implements AutoCloseable {
    static final String CLIENT = "gantry";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final RSAKey RSA = rsa("rsa-1", 2_048);
    private static final RSAKey OTHER = rsa("rsa-2", 2_048);
    private static final ECKey EC = ec();

    private final HttpServer server;
    final AtomicInteger keyFetches = new AtomicInteger();
    volatile Map<String, String> tokenRequest = Map.of();
    volatile String keys;
    volatile int keysStatus = 200;
    volatile String tokenReply = "{}";
    volatile int tokenStatus = 200;
    volatile @Nullable String documentIssuer;
    volatile String userInfo = "{}";

    private TestingProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        keys = new JWKSet(java.util.List.of(RSA.toPublicJWK(), EC.toPublicJWK())).toString();
        server.createContext("/keys", exchange -> {
            keyFetches.incrementAndGet();
            reply(exchange, keysStatus, keys);
        });
        server.createContext("/.well-known/openid-configuration", exchange -> reply(exchange, 200, document()));
        server.createContext("/token", exchange -> {
            tokenRequest = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            reply(exchange, tokenStatus, tokenReply);
        });
        server.createContext("/userinfo", exchange -> reply(exchange, 200, userInfo));
        server.createContext(
                "/device",
                exchange -> reply(
                        exchange,
                        200,
                        "{\"device_code\":\"dev-1\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":\"" + issuer()
                                + "/activate\",\"expires_in\":600,\"interval\":1}"));
        server.start();
    }

    static TestingProvider start() throws IOException {
        return new TestingProvider();
    }

    private static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits).keyID(id).generate();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ECKey ec() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static RSAKey rsa() {
        return RSA;
    }

    static RSAKey other() {
        return OTHER;
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    URI keysAddress() {
        return URI.create(issuer() + "/keys");
    }

    private String document() {
        String issuer = documentIssuer == null ? issuer() : documentIssuer;
        return """
                {"issuer":"%s","authorization_endpoint":"%s/authorize","token_endpoint":"%s/token","jwks_uri":"%s/keys",
                 "userinfo_endpoint":"%s/userinfo","end_session_endpoint":"%s/logout",
                 "device_authorization_endpoint":"%s/device"}""".formatted(issuer, issuer(), issuer(), issuer(), issuer(), issuer(), issuer());
    }

    /** Claims of alice that are right for a test's audience. */
    ObjectNode claims(Instant now) {
        return Json.object()
                .put("iss", issuer())
                .put("aud", CLIENT)
                .put("sub", "alice-1")
                .put("email", "alice@example.com")
                .put("name", "Alice")
                .put("iat", now.getEpochSecond())
                .put("exp", now.getEpochSecond() + 300);
    }

    /** Signs by the key that the header's algorithm belongs to. */
    static String sign(ObjectNode claims) {
        return sign(header("RS256", "rsa-1"), claims);
    }

    static ObjectNode header(String algorithm, String keyId) {
        return Json.object().put("alg", algorithm).put("kid", keyId).put("typ", "JWT");
    }

    static String sign(ObjectNode header, ObjectNode claims) {
        return sign(header, Json.write(claims), RSA);
    }

    static String sign(ObjectNode header, byte[] payload, RSAKey rsa) {
        String signed = BASE64.encodeToString(Json.write(header)) + "." + BASE64.encodeToString(payload);
        return signed + "." + BASE64.encodeToString(signature(header.path("alg").asText(), signed, rsa));
    }

    private static byte[] signature(String algorithm, String signed, RSAKey rsa) {
        try {
            byte[] bytes = signed.getBytes(StandardCharsets.US_ASCII);
            if (algorithm.startsWith("ES")) {
                Signature signature = Signature.getInstance("SHA256withECDSA");
                signature.initSign(EC.toECPrivateKey());
                signature.update(bytes);
                return ECDSA.transcodeSignatureToConcat(
                        signature.sign(), ECDSA.getSignatureByteArrayLength(JWSAlgorithm.ES256));
            }
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(rsa.toRSAPrivateKey());
            signature.update(bytes);
            return signature.sign();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Map<String, String> form(String text) {
        Map<String, String> values = new HashMap<>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            values.put(
                    URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return values;
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
