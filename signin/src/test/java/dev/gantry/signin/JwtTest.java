package dev.gantry.signin;

import static dev.gantry.signin.TestingProvider.header;
import static dev.gantry.signin.TestingProvider.sign;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.JWKSet;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTest {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private static TestingProvider provider;
    private static TestingSignIn world;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        provider = TestingProvider.start();
        MappingSettings mapping = new MappingSettings(
                "email",
                Optional.empty(),
                "name",
                "groups",
                Optional.of("client_id"),
                Optional.empty(),
                Map.of("eng", "engineering"),
                Map.of("eng", "default"),
                List.of());
        world = TestingSignIn.open(
                new AuthenticationSettings(
                        List.of(settings(
                                provider.keysAddress(), new Directory("default", true, false, List.of(), mapping))),
                        SessionSettings.defaults()),
                directory);
        world.identity().groups().create(world.administrator(), "engineering", "");
        world.identity().roles().assignToGroup(world.administrator(), "developer", "engineering");
    }

    @AfterAll
    static void close() {
        world.close();
        provider.close();
    }

    private static AuthenticationSettings.Jwt settings(URI keys, Directory users) {
        return new AuthenticationSettings.Jwt(
                provider.issuer(),
                TestingProvider.CLIENT,
                keys,
                "company",
                List.of("RS256", "ES256"),
                Duration.ofSeconds(60),
                users);
    }

    private static ObjectNode claims() {
        return provider.claims(world.now());
    }

    private static ObjectNode claimsOf(String user) {
        return claims().put("sub", user + "-1").put("email", user + "@example.com");
    }

    private static void assertRefusedToken(String token) {
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.authenticate(token));
    }

    @Test
    void shouldTakeATokenForItsUser() {
        Caller caller = world.authenticate(sign(claims()));
        assertThat(caller.principal()).isEqualTo("alice@example.com");
        assertThat(caller.keyId()).isNull();
        assertThat(world.authenticate(sign(header("ES256", "ec-1"), claims())).principalId())
                .isEqualTo(caller.principalId());
    }

    @Nested
    class Hostile {
        static Stream<Arguments> wrongClaims() {
            return Stream.of(
                    wrong("another issuer", claims -> claims.put("iss", "https://evil.example")),
                    wrong("an issuer with a slash", claims -> claims.put("iss", provider.issuer() + "/")),
                    wrong("no issuer", claims -> claims.remove("iss")),
                    wrong("another audience", claims -> claims.put("aud", "another")),
                    wrong(
                            "audiences without ours",
                            claims -> claims.putArray("aud").add("a").add("b")),
                    wrong(
                            "an audience that is no text",
                            claims -> claims.putArray("aud")
                                    .add(TestingProvider.CLIENT)
                                    .add(1)),
                    wrong("no audience", claims -> claims.remove("aud")),
                    wrong(
                            "an end that has passed",
                            claims -> claims.put("exp", world.now().getEpochSecond() - 61)),
                    wrong("no end", claims -> claims.remove("exp")),
                    wrong("an end that is text", claims -> claims.put("exp", "99999999999")),
                    wrong("an end beyond all time", claims -> claims.put("exp", Long.MAX_VALUE)),
                    wrong("a negative end", claims -> claims.put("exp", -1)),
                    wrong(
                            "a beginning to come",
                            claims -> claims.put("nbf", world.now().getEpochSecond() + 61)),
                    wrong(
                            "an issue to come",
                            claims -> claims.put("iat", world.now().getEpochSecond() + 61)),
                    wrong("no subject", claims -> claims.remove("sub")),
                    wrong("a long subject", claims -> claims.put("sub", "s".repeat(256))),
                    wrong("no user", claims -> claims.remove("email")),
                    wrong(
                            "a user that is no address",
                            claims -> claims.put("email", "root").put("sub", "x")),
                    wrong("an unverified address", claims -> claims.put("email_verified", false)),
                    wrong("an address unverified in words", claims -> claims.put("email_verified", "false")),
                    wrong("a nonce, as for signing in", claims -> claims.put("nonce", "n")),
                    wrong("events, as for signing out", claims -> claims.putObject("events")));
        }

        private static Arguments wrong(String what, Consumer<ObjectNode> change) {
            return Arguments.of(what, change);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("wrongClaims")
        void shouldRefuseClaims(String what, Consumer<ObjectNode> change) {
            ObjectNode claims = claims();
            change.accept(claims);
            assertRefusedToken(sign(claims));
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "None", "nOnE", "HS256", "RS384", "PS256", "rs256", "", "EdDSA"})
        void shouldRefuseAlgorithmsThatAreNotConfigured(String algorithm) {
            assertRefusedToken(sign(header(algorithm, "rsa-1"), claims()));
            String unsigned = BASE64.encodeToString(Json.write(header(algorithm, "rsa-1"))) + "."
                    + BASE64.encodeToString(Json.write(claims()));
            assertRefusedToken(unsigned + ".");
            assertRefusedToken(unsigned);
        }

        @Test
        void shouldNotTakeThePublicKeyForASharedSecret() throws Exception {
            for (byte[] secret : List.of(
                    TestingProvider.rsa().toRSAPublicKey().getEncoded(),
                    TestingProvider.rsa().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
                String signed = BASE64.encodeToString(Json.write(header("HS256", "rsa-1"))) + "."
                        + BASE64.encodeToString(Json.write(claims()));
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                assertRefusedToken(
                        signed + "." + BASE64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII))));
            }
        }

        @Test
        void shouldNotTakeKeysThatTheTokenBrings() {
            ObjectNode embedded = header("RS256", "rsa-2");
            embedded.set("jwk", readable(TestingProvider.other().toPublicJWK().toJSONString()));
            assertRefusedToken(sign(embedded, Json.write(claims()), TestingProvider.other()));
            int before = provider.keyFetches.get();
            for (String name : List.of("jku", "x5u")) {
                ObjectNode pointing = header("RS256", "rsa-1").put(name, provider.issuer() + "/keys");
                assertRefusedToken(sign(pointing, Json.write(claims()), TestingProvider.other()));
            }
            assertThat(provider.keyFetches.get()).isEqualTo(before);
        }

        private static ObjectNode readable(String json) {
            return (ObjectNode) Json.read(json.getBytes(StandardCharsets.UTF_8));
        }

        @Test
        void shouldRefuseOtherKeysAndOtherHeaders() {
            assertRefusedToken(sign(header("RS256", "rsa-1"), Json.write(claims()), TestingProvider.other()));
            assertRefusedToken(sign(header("RS256", "ec-1"), claims()));
            assertRefusedToken(sign(header("ES256", "rsa-1"), claims()));
            assertRefusedToken(sign(header("RS256", "rsa-1").put("typ", "logout+jwt"), claims()));
            assertRefusedToken(sign(header("RS256", "rsa-1").put("b64", true), claims()));
            assertRefusedToken(sign(header("RS256", "k".repeat(300)), claims()));
            ObjectNode critical = header("RS256", "rsa-1");
            critical.putArray("crit").add("exp");
            assertRefusedToken(sign(critical, claims()));
        }

        @Test
        void shouldRefuseEveryOtherSpellingOfAGoodToken() {
            String token = sign(claimsOf("spelling"));
            assertThat(world.authenticate(token).principal()).isEqualTo("spelling@example.com");
            String[] parts = token.split("\\.");
            // A 2048 bit signature has 342 letters, of which the last carries four unused bits.
            char last = token.charAt(token.length() - 1);
            for (String other : List.of(
                    token.substring(0, token.length() - 1) + (char) (last + 1),
                    token + "=",
                    token + "==",
                    token + ".",
                    "." + token,
                    token.replace(".", ".\n"),
                    parts[0] + "." + parts[1] + " ." + parts[2],
                    parts[0] + "." + parts[1] + "+" + "." + parts[2],
                    parts[0] + ".." + parts[2],
                    parts[0] + "." + parts[1] + "." + parts[2].substring(0, 40),
                    token + "AAAA",
                    token + ".e30.e30")) {
                assertRefusedToken(other);
            }
        }

        @Test
        void shouldRefuseWhatIsNoJsonOrTwice() {
            for (String payload : List.of("", "[]", "null", "{", "{\"iss\":1,\"iss\":2}", "\u0000")) {
                assertRefusedToken(sign(
                        header("RS256", "rsa-1"), payload.getBytes(StandardCharsets.UTF_8), TestingProvider.rsa()));
            }
            String twice = new String(Json.write(claims()), StandardCharsets.UTF_8)
                    .replace("\"sub\":", "\"sub\":\"admin\",\"sub\":");
            assertRefusedToken(
                    sign(header("RS256", "rsa-1"), twice.getBytes(StandardCharsets.UTF_8), TestingProvider.rsa()));
        }

        @Test
        void shouldRefuseTokensThatAreTooLarge() {
            assertRefusedToken(sign(claims().put("more", "x".repeat(TokenVerifier.LENGTH_MAX))));
            assertRefusedToken("a.b." + "c".repeat(1_000_000));
        }
    }

    @Nested
    class People {
        @Test
        void shouldMakeAnAccountWithoutRights() {
            Caller caller = world.authenticate(sign(claimsOf("newcomer")));
            assertThat(caller.principal()).isEqualTo("newcomer@example.com");
            assertThat(caller.rights().describe()).containsExactly(List.of());
        }

        @Test
        void shouldKeepAnotherSubjectOutOfAnAccount() {
            world.authenticate(sign(claimsOf("first")));
            assertRefusedToken(sign(claimsOf("first").put("sub", "second-1")));
            Caller renamed = world.authenticate(sign(claimsOf("first").put("email", "renamed@example.com")));
            assertThat(renamed.principal()).as("the subject counts").isEqualTo("first@example.com");
        }

        @Test
        void shouldKeepOutWhomAnAdministratorDeactivated() {
            String token = sign(claimsOf("leaver"));
            world.authenticate(token);
            world.identity().users().deactivate(world.administrator(), "leaver@example.com");
            assertRefusedToken(token);
            assertRefusedToken(sign(claimsOf("leaver").put("jti", "again")));
        }

        @Test
        void shouldKnowServiceAccountsOnlyWhenTheyExist() {
            ObjectNode claims = claims().put("client_id", "builder").put("sub", "builder");
            claims.remove("email");
            assertRefusedToken(sign(claims));
            world.identity()
                    .users()
                    .create(world.administrator(), dev.gantry.identity.PrincipalKind.SERVICE_ACCOUNT, "builder", "");
            assertThat(world.authenticate(sign(claims)).principal()).isEqualTo("builder");
        }

        @Test
        void shouldForgetATokenWhenItEnds() {
            String token = sign(claimsOf("shortly").put("exp", world.now().getEpochSecond() + 5));
            world.authenticate(token);
            world.pass(Duration.ofSeconds(64));
            world.authenticate(token);
            world.pass(Duration.ofSeconds(2));
            assertRefusedToken(token);
        }
    }

    @Nested
    class Keys {
        private final AtomicLong nanos = new AtomicLong(1);

        private SigningKeys keys(TestingProvider from) {
            return new SigningKeys(from::keysAddress, new Fetcher(Duration.ofSeconds(2)), nanos::get);
        }

        private int find(SigningKeys keys, String id) {
            return keys.find(id, Algorithm.RS256.jws()).size();
        }

        @Test
        void shouldFetchAgainForAnUnknownKeyButNotForEvery() throws Exception {
            try (TestingProvider own = TestingProvider.start()) {
                SigningKeys keys = keys(own);
                assertThat(find(keys, "rsa-1")).isEqualTo(1);
                for (int made = 0; made < 100; made++) {
                    assertThat(find(keys, "made-up-" + made)).isZero();
                }
                assertThat(own.keyFetches.get()).isEqualTo(1);
                own.keys = new JWKSet(TestingProvider.other().toPublicJWK()).toString();
                nanos.addAndGet(SigningKeys.PAUSE.toNanos());
                assertThat(find(keys, "rsa-2")).isEqualTo(1);
                assertThat(find(keys, "rsa-1")).as("withdrawn").isZero();
                assertThat(own.keyFetches.get()).isEqualTo(2);
            }
        }

        @Test
        void shouldGoOnForADayWhileTheProviderIsAway() throws Exception {
            try (TestingProvider own = TestingProvider.start()) {
                SigningKeys keys = keys(own);
                assertThat(find(keys, "rsa-1")).isEqualTo(1);
                own.keysStatus = 500;
                nanos.addAndGet(SigningKeys.STALE.toNanos() - 1);
                assertThat(find(keys, "rsa-1")).isEqualTo(1);
                nanos.addAndGet(SigningKeys.PAUSE.toNanos());
                assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> find(keys, "rsa-1"));
                own.keysStatus = 200;
                nanos.addAndGet(SigningKeys.PAUSE.toNanos());
                assertThat(find(keys, "rsa-1")).isEqualTo(1);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{}", "{\"keys\":[]}", "no json", "BOMB", "MANY", "SHORT", "SECRET"})
        void shouldNotTakeKeysThatCannotBe(String document) throws Exception {
            try (TestingProvider own = TestingProvider.start()) {
                own.keys = switch (document) {
                    case "BOMB" -> "{\"keys\":[" + " ".repeat(Fetcher.BYTES_MAX) + "]}";
                    case "MANY" ->
                        "{\"keys\":["
                                + String.join(",", java.util.Collections.nCopies(51, "{\"kty\":\"oct\",\"k\":\"AA\"}"))
                                + "]}";
                    case "SHORT" ->
                        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa-1\",\"e\":\"AQAB\",\"n\":\"" + "u".repeat(171)
                                + "\"}]}";
                    case "SECRET" -> "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"rsa-1\",\"k\":\"c2VjcmV0\"}]}";
                    default -> document;
                };
                assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> find(keys(own), "rsa-1"));
            }
        }

        @Test
        void shouldNotFollowRedirectsNorGoInTheClear() throws Exception {
            try (TestingProvider own = TestingProvider.start()) {
                own.keysStatus = 302;
                assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> find(keys(own), "rsa-1"));
            }
            for (String address : List.of(
                    "http://example.com/keys",
                    "http://127.0.0.1.example.com/",
                    "http://127.0.0.1@example.com/",
                    "file:///etc/passwd")) {
                assertThat(Fetcher.isSecure(URI.create(address))).as(address).isFalse();
            }
        }
    }
}
