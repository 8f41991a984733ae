package dev.gantry.saml;

import static dev.gantry.saml.TestingWorld.BASE;
import static dev.gantry.saml.TestingWorld.ENTITY;
import static dev.gantry.saml.TestingWorld.IDP;
import static dev.gantry.saml.TestingWorld.LOGOUT;
import static dev.gantry.saml.TestingWorld.NOW;
import static dev.gantry.saml.TestingWorld.OWN;
import static dev.gantry.saml.TestingWorld.SIGN_OFF;
import static dev.gantry.saml.TestingWorld.SIGN_ON;
import static dev.gantry.saml.TestingWorld.STRANGER;
import static dev.gantry.saml.TestingWorld.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.saml.SamlSettings.Binding;
import dev.gantry.testing.TestingCertificate;
import dev.gantry.testing.TestingIdp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What this server says itself, what it learns of providers, and signing out. */
class ExchangeTest {
    private static final TestingWorld WORLD = TestingWorld.open();
    private static final List<PublicKey> OWN_KEYS = List.of(OWN.keys().getPublic());
    private static final List<PublicKey> IDP_KEYS = List.of(IDP.own().keys().getPublic());
    private static final Optional<OwnKey> IDP_KEY =
            Optional.of(new OwnKey(IDP.own().keys().getPrivate(), IDP.own().certificate()));

    @Nested
    class Requests {
        @Test
        void shouldAskInASignedAddress() {
            Saml.Departure departure = WORLD.saml().depart("company", "/console/", false, BASE);
            URI location = java.util.Objects.requireNonNull(departure.location());
            assertThat(location.toString()).startsWith(SIGN_ON + "?SAMLRequest=");
            RedirectBinding.Signed signed = RedirectBinding.verify(location.getRawQuery(), OWN_KEYS, false);
            Element request = Xml.parse(signed.xml()).getDocumentElement();
            assertThat(request.getLocalName()).isEqualTo("AuthnRequest");
            assertThat(request.getAttribute("ID"))
                    .isEqualTo(Attempt.read(departure.cookie()).orElseThrow().request());
            assertThat(request.getAttribute("Destination")).isEqualTo(SIGN_ON.toString());
            assertThat(request.getAttribute("AssertionConsumerServiceURL")).isEqualTo(TestingWorld.CONSUMER);
            assertThat(Xml.text(Xml.requireChild(request, Xml.ASSERTION, "Issuer")))
                    .isEqualTo(ENTITY);
        }

        @Test
        void shouldHaveTheProviderAskAnewAndInsistOnIt() {
            Saml.Departure departure = WORLD.saml().depart("company", "/console/", true, BASE);
            String query =
                    java.util.Objects.requireNonNull(departure.location()).getRawQuery();
            Element request = Xml.parse(
                            RedirectBinding.verify(query, OWN_KEYS, false).xml())
                    .getDocumentElement();
            assertThat(request.getAttribute("ForceAuthn")).isEqualTo("true");
            String cookie = String.valueOf(departure.cookie());
            TestingWorld.Trip trip = new TestingWorld.Trip(
                    cookie, Attempt.read(cookie).orElseThrow().request());
            for (String proven : List.of(NOW.minusSeconds(3_600).toString(), NOW.toString())) {
                Map<String, String> values = TestingWorld.values(trip);
                values.put("proven", proven);
                Document response = TestingIdp.response(values);
                IDP.sign(TestingIdp.element(response, "Assertion"));
                if (proven.equals(NOW.toString())) {
                    assertThat(WORLD.arrive(response, trip.cookie()).vouched().provenAt())
                            .isEqualTo(NOW);
                } else {
                    assertThatThrownBy(() -> WORLD.arrive(response, trip.cookie()))
                            .hasMessageContaining("did not ask you anew");
                }
            }
        }

        @Test
        void shouldAskForAStrongerProofAndInsistOnIt() {
            String strong = "https://refeds.org/profile/mfa";
            TestingWorld world = TestingWorld.open(TestingWorld.settings(List.of("urn:other", strong)));
            TestingWorld.Trip trip = world.begin();
            URI location = java.util.Objects.requireNonNull(
                    world.saml().depart("company", "/console/", false, BASE).location());
            Element request = Xml.parse(RedirectBinding.verify(location.getRawQuery(), OWN_KEYS, false)
                            .xml())
                    .getDocumentElement();
            Element asked = Xml.requireChild(request, Xml.PROTOCOL, "RequestedAuthnContext");
            assertThat(asked.getAttribute("Comparison")).isEqualTo("exact");
            assertThat(Xml.children(asked).stream().map(Xml::text)).containsExactly("urn:other", strong);
            assertThat(asked.getPreviousSibling().getLocalName()).isEqualTo("NameIDPolicy");

            assertThatThrownBy(() -> arrive(world, trip, "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"))
                    .hasMessageContaining("stronger proof")
                    .hasMessageContaining("urn:other or " + strong)
                    .hasMessageContaining("it names urn:oasis:names:tc:SAML:2.0:ac:classes:Password");
            assertThatThrownBy(() -> arrive(world, trip, "")).hasMessageContaining("it names none");
            assertThat(arrive(world, trip, strong).vouched().context()).isEqualTo(strong);
        }

        private Saml.Arrival arrive(TestingWorld world, TestingWorld.Trip trip, String context) {
            Map<String, String> values = TestingWorld.values(trip);
            values.put("context", context);
            Document response = TestingIdp.response(values);
            IDP.sign(TestingIdp.element(response, "Assertion"));
            return world.arrive(response, trip.cookie());
        }

        @Test
        void shouldAskByAForm() {
            SamlSettings redirect = TestingWorld.settings(false, false);
            TestingWorld world = TestingWorld.open(new SamlSettings(
                    redirect.name(),
                    redirect.entityId(),
                    redirect.source(),
                    redirect.providerEntityId(),
                    redirect.ownKey(),
                    Binding.POST,
                    Optional.of("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
                    redirect.subjectAttribute(),
                    List.of(),
                    redirect.clockSkew(),
                    false,
                    false,
                    false));
            FormPost form = java.util.Objects.requireNonNull(
                    world.saml().depart("company", "/console/", false, BASE).form());
            assertThat(form.action()).isEqualTo(SIGN_ON);
            Element request =
                    Xml.parse(Base64.getDecoder().decode(form.message())).getDocumentElement();
            Element signature = SignedXml.signatureOf(request).orElseThrow();
            Element signed = SignedXml.verify(request, signature, OWN_KEYS, false);
            assertThat(Xml.requireChild(signed, Xml.PROTOCOL, "NameIDPolicy").getAttribute("Format"))
                    .endsWith("persistent");
            assertThat(form.page())
                    .contains("action=\"https://idp.example/sso\"", FormPost.SCRIPT, "name=\"SAMLRequest\"");
        }

        @Test
        void shouldWriteNothingOfOthersIntoAPage() {
            FormPost form =
                    new FormPost(URI.create("https://idp.example/?a=1&b=2"), "SAMLRequest", "eA==", "\"><script>x");
            assertThat(form.page()).doesNotContain("\"><script>x").contains("&quot;&gt;&lt;script&gt;x", "a=1&amp;b=2");
        }

        @Test
        void shouldDescribeItself() {
            Document metadata = Xml.parse(WORLD.saml().metadata("company", BASE).getBytes(StandardCharsets.UTF_8));
            assertThat(metadata.getDocumentElement().getAttribute("entityID")).isEqualTo(ENTITY);
            Element role = Xml.requireChild(metadata.getDocumentElement(), Xml.METADATA, "SPSSODescriptor");
            assertThat(role.getAttribute("AuthnRequestsSigned")).isEqualTo("true");
            assertThat(Xml.children(role).stream().map(Element::getLocalName))
                    .containsExactly(
                            "KeyDescriptor",
                            "KeyDescriptor",
                            "SingleLogoutService",
                            "SingleLogoutService",
                            "AssertionConsumerService");
            assertThat(Xml.requireChild(role, Xml.METADATA, "AssertionConsumerService")
                            .getAttribute("Location"))
                    .isEqualTo(TestingWorld.CONSUMER);
            assertThatThrownBy(() -> WORLD.saml().metadata("other", BASE))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    @Nested
    class SigningOut {
        private String request(String issuer, String destination, String session) {
            return "<samlp:LogoutRequest xmlns:samlp=\"" + Xml.PROTOCOL + "\" xmlns:saml=\"" + Xml.ASSERTION
                    + "\" ID=\"_l1\" Version=\"2.0\" IssueInstant=\"" + NOW + "\" Destination=\"" + destination
                    + "\"><saml:Issuer>" + issuer + "</saml:Issuer><saml:NameID>alice-1</saml:NameID>"
                    + "<samlp:SessionIndex>" + session + "</samlp:SessionIndex></samlp:LogoutRequest>";
        }

        private String query(String request, Optional<OwnKey> key) {
            return RedirectBinding.address(URI.create(LOGOUT), "SAMLRequest", request, "state-1", key)
                    .getRawQuery();
        }

        @Test
        void shouldEndASessionAndSayThatItDid() {
            Saml.Logout logout = WORLD.saml()
                    .logoutByAddress("company", query(request(TestingIdp.ENTITY, LOGOUT, "session-1"), IDP_KEY), BASE);
            assertThat(logout.ended())
                    .isEqualTo(new Saml.Ended(TestingIdp.ENTITY, "alice-1", List.of("session-1"), "_l1"));
            URI answer = java.util.Objects.requireNonNull(
                    java.util.Objects.requireNonNull(logout.answer()).location());
            assertThat(answer.toString()).startsWith(SIGN_OFF + "&SAMLResponse=");
            String signedQuery = answer.getRawQuery().substring("tenant=1&".length());
            RedirectBinding.Signed signed = RedirectBinding.verify(signedQuery, OWN_KEYS, false);
            assertThat(signed.relayState()).isEqualTo("state-1");
            assertThat(Xml.parse(signed.xml()).getDocumentElement().getAttribute("InResponseTo"))
                    .isEqualTo("_l1");
        }

        @Test
        void shouldEndASessionByAForm() {
            Document request = TestingIdp.parse(request(TestingIdp.ENTITY, LOGOUT, "session-2"));
            IDP.sign(request.getDocumentElement());
            Saml.Logout logout = WORLD.saml().logoutByForm("company", TestingIdp.field(request), null, BASE);
            assertThat(java.util.Objects.requireNonNull(logout.ended()).sessions())
                    .containsExactly("session-2");
        }

        @Test
        void shouldEndNothingForAnybodyElse() {
            OwnKey stranger = new OwnKey(STRANGER.keys().getPrivate(), STRANGER.certificate());
            String right = request(TestingIdp.ENTITY, LOGOUT, "session-1");
            assertRefused("none of the provider's keys", () -> byAddress(query(right, Optional.of(stranger))));
            assertRefused("none that is signed", () -> byAddress(query(right, Optional.empty())));
            assertRefused("issuer", () -> byAddress(query(request("https://other.example", LOGOUT, "s"), IDP_KEY)));
            assertRefused(
                    "another place",
                    () -> byAddress(query(request(TestingIdp.ENTITY, "https://other.example", "s"), IDP_KEY)));
            assertRefused(
                    "is over", () -> byAddress(query(right.replace(NOW.toString(), "2026-11-21T07:00:00Z"), IDP_KEY)));
            assertRefused("twice", () -> byAddress(query(right, IDP_KEY) + "&SAMLRequest=x"));
            assertRefused(
                    "none of the provider's keys",
                    () -> byAddress(query(right, IDP_KEY).replace("RelayState=state-1", "RelayState=state-2")));
            assertRefused(
                    "is not signed",
                    () -> WORLD.saml().logoutByForm("company", TestingIdp.field(TestingIdp.parse(right)), null, BASE));
        }

        private Saml.Logout byAddress(String query) {
            return WORLD.saml().logoutByAddress("company", query, BASE);
        }

        @Test
        void shouldNotBeBlownUpByWhatIsSmall() {
            String bomb = query("<r>" + " ".repeat(40 * Xml.BYTES_MAX) + "</r>", IDP_KEY);
            // Longer than any address, even so.
            assertRefused("", () -> byAddress(bomb));
            String smaller = query("<r>" + " ".repeat(2 * Xml.BYTES_MAX) + "</r>", IDP_KEY);
            assertThat(smaller.length()).isLessThan(16_000);
            assertRefused("bytes", () -> byAddress(smaller));
        }

        @Test
        void shouldSignOutAtTheProvider() {
            URI location = java.util.Objects.requireNonNull(WORLD.saml()
                    .leave("company", "alice & co", "session-1")
                    .orElseThrow()
                    .location());
            String query = location.getRawQuery().substring("tenant=1&".length());
            Element request = Xml.parse(
                            RedirectBinding.verify(query, OWN_KEYS, false).xml())
                    .getDocumentElement();
            assertThat(Xml.text(Xml.requireChild(request, Xml.ASSERTION, "NameID")))
                    .isEqualTo("alice & co");
            assertThat(Xml.text(Xml.requireChild(request, Xml.PROTOCOL, "SessionIndex")))
                    .isEqualTo("session-1");
            assertThat(WORLD.saml().leave("other", "alice-1", null)).isEmpty();
        }

        @Test
        void shouldTakeTheProvidersAnswer() {
            String answer = "<samlp:LogoutResponse xmlns:samlp=\"" + Xml.PROTOCOL + "\" ID=\"_1\" Version=\"2.0\"/>";
            String query = RedirectBinding.address(URI.create(LOGOUT), "SAMLResponse", answer, null, IDP_KEY)
                    .getRawQuery();
            assertThat(WORLD.saml().logoutByAddress("company", query, BASE)).isEqualTo(new Saml.Logout(null, null));
        }
    }

    @Nested
    class Providers {
        private SamlSettings written(Path certificates) {
            SamlSettings base = TestingWorld.settings(false, false);
            return new SamlSettings(
                    base.name(),
                    base.entityId(),
                    new SamlSettings.Written(SIGN_ON, Optional.empty(), certificates),
                    Optional.empty(),
                    Optional.empty(),
                    Binding.REDIRECT,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Duration.ZERO,
                    false,
                    false,
                    false);
        }

        private Partners partners(SamlSettings settings) {
            return new Partners(
                    settings,
                    address -> {
                        throw new IllegalStateException();
                    },
                    Clock.systemUTC(),
                    System::nanoTime);
        }

        @Test
        void shouldFollowAFileOfCertificates(@TempDir Path folder) throws Exception {
            Path file = folder.resolve("idp.pem");
            Files.writeString(file, IDP.own().certificatePem());
            Partners partners = partners(written(file));
            assertThat(partners.get().keys()).isEqualTo(IDP_KEYS);
            assertThat(partners.get().identity()).isEqualTo(SIGN_ON.toString());

            TestingCertificate next = TestingCertificate.ec("next");
            Files.writeString(file, IDP.own().certificatePem() + next.certificatePem());
            assertThat(partners.get().keys())
                    .containsExactly(IDP.own().keys().getPublic(), next.keys().getPublic());

            Files.writeString(file, "half a certifica");
            assertThat(partners.get().keys()).hasSize(2);
        }

        @Test
        void shouldSayWhatIsWrongWithAFile(@TempDir Path folder) throws Exception {
            Path file = folder.resolve("idp.pem");
            assertThatThrownBy(() -> partners(written(file)).get())
                    .isInstanceOfSatisfying(GantryException.class, error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE);
                        assertThat(error).hasMessageContaining("idp.pem");
                    });
            Files.writeString(file, TestingCertificate.rsa("weak", 1_024).certificatePem());
            assertThatThrownBy(() -> partners(written(file)).get()).hasMessageContaining("too weak");
        }

        @Test
        void shouldKeepMetadataForAnHourAndADayWhileTheAddressIsAway() {
            AtomicLong nanos = new AtomicLong();
            AtomicInteger fetches = new AtomicInteger();
            String metadata = IDP.metadata(SIGN_ON.toString(), SIGN_OFF.toString());
            Partners partners = new Partners(
                    TestingWorld.settings(false, false),
                    address -> {
                        if (fetches.incrementAndGet() > 1) {
                            throw new GantryException(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, "away");
                        }
                        return metadata.getBytes(StandardCharsets.UTF_8);
                    },
                    Clock.systemUTC(),
                    nanos::get);
            assertThat(partners.get()).isEqualTo(partners.get());
            assertThat(fetches).hasValue(1);
            nanos.addAndGet(Duration.ofHours(2).toNanos());
            assertThat(partners.get().signOn()).containsEntry(Binding.REDIRECT, SIGN_ON);
            assertThat(partners.get().keys()).isEqualTo(IDP_KEYS);
            assertThat(fetches).hasValue(2);
            nanos.addAndGet(Duration.ofHours(23).toNanos());
            assertThatThrownBy(partners::get).hasMessageContaining("away");
        }

        @Test
        void shouldNotBelieveMetadataLongerThanItHolds(@TempDir Path folder) throws Exception {
            AtomicReference<Instant> now = new AtomicReference<>(NOW);
            Path file = folder.resolve("metadata.xml");
            String metadata = IDP.metadata(SIGN_ON.toString(), SIGN_OFF.toString());
            Files.writeString(
                    file, metadata.replace("entityID=", "validUntil=\"" + NOW.plusSeconds(60) + "\" entityID="));
            SamlSettings base = written(file);
            Partners partners = new Partners(
                    new SamlSettings(
                            base.name(),
                            base.entityId(),
                            new SamlSettings.MetadataFile(file),
                            Optional.empty(),
                            Optional.empty(),
                            Binding.REDIRECT,
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            Duration.ZERO,
                            false,
                            false,
                            false),
                    address -> new byte[0],
                    ((InstantSource) now::get).withZone(ZoneOffset.UTC),
                    System::nanoTime);
            assertThat(partners.get().keys()).isEqualTo(IDP_KEYS);
            now.set(NOW.plusSeconds(60));
            assertThatThrownBy(partners::get).hasMessageContaining("valid until");
            Files.writeString(file, metadata);
            assertThat(partners.get().keys()).isEqualTo(IDP_KEYS);
        }

        private Partner read(String metadata, Optional<String> wanted) {
            return MetadataReader.read(metadata.getBytes(StandardCharsets.UTF_8), wanted, NOW);
        }

        @Test
        void shouldRefuseMetadataThatCannotBeMeant() {
            String right = IDP.metadata(SIGN_ON.toString(), SIGN_OFF.toString());
            assertThat(read(right, Optional.of(TestingIdp.ENTITY)).entityId()).isEqualTo(TestingIdp.ENTITY);
            assertThatThrownBy(() -> read(right, Optional.of("https://other.example")))
                    .hasMessageContaining("not exactly one entity");
            assertThatThrownBy(() -> read(
                            right.replace("entityID=", "validUntil=\"2026-11-20T00:00:00Z\" entityID="),
                            Optional.empty()))
                    .hasMessageContaining("valid until");
            assertThatThrownBy(
                            () -> read(right.replace(SIGN_ON.toString(), "http://idp.example/sso"), Optional.empty()))
                    .hasMessageContaining("https");
            assertThatThrownBy(() -> read(right.replace(SIGN_ON.toString(), "javascript:alert(1)"), Optional.empty()))
                    .hasMessageContaining("https");
            assertThatThrownBy(() -> read(right.replace("use=\"signing\"", "use=\"encryption\""), Optional.empty()))
                    .hasMessageContaining("no certificate");
            assertThatThrownBy(() -> read("<!DOCTYPE x>" + right, Optional.empty()))
                    .hasMessageContaining("cannot be read");
        }

        @Test
        void shouldReadItsOwnKeyOrSayWhyNot() {
            OwnKey own = OwnKey.read(OWN.keyPem(), OWN.certificatePem().getBytes(StandardCharsets.US_ASCII));
            assertThat(own.certificate()).isEqualTo(OWN.certificate());
            assertThat(own.toString()).doesNotContain("PRIVATE");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            OwnKey.read(STRANGER.keyPem(), OWN.certificatePem().getBytes(StandardCharsets.US_ASCII)))
                    .withMessageContaining("not that of the certificate");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OwnKey.read("secret", OWN.certificatePem().getBytes(StandardCharsets.US_ASCII)))
                    .withMessageContaining("PKCS #8")
                    .withMessageNotContaining("secret");
        }
    }
}
