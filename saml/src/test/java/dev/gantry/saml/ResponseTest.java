package dev.gantry.saml;

import static dev.gantry.saml.TestingWorld.BASE;
import static dev.gantry.saml.TestingWorld.CONSUMER;
import static dev.gantry.saml.TestingWorld.ENTITY;
import static dev.gantry.saml.TestingWorld.IDP;
import static dev.gantry.saml.TestingWorld.NOW;
import static dev.gantry.saml.TestingWorld.OWN;
import static dev.gantry.saml.TestingWorld.STRANGER;
import static dev.gantry.saml.TestingWorld.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.saml.TestingWorld.Trip;
import dev.gantry.testing.TestingIdp;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.SignatureMethod;
import javax.xml.crypto.dsig.Transform;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ResponseTest {
    private static final TestingWorld WORLD = TestingWorld.open();
    private static final TestingWorld WIDE = TestingWorld.openWide();

    private static Document signedAssertion(Trip trip) {
        Document response = TestingIdp.response(TestingWorld.values(trip));
        IDP.sign(TestingIdp.element(response, "Assertion"));
        return response;
    }

    @Nested
    class Believed {
        @Test
        void shouldReadWhoSignedIn() {
            Trip trip = WORLD.begin();
            Saml.Arrival arrival = WORLD.arrive(signedAssertion(trip), trip.cookie());
            Vouched vouched = arrival.vouched();
            assertThat(arrival.returnTo()).isEqualTo("/console/keys?tab=1");
            assertThat(vouched.issuer()).isEqualTo(TestingIdp.ENTITY);
            assertThat(vouched.subject()).isEqualTo("alice-1");
            assertThat(vouched.session()).isEqualTo("session-1");
            assertThat(vouched.issuedAt()).isEqualTo(NOW);
            assertThat(vouched.claims().toString())
                    .contains("\"sub\":\"alice-1\"", "\"email\":\"alice@example.com\"", "\"groups\":[\"eng\",\"ops\"]");
        }

        @Test
        void shouldTakeASignedResponseForItsAssertion() {
            Trip trip = WORLD.begin();
            Document response = TestingIdp.response(TestingWorld.values(trip));
            IDP.sign(response.getDocumentElement());
            assertThat(WORLD.arrive(response, trip.cookie()).vouched().subject())
                    .isEqualTo("alice-1");
        }

        @Test
        void shouldVerifyBothSignatures() {
            Trip trip = WORLD.begin();
            Document response = signedAssertion(trip);
            IDP.sign(response.getDocumentElement());
            assertThat(WORLD.arrive(response, trip.cookie()).vouched().subject())
                    .isEqualTo("alice-1");

            Document other = TestingIdp.response(TestingWorld.values(trip));
            sign(TestingIdp.element(other, "Assertion"), STRANGER.keys().getPrivate());
            IDP.sign(other.getDocumentElement());
            assertRefused("not valid by any", () -> WORLD.arrive(other, trip.cookie()));
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldReadAnEncryptedAssertion(boolean responseSigned) {
            Trip trip = WORLD.begin();
            Document response = signedAssertion(trip);
            TestingIdp.encrypt(response, OWN.keys().getPublic(), TestingIdp.AES_GCM, TestingIdp.OAEP);
            if (responseSigned) {
                IDP.sign(response.getDocumentElement());
            }
            assertThat(TestingIdp.text(response)).doesNotContain("alice");
            assertThat(WORLD.arrive(response, trip.cookie()).vouched().subject())
                    .isEqualTo("alice-1");
        }

        @Test
        void shouldFindAttributesUnderTheNamesOfOtherProducts() {
            Vouched vouched = WORLD.arriveWith(values -> values.put(
                            "attributes",
                            TestingIdp.attribute("urn:oid:0.9.2342.19200300.100.1.3", "alice@example.com")
                                    + TestingIdp.attribute(
                                            "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", "eng")))
                    .vouched();
            assertThat(vouched.claims().path("email").asText()).isEqualTo("alice@example.com");
            assertThat(vouched.claims().path("groups").asText()).isEqualTo("eng");
        }

        @Test
        void shouldTakeAnAddressThatIsTheNameItself() {
            Vouched vouched = WORLD.arriveWith(values -> {
                        values.put("format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");
                        values.put("name", "alice@example.com");
                        values.put("attributes", "");
                    })
                    .vouched();
            assertThat(vouched.claims().path("email").asText()).isEqualTo("alice@example.com");
        }
    }

    @Nested
    class Refused {
        @Test
        void shouldRefuseWhatNobodySigned() {
            Trip trip = WORLD.begin();
            assertRefused(
                    "neither the response nor the assertion is signed",
                    () -> WORLD.arrive(TestingIdp.response(TestingWorld.values(trip)), trip.cookie()));
        }

        @Test
        void shouldRefuseAnotherKeyWhateverTheSignatureSaysOfIt() {
            Trip trip = WORLD.begin();
            Document response = TestingIdp.response(TestingWorld.values(trip));
            Element assertion = TestingIdp.element(response, "Assertion");
            SignedXml.sign(
                    assertion, STRANGER.keys().getPrivate(), STRANGER.certificate(), SignatureAlgorithm.RSA_SHA256);
            assertThat(TestingIdp.text(response)).contains("X509Certificate");
            assertRefused("not valid by any", () -> WORLD.arrive(response, trip.cookie()));
        }

        @Test
        void shouldRefuseWhatWasChangedAfterwards() {
            Trip trip = WORLD.begin();
            Document response = signedAssertion(trip);
            TestingIdp.element(response, "NameID").setTextContent("mallory-1");
            assertRefused("not valid by any", () -> WORLD.arrive(response, trip.cookie()));
        }

        @ParameterizedTest
        @CsvSource({
            "issuer, https://other.example/saml, issuer",
            "audience, https://other.example, is for",
            "recipient, https://gantry.example/auth/saml/other/acs, it is for",
            "consumer, https://other.example/acs, the response is for",
            "request, _another, answers another request",
            "request, '', answers another request",
            "status, Responder, status",
            "until, 2026-11-21T07:58:59Z, over",
            "from, 2026-11-21T08:01:01Z, does not hold yet",
            "until, 2026-11-23T08:00:00Z, lasts for more",
            "format, urn:oasis:names:tc:SAML:2.0:nameid-format:transient, transient",
            "name, '', does not say who",
        })
        void shouldRefuseAnAnswerThatIsNotForThisAttempt(String name, String value, String reason) {
            assertRefused(
                    reason,
                    () -> WORLD.arriveWith(values -> {
                        values.put(name, value);
                        if (name.equals("recipient")) {
                            values.put("consumer", CONSUMER);
                        }
                    }));
        }

        @Test
        void shouldRefuseAnAssertionForAnotherAttemptEvenInAResponseToThisOne() {
            Trip first = WORLD.begin();
            Trip second = WORLD.begin();
            Document response = signedAssertion(first);
            response.getDocumentElement().setAttribute("InResponseTo", second.request());
            assertRefused("answers another request", () -> WORLD.arrive(response, second.cookie()));
        }

        @Test
        void shouldAllowForClocksThatDiffer() {
            assertThat(WORLD.arriveWith(values -> {
                                values.put("from", NOW.plusSeconds(59).toString());
                                values.put("until", NOW.minusSeconds(59).toString());
                            })
                            .vouched()
                            .subject())
                    .isEqualTo("alice-1");
        }

        @Test
        void shouldRefuseAnAnswerInABrowserThatDidNotAsk() {
            Trip trip = WORLD.begin();
            Document response = signedAssertion(trip);
            for (String cookie :
                    List.of("", "x", WORLD.begin().cookie(), trip.cookie().replace("company", "other"))) {
                assertThatThrownBy(() -> WORLD.arrive(response, cookie)).isInstanceOf(GantryException.class);
            }
            assertThatThrownBy(() -> WORLD.arrive(response, null))
                    .isInstanceOf(GantryException.class)
                    .hasMessageContaining("no sign-in that this browser began");
        }

        @Test
        void shouldRefuseAnAnswerThatNobodyAskedForUnlessItMayBe() {
            Map<String, String> values = TestingIdp.values(CONSUMER, ENTITY, "", NOW);
            Document response = TestingIdp.response(values);
            IDP.sign(TestingIdp.element(response, "Assertion"));
            assertThatThrownBy(() -> WORLD.arrive(response, null)).isInstanceOf(GantryException.class);

            Saml.Arrival arrival =
                    WIDE.saml().arrive("company", TestingIdp.field(response), "/console/runs", null, BASE);
            assertThat(arrival.vouched().subject()).isEqualTo("alice-1");
            assertThat(arrival.returnTo()).isEqualTo("/console/runs");
        }

        @Test
        void shouldNotTakeAnAnswerToSomebodyElseForOneThatNobodyAskedFor() {
            Trip trip = WIDE.begin();
            Document response = signedAssertion(trip);
            assertRefused("answers another request", () -> WIDE.arrive(response, null));
        }

        @Test
        void shouldNotTakeAShortenedNameForTheWholeOne() {
            Trip trip = WORLD.begin();
            Map<String, String> values = TestingWorld.values(trip);
            values.put("name", "admin@example.com<!-- -->.evil.example");
            Document response = TestingIdp.response(values);
            IDP.sign(TestingIdp.element(response, "Assertion"));
            assertThat(WORLD.arrive(response, trip.cookie()).vouched().subject())
                    .isEqualTo("admin@example.com.evil.example");
        }

        @Test
        void shouldRefuseANameOfAnotherKindThanWasAskedFor() {
            String persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
            String address = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
            TestingWorld asking = TestingWorld.open(TestingWorld.settings(Optional.of(persistent), Optional.empty()));
            assertThat(asking.arriveWith(values -> values.put("format", persistent))
                            .vouched()
                            .subject())
                    .isEqualTo("alice-1");
            assertRefused(
                    "not the one of name_id_format", () -> asking.arriveWith(values -> values.put("format", address)));
            TestingWorld byAttribute =
                    TestingWorld.open(TestingWorld.settings(Optional.of(persistent), Optional.of("email")));
            assertThat(byAttribute
                            .arriveWith(values -> values.put("format", address))
                            .vouched()
                            .subject())
                    .isEqualTo("alice@example.com");
        }

        @Test
        void shouldNotTakeOneAttributeForAnother() {
            Trip trip = WORLD.begin();
            Map<String, String> values = TestingWorld.values(trip);
            values.put(
                    "attributes",
                    TestingIdp.attribute("sub", "root")
                            + TestingIdp.attribute("email", "a@example.com", "b@example.com"));
            Document response = TestingIdp.response(values);
            IDP.sign(TestingIdp.element(response, "Assertion"));
            Vouched vouched = WORLD.arrive(response, trip.cookie()).vouched();
            assertThat(vouched.claims().path("sub").asText()).isEqualTo("alice-1");
            assertThat(vouched.claims().path("email").isTextual()).isFalse();
        }
    }

    @Nested
    class Algorithms {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
                })
        void shouldBelieveStrongOnes(String algorithm) {
            Trip trip = WORLD.begin();
            assertThat(WORLD.arrive(signedBy(trip, algorithm, DigestMethod.SHA512), trip.cookie())
                            .vouched()
                            .subject())
                    .isEqualTo("alice-1");
        }

        private Document signedBy(Trip trip, String algorithm, String digest) {
            Document response = TestingIdp.response(TestingWorld.values(trip));
            TestingIdp.sign(
                    TestingIdp.element(response, "Assertion"),
                    IDP.own().keys().getPrivate(),
                    algorithm,
                    digest,
                    Transform.ENVELOPED,
                    CanonicalizationMethod.EXCLUSIVE);
            return response;
        }

        @Test
        void shouldRefuseSha1UnlessItMayBe() {
            Trip trip = WORLD.begin();
            assertRefused(
                    "sha1",
                    () -> WORLD.arrive(signedBy(trip, SignatureMethod.RSA_SHA1, DigestMethod.SHA256), trip.cookie()));
            assertRefused(
                    "sha1",
                    () -> WORLD.arrive(signedBy(trip, TestingIdp.RSA_SHA256, DigestMethod.SHA1), trip.cookie()));
            Trip wide = WIDE.begin();
            assertThat(WIDE.arrive(signedBy(wide, SignatureMethod.RSA_SHA1, DigestMethod.SHA1), wide.cookie())
                            .vouched()
                            .subject())
                    .isEqualTo("alice-1");
        }

        @Test
        void shouldNotTakeThePublicKeyForASharedSecret() {
            Trip trip = WORLD.begin();
            Document response = TestingIdp.response(TestingWorld.values(trip));
            TestingIdp.sign(
                    TestingIdp.element(response, "Assertion"),
                    new javax.crypto.spec.SecretKeySpec(
                            IDP.own().keys().getPublic().getEncoded(), "HmacSHA256"),
                    SignatureMethod.HMAC_SHA256,
                    DigestMethod.SHA256,
                    Transform.ENVELOPED,
                    CanonicalizationMethod.EXCLUSIVE);
            assertThatThrownBy(() -> WORLD.arrive(response, trip.cookie())).isInstanceOf(GantryException.class);
        }

        @Test
        void shouldRefuseOtherTransforms() {
            Trip trip = WORLD.begin();
            for (List<String> transforms : List.of(
                    List.of(Transform.ENVELOPED),
                    List.of(Transform.ENVELOPED, CanonicalizationMethod.INCLUSIVE),
                    List.of(Transform.ENVELOPED, CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS))) {
                Document response = TestingIdp.response(TestingWorld.values(trip));
                TestingIdp.sign(
                        TestingIdp.element(response, "Assertion"),
                        IDP.own().keys().getPrivate(),
                        TestingIdp.RSA_SHA256,
                        DigestMethod.SHA256,
                        transforms.toArray(String[]::new));
                assertRefused("transforms", () -> WORLD.arrive(response, trip.cookie()));
            }
        }

        @Test
        void shouldRefuseWhatIsEncryptedForSomebodyElse() {
            Trip trip = WORLD.begin();
            Document response = signedAssertion(trip);
            TestingIdp.encrypt(response, STRANGER.keys().getPublic(), TestingIdp.AES_GCM, TestingIdp.OAEP);
            assertRefused("cannot be decrypted", () -> WORLD.arrive(response, trip.cookie()));
        }

        @Test
        void shouldNeverUnwrapKeysTheOldWay() {
            Trip trip = WIDE.begin();
            Document response = signedAssertion(trip);
            TestingIdp.encrypt(
                    response, OWN.keys().getPublic(), TestingIdp.AES_GCM, "http://www.w3.org/2001/04/xmlenc#rsa-1_5");
            assertRefused("encryption of the key does not count", () -> WIDE.arrive(response, trip.cookie()));
        }

        @Test
        void shouldDecryptBlocksInASignedResponseOnlyAndIfTheyMayBe() {
            Trip trip = WIDE.begin();
            Document response = signedAssertion(trip);
            TestingIdp.encrypt(response, OWN.keys().getPublic(), TestingIdp.AES_CBC, TestingIdp.OAEP);
            assertRefused("algorithm does not count", () -> WIDE.arrive(response, trip.cookie()));
            IDP.sign(response.getDocumentElement());
            assertThat(WIDE.arrive(response, trip.cookie()).vouched().subject()).isEqualTo("alice-1");
            assertThatThrownBy(() -> WORLD.arrive(response, WORLD.begin().cookie()))
                    .isInstanceOf(GantryException.class);
        }

        @Test
        void shouldRefuseAnEncryptedAssertionThatNobodySigned() {
            Trip trip = WORLD.begin();
            Document response = TestingIdp.response(TestingWorld.values(trip));
            TestingIdp.encrypt(response, OWN.keys().getPublic(), TestingIdp.AES_GCM, TestingIdp.OAEP);
            assertRefused("neither the response nor", () -> WORLD.arrive(response, trip.cookie()));
        }
    }

    @Nested
    class Documents {
        private void assertRefusedText(String reason, String xml) {
            Trip trip = WORLD.begin();
            String field = Base64.getEncoder().encodeToString(xml.getBytes(StandardCharsets.UTF_8));
            assertRefused(reason, () -> WORLD.arrive(field, trip.cookie()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r>&x;</r>",
                    "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/evil.dtd\"><r/>",
                    "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]><r>&c;</r>",
                    "<!DOCTYPE r [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/\"> %p;]><r/>"
                })
        void shouldRefuseDocumentTypes(String xml) {
            assertRefusedText("DOCTYPE", xml);
        }

        @Test
        void shouldRefuseWhatIsTooLargeOrTooDeep() {
            assertRefusedText("bytes", "<r>" + "x".repeat(Xml.BYTES_MAX) + "</r>");
            assertRefusedText("cannot be read", "<r>".repeat(1_000) + "</r>".repeat(1_000));
            assertRefusedText("nodes", "<r>" + "<r/>".repeat(30_000) + "</r>");
            Trip trip = WORLD.begin();
            assertRefused("more than a message", () -> WORLD.arrive("A".repeat(2 * Xml.BYTES_MAX + 4), trip.cookie()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "<r>", "<r/>", "<?xml version=\"1.0\"?><?evil do?><r/>", "\u0000"})
        void shouldRefuseWhatIsNoResponse(String xml) {
            Trip trip = WORLD.begin();
            String field = Base64.getEncoder().encodeToString(xml.getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> WORLD.arrive(field, trip.cookie())).isInstanceOf(GantryException.class);
            assertRefused("not Base64", () -> WORLD.arrive("%%%" + xml, trip.cookie()));
        }

        @Test
        void shouldRefuseIdsThatAreThereTwice() {
            Trip trip = WORLD.begin();
            Document response = signedAssertion(trip);
            String id = TestingIdp.element(response, "Assertion").getAttribute("ID");
            TestingIdp.element(response, "Status").setAttribute("ID", id);
            assertRefused("an id twice", () -> WORLD.arrive(response, trip.cookie()));
        }
    }

    private static void sign(Element element, java.security.Key key) {
        TestingIdp.sign(
                element,
                key,
                TestingIdp.RSA_SHA256,
                DigestMethod.SHA256,
                Transform.ENVELOPED,
                CanonicalizationMethod.EXCLUSIVE);
    }
}
