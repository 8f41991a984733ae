package dev.gantry.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingAuthority;
import dev.gantry.testing.TestingAuthority.Issued;
import dev.gantry.testing.TestingAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTrustTest {
    private static final TestingAuthority OURS = TestingAuthority.of("ours");
    private static final TestingAuthority OTHERS = TestingAuthority.of("others");

    @TempDir
    Path directory;

    private final MovingClock clock = new MovingClock();

    /** A clock that is put forward. */
    private static final class MovingClock extends Clock {
        private Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }

    private Path file(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private ClientTrust trust(List<Path> lists) {
        return trust(lists, false);
    }

    private ClientTrust trust(List<Path> lists, boolean required) {
        MtlsSettings settings =
                new MtlsSettings("mtls", List.of(file("ca.pem", OURS.pem())), lists, required, List.of());
        return new ClientTrust(settings, clock);
    }

    private static @Nullable String refusal(ClientTrust trust, Issued shown) {
        CertificateException refusal = trust.judge(shown.chain()).refusal();
        return refusal == null ? null : refusal.getMessage();
    }

    @Test
    void shouldTakeACertificateOfItsAuthority() {
        assertThat(refusal(trust(List.of()), OURS.issue(Wish.client("dns:a")))).isNull();
    }

    @Test
    void shouldTakeACertificateOfAnAuthorityInBetweenThatComesWithIt() {
        TestingAuthority between = OURS.subordinate("between");

        assertThat(refusal(trust(List.of()), between.issueWithChain(Wish.client())))
                .isNull();
        assertThat(refusal(trust(List.of()), between.issue(Wish.client()))).contains("is not vouched for");
    }

    @Test
    void shouldRefuseOtherAuthoritiesWhateverTheyCallThemselves() {
        TestingAuthority pretender = TestingAuthority.of("ours");

        assertThat(refusal(trust(List.of()), OTHERS.issue(Wish.client()))).contains("is not vouched for");
        assertThat(refusal(trust(List.of()), pretender.issue(Wish.client()))).contains("is not vouched for");
        assertThat(refusal(trust(List.of()), pretender.issueWithChain(Wish.client())))
                .contains("is not vouched for");
    }

    @Test
    void shouldNotTakeACertificateThatAClientIssued() {
        Issued client = OURS.issue(Wish.client());
        Issued below = OTHERS.issue(Wish.client());
        List<X509Certificate> chain = new ArrayList<>(below.chain());
        chain.addAll(client.chain());

        assertThat(trust(List.of()).judge(chain).refusal()).hasMessageContaining("is not vouched for");
    }

    @Test
    void shouldRefuseWhatIsOutOfItsTimeAndJudgeAgainWhenTimeChangesSomething() {
        Instant now = clock.instant();
        Issued expired = OURS.issue(Wish.client().between(now.minusSeconds(100), now.minusSeconds(10)));
        Issued early = OURS.issue(Wish.client().between(now.plusSeconds(100), now.plusSeconds(200)));
        Issued good = OURS.issue(Wish.client().between(now.minusSeconds(100), now.plusSeconds(100)));
        ClientTrust trust = trust(List.of());

        assertThat(refusal(trust, expired)).startsWith("has expired on ");
        assertThat(refusal(trust, early)).startsWith("is not valid before ");
        assertThat(trust.judge(good.chain()).until())
                .isEqualTo(good.certificate().getNotAfter().toInstant());
        clock.ahead = Duration.ofSeconds(101);
        assertThat(refusal(trust, good)).startsWith("has expired on ");
        assertThat(refusal(trust, early)).isNull();
    }

    @Test
    void shouldRefuseWhatIsMadeForServersOnly() {
        ClientTrust trust = trust(List.of());

        assertThat(refusal(trust, OURS.issue(Wish.server("dns:a")))).contains("lacks clientAuth");
        assertThat(refusal(trust, OURS.issue(Wish.client().forUse()))).isNull();
        assertThat(refusal(
                        trust,
                        OURS.issue(Wish.client().forUse(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth))))
                .isNull();
    }

    @Nested
    class Revocation {
        private final Issued kept = OURS.issue(Wish.client());
        private final Issued revoked = OURS.issue(Wish.client());

        @Test
        void shouldRefuseWhatItsAuthorityTookBack() {
            ClientTrust trust = trust(List.of(file("crl.pem", OURS.revocationList(revoked.certificate()))));

            assertThat(refusal(trust, kept)).isNull();
            assertThat(refusal(trust, revoked)).isEqualTo("was revoked");
        }

        @Test
        void shouldRefuseEverybodyWhenTheListIsNotInForce() {
            Instant now = clock.instant();
            ClientTrust trust =
                    trust(List.of(file("crl.pem", OURS.revocationList(now.minusSeconds(200), now.plusSeconds(60)))));
            assertThat(refusal(trust, kept)).isNull();

            clock.ahead = Duration.ofSeconds(61);

            assertThat(refusal(trust, kept)).contains("may have been revoked: there is no revocation list in force");
            assertThat(trust.trouble()).contains("1 of 1 revocation lists are not in force");
        }

        @Test
        void shouldNotBelieveAListThatSomebodyElseSigned() {
            TestingAuthority pretender = TestingAuthority.of("ours");
            ClientTrust trust = trust(List.of(file("crl.pem", pretender.revocationList())));

            assertThat(refusal(trust, kept)).contains("may have been revoked");
        }

        @Test
        void shouldNeedAListOfEachAuthorityOnTheWay() {
            TestingAuthority between = OURS.subordinate("between");
            Issued below = between.issueWithChain(Wish.client());
            Path ours = file("crl.pem", OURS.revocationList());

            assertThat(refusal(trust(List.of(ours)), below)).contains("may have been revoked");
            Path theirs = file("between.pem", between.revocationList());
            assertThat(refusal(trust(List.of(ours, theirs)), below)).isNull();
            Path taken = file("crl.pem", OURS.revocationList(between.certificate()));
            assertThat(refusal(trust(List.of(taken, theirs)), below)).isEqualTo("was revoked");
        }

        @Test
        void shouldFollowTheFile() {
            Path list = file("crl.pem", OURS.revocationList());
            ClientTrust trust = trust(List.of(list));
            long before = trust.generation();
            assertThat(refusal(trust, revoked)).isNull();

            file("crl.pem", OURS.revocationList(revoked.certificate()));
            trust.look();

            assertThat(trust.generation()).isGreaterThan(before);
            assertThat(refusal(trust, revoked)).isEqualTo("was revoked");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "rubbish", "-----BEGIN X509 CRL-----\nMIIB"})
        void shouldKeepTheListWhenTheFileHoldsSomethingElse(String rubbish) {
            ClientTrust trust = trust(List.of(file("crl.pem", OURS.revocationList(revoked.certificate()))));

            file("crl.pem", rubbish);
            trust.look();

            assertThat(trust.trouble()).contains("crl.pem holds no revocation list");
            assertThat(refusal(trust, revoked)).isEqualTo("was revoked");
            assertThat(refusal(trust, kept)).isNull();
        }
    }

    @Nested
    class Handshake {
        private final X509Certificate[] foreign =
                OTHERS.issue(Wish.client()).chain().toArray(X509Certificate[]::new);

        @Test
        void shouldEndTheHandshakeOfWhoMustHaveACertificateAndHasNone() {
            HandshakeTrust handshake = new HandshakeTrust(trust(List.of(), true), true);

            assertThatThrownBy(() -> handshake.checkClientTrusted(foreign, "EC"))
                    .isInstanceOf(CertificateException.class)
                    .hasMessageContaining("is not vouched for");
        }

        @Test
        void shouldLeaveItToTheRequestOtherwise() throws CertificateException {
            new HandshakeTrust(trust(List.of()), false).checkClientTrusted(foreign, "EC");
        }

        @Test
        void shouldNeverVouchForServers() {
            HandshakeTrust handshake = new HandshakeTrust(trust(List.of()), false);

            assertThatThrownBy(() -> handshake.checkServerTrusted(foreign, "EC"))
                    .isInstanceOf(CertificateException.class);
        }

        @Test
        void shouldTellClientsWhoseCertificatesItTakes() {
            assertThat(new HandshakeTrust(trust(List.of()), false).getAcceptedIssuers())
                    .containsExactly(OURS.certificate());
        }
    }

    @Test
    void shouldRefuseFilesThatAreNoneOfTheirKind() {
        assertThatThrownBy(() -> trust(List.of(directory.resolve("lost.pem"))))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("lost.pem is no file");
        assertThatThrownBy(() -> trust(List.of(file("list.pem", OURS.pem()))))
                .hasMessageContaining("list.pem holds no revocation list");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "CI.Example.com, -, -, -, dns ci.example.com",
                "-, spiffe://example.com/Ci, -, -, uri spiffe://example.com/Ci",
                "-, -, CI@Example.com, -, email ci@example.com",
                "-, -, -, AA:BBAABBAABBAABBAABBAABBAABBAABBAABBAABBAABBAABBAABBAABBAABBAABB,"
                        + " fingerprint aabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabb",
            })
    void shouldCompareMarksInOneForm(
            @Nullable String dns, @Nullable String uri, @Nullable String email, @Nullable String print, String mark) {
        assertThat(rule(dns, uri, email, print).mark()).isEqualTo(mark);
    }

    private static CertificateRule rule(
            @Nullable String dns, @Nullable String uri, @Nullable String email, @Nullable String fingerprint) {
        return new CertificateRule(
                Optional.ofNullable(dns),
                Optional.ofNullable(uri),
                Optional.ofNullable(email),
                Optional.ofNullable(fingerprint),
                "ci",
                "default");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -, -",
                "a.example.com, spiffe://a/b, -, -",
                "*.example.com, -, -, -",
                "a b, -, -, -",
                "-, not-an-address, -, -",
                "-, -, nobody, -",
                "-, -, -, abcd",
            })
    void shouldRefuseRulesThatMeanNobodyOrMoreThanOneThing(
            @Nullable String dns, @Nullable String uri, @Nullable String email, @Nullable String fingerprint) {
        assertThatThrownBy(() -> rule(dns, uri, email, fingerprint)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseTwoRulesForOneMark() {
        CertificateRule rule = rule("a.example.com", null, null, null);
        CertificateRule again = rule("A.example.com", null, null, null);

        assertThatThrownBy(() -> new MtlsSettings("mtls", List.of(directory), List.of(), false, List.of(rule, again)))
                .hasMessageContaining("two entries for dns a.example.com");
    }
}
