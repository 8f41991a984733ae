package dev.gantry.saml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.saml.SamlSettings.Binding;
import dev.gantry.testing.TestingCertificate;
import dev.gantry.testing.TestingIdp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;

/** One provider, a browser that asked it, and a clock that stands still. */
final class TestingWorld {
    static final String ENTITY = "https://gantry.example";
    static final URI BASE = URI.create("https://gantry.example");
    static final String CONSUMER = BASE + "/auth/saml/company/acs";
    static final String LOGOUT = BASE + "/auth/saml/company/logout";
    static final URI SIGN_ON = URI.create("https://idp.example/sso");
    static final URI SIGN_OFF = URI.create("https://idp.example/slo?tenant=1");
    static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    static final TestingCertificate OWN = TestingCertificate.rsa("gantry", 2_048);
    static final TestingCertificate STRANGER = TestingCertificate.rsa("stranger", 2_048);
    static final TestingIdp IDP = new TestingIdp(TestingCertificate.rsa("idp", 2_048));

    private static final Clock CLOCK = ((InstantSource) () -> NOW).withZone(ZoneOffset.UTC);

    private final Saml saml;

    private TestingWorld(SamlSettings settings, String metadata) {
        saml = Saml.open(
                List.of(settings), address -> metadata.getBytes(StandardCharsets.UTF_8), CLOCK, System::nanoTime);
    }

    static TestingWorld open() {
        return new TestingWorld(settings(false, false), IDP.metadata(SIGN_ON.toString(), SIGN_OFF.toString()));
    }

    /** With everything that is off by default. */
    static TestingWorld openWide() {
        return new TestingWorld(settings(true, true), IDP.metadata(SIGN_ON.toString(), SIGN_OFF.toString()));
    }

    static TestingWorld open(SamlSettings settings) {
        return new TestingWorld(settings, IDP.metadata(SIGN_ON.toString(), SIGN_OFF.toString()));
    }

    static SamlSettings settings(boolean unsolicited, boolean legacy) {
        return settings(unsolicited, legacy, Optional.empty(), Optional.empty(), List.of());
    }

    static SamlSettings settings(Optional<String> nameIdFormat, Optional<String> subjectAttribute) {
        return settings(false, false, nameIdFormat, subjectAttribute, List.of());
    }

    /** With classes of the authentication context of which one is required. */
    static SamlSettings settings(List<String> contexts) {
        return settings(false, false, Optional.empty(), Optional.empty(), contexts);
    }

    private static SamlSettings settings(
            boolean unsolicited,
            boolean legacy,
            Optional<String> nameIdFormat,
            Optional<String> subjectAttribute,
            List<String> contexts) {
        return new SamlSettings(
                "company",
                ENTITY,
                new SamlSettings.MetadataAddress(URI.create("https://idp.example/metadata")),
                Optional.of(TestingIdp.ENTITY),
                Optional.of(new OwnKey(OWN.keys().getPrivate(), OWN.certificate())),
                Binding.REDIRECT,
                nameIdFormat,
                subjectAttribute,
                contexts,
                Duration.ofSeconds(60),
                unsolicited,
                legacy,
                legacy);
    }

    Saml saml() {
        return saml;
    }

    /** A browser that has been sent to the provider. */
    record Trip(String cookie, String request) {}

    Trip begin() {
        Saml.Departure departure = saml.depart("company", "/console/keys?tab=1", false, BASE);
        String cookie = String.valueOf(departure.cookie());
        return new Trip(cookie, Attempt.read(cookie).orElseThrow().request());
    }

    static Map<String, String> values(Trip trip) {
        return TestingIdp.values(CONSUMER, ENTITY, trip.request(), NOW);
    }

    Saml.Arrival arrive(Document response, @Nullable String cookie) {
        return arrive(TestingIdp.field(response), cookie);
    }

    Saml.Arrival arrive(String field, @Nullable String cookie) {
        return saml.arrive("company", field, null, cookie, BASE);
    }

    /** Asks, has the answer changed before its assertion is signed, and comes back with it. */
    Saml.Arrival arriveWith(Consumer<Map<String, String>> change) {
        Trip trip = begin();
        Map<String, String> values = values(trip);
        change.accept(values);
        Document response = TestingIdp.response(values);
        IDP.sign(TestingIdp.element(response, "Assertion"));
        return arrive(response, trip.cookie());
    }

    /** Asserts that nobody gets in, and that the log says the reason that the test is about. */
    static void assertRefused(String reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(GantryException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(error).hasMessageNotContaining("alice");
            assertThat(error).rootCause().isNotNull();
            assertThat(causes(error)).contains(reason);
        });
    }

    private static String causes(Throwable error) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append('\n');
        }
        return all.toString();
    }
}
