package dev.gantry.accounts;

import static dev.gantry.accounts.TestingAccounts.PASSWORD;
import static dev.gantry.accounts.TestingAccounts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PasskeysTest {
    private final TestingAccounts testing = new TestingAccounts();
    private final Passkeys passkeys = testing.accounts().passkeys();
    private final TestingAuthenticator authenticator = new TestingAuthenticator();
    private final Person jane = testing.personWithPassword("jane@example.com");

    @AfterEach
    void close() {
        testing.close();
    }

    private Passkeys.Passkey enrol() {
        Passkeys.Request request = passkeys.enrol(jane, "Jane");
        return passkeys.register(jane, request.challenge(), authenticator.create(request.options()), "Laptop");
    }

    @Test
    void shouldSignInWithNothingButAPasskey() {
        assertThat(enrol().name()).isEqualTo("Laptop");
        Passkeys.Request request = passkeys.ask(testing.organization());

        assertThat(passkeys.prove(request.challenge(), authenticator.get(request.options())))
                .isEqualTo(jane);
        assertThat(passkeys.list(jane).getFirst().lastUsedAt()).isEqualTo(testing.now());
    }

    @Test
    void shouldTakeAnAnswerOnce() {
        enrol();
        Passkeys.Request request = passkeys.ask(testing.organization());
        ObjectNode answer = authenticator.get(request.options());
        passkeys.prove(request.challenge(), answer);

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> passkeys.prove(request.challenge(), answer));
    }

    @Test
    void shouldServeAsSecondFactor() {
        enrol();
        Accounts.Step.Needed needed = (Accounts.Step.Needed) testing.signIn("jane@example.com", PASSWORD);

        assertThat(needed.methods()).containsExactly(Accounts.Method.PASSKEY);
        ObjectNode asked = Objects.requireNonNull(needed.passkey());
        assertThat(asked.path("allowCredentials")).hasSize(1);
        Accounts.Completed completed = testing.accounts()
                .complete(needed.challenge(), Accounts.Method.PASSKEY, null, authenticator.get(asked), null);

        assertThat(completed.person()).isEqualTo(jane);
    }

    @Test
    void shouldAskForVerificationAndKeepNothingOfTheMaker() {
        ObjectNode options = passkeys.enrol(jane, "Jane").options();

        assertThat(options.path("rp").path("id").textValue()).isEqualTo("example.org");
        assertThat(options.path("attestation").textValue()).isEqualTo("none");
        assertThat(options.path("authenticatorSelection")
                        .path("userVerification")
                        .textValue())
                .isEqualTo("required");
        assertThat(options.path("pubKeyCredParams").findValuesAsText("alg")).containsExactly("-7", "-8", "-257");
        assertThat(options.path("user").path("id").textValue()).doesNotContain("jane");
    }

    @Nested
    class Refusals {
        @Test
        void shouldRefuseAPageOfAnotherOrigin() {
            authenticator.origin = "https://example.org.evil.test";
            assertRefused(ErrorCode.UNAUTHENTICATED, PasskeysTest.this::enrol);
        }

        @Test
        void shouldRefuseAPasskeyOfAnotherDomain() {
            authenticator.relyingParty = "evil.test";
            assertRefused(ErrorCode.UNAUTHENTICATED, PasskeysTest.this::enrol);
        }

        @Test
        void shouldRefuseAnAuthenticatorThatDoesNotVerifyItsUser() {
            enrol();
            authenticator.verifiesUser = false;
            Passkeys.Request request = passkeys.ask(testing.organization());

            assertThatThrownBy(() -> passkeys.prove(request.challenge(), authenticator.get(request.options())))
                    .hasMessage("The passkey was refused: user not verified");
        }

        @Test
        void shouldRefuseACopyWhoseCounterLagsBehind() {
            enrol();
            Passkeys.Request first = passkeys.ask(testing.organization());
            passkeys.prove(first.challenge(), authenticator.get(first.options()));
            authenticator.signCount = 0;
            Passkeys.Request second = passkeys.ask(testing.organization());

            assertThatThrownBy(() -> passkeys.prove(second.challenge(), authenticator.get(second.options())))
                    .hasMessageContaining("malicious counter value");
        }

        @Test
        void shouldRefuseAForgedSignature() {
            enrol();
            Passkeys.Request request = passkeys.ask(testing.organization());
            ObjectNode answer = authenticator.get(request.options());
            ObjectNode forged = new TestingAuthenticator().get(request.options());
            ((ObjectNode) answer.get("response"))
                    .set("signature", forged.get("response").get("signature"));

            assertThatThrownBy(() -> passkeys.prove(request.challenge(), answer))
                    .hasMessage("The passkey was refused: bad signature");
        }

        @Test
        void shouldRefuseTheAnswerToAnotherChallenge() {
            enrol();
            ObjectNode answer =
                    authenticator.get(passkeys.ask(testing.organization()).options());
            String other = passkeys.ask(testing.organization()).challenge();

            assertThatThrownBy(() -> passkeys.prove(other, answer)).hasMessageContaining("bad challenge");
        }

        @Test
        void shouldRefuseAChallengeThatIsOldOrForSomethingElse() {
            enrol();
            Passkeys.Request old = passkeys.ask(testing.organization());
            ObjectNode late = authenticator.get(old.options());
            String enrolment = passkeys.enrol(jane, "").challenge();

            assertRefused(ErrorCode.UNAUTHENTICATED, () -> passkeys.prove(enrolment, late));
            testing.advance(Duration.ofMinutes(5));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> passkeys.prove(old.challenge(), late));
        }

        @Test
        void shouldRefuseAPasskeyThatWasRemoved() {
            Passkeys.Passkey passkey = enrol();
            Person other = testing.person("other@example.com");

            assertThat(passkeys.remove(other, passkey.id())).isFalse();
            assertThat(passkeys.remove(jane, passkey.id())).isTrue();

            Passkeys.Request request = passkeys.ask(testing.organization());
            assertThatThrownBy(() -> passkeys.prove(request.challenge(), authenticator.get(request.options())))
                    .hasMessage("The passkey was refused: it is not known here");
        }

        @Test
        void shouldRefuseSomebodyWhoWasDeactivated() {
            enrol();
            testing.deactivate(jane);
            Passkeys.Request request = passkeys.ask(testing.organization());

            assertRefused(
                    ErrorCode.UNAUTHENTICATED,
                    () -> passkeys.prove(request.challenge(), authenticator.get(request.options())));
        }

        @Test
        void shouldRefuseRubbishWithoutADefect() {
            String challenge = passkeys.ask(testing.organization()).challenge();
            ObjectNode empty = Json.object();
            ObjectNode broken = authenticator.get(Json.object());
            ((ObjectNode) broken.get("response")).put("authenticatorData", "AAAA");

            for (ObjectNode answer : List.of(empty, broken)) {
                assertRefused(ErrorCode.UNAUTHENTICATED, () -> passkeys.prove(challenge, answer));
            }
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> passkeys.prove("rubbish!", empty));
            assertRefused(
                    ErrorCode.UNAUTHENTICATED,
                    () -> passkeys.register(jane, passkeys.enrol(jane, "").challenge(), empty, "x"));
        }

        @Test
        void shouldNotRegisterForSomebodyElseNorTwice() {
            Passkeys.Request request = passkeys.enrol(jane, "");
            ObjectNode credential = authenticator.create(request.options());
            Person other = testing.person("other@example.com");

            assertRefused(
                    ErrorCode.UNAUTHENTICATED, () -> passkeys.register(other, request.challenge(), credential, "x"));
            passkeys.register(jane, request.challenge(), credential, "x");
            assertRefused(
                    ErrorCode.UNAUTHENTICATED, () -> passkeys.register(jane, request.challenge(), credential, "x"));
            assertRefused(ErrorCode.CONFLICT, PasskeysTest.this::enrol);
        }
    }

    /** The test vectors of WebAuthn level 3, section 16, whose domain is example.org. */
    @Nested
    class Vectors {
        private static final String SELF_ATTESTED = "7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5"
                + " 455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c"
                + " 7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e4374334c557459"
                + "36366b336a506a796e6962506b31716e666644616966715a774c33417032392d55222c226f726967696e223a226874747073"
                + "3a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a2263"
                + "6c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c"
                + "647320696e20746865206675747572652c207375636820617320746869733a205539685458764b453255526b4d6e625f3078"
                + "59485667227d"
                + " a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf378097"
                + "c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3f220272178f473"
                + "b6006d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d000000"
                + "00df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef5"
                + "8ca5010203262001215820eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa4"
                + "27a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2";

        /** Its authenticator does not verify the user. */
        private static final String UNVERIFIED = "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130"
                + " f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4"
                + " 7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d50743455787847"
                + "5453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a226874747073"
                + "3a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a2263"
                + "6c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c"
                + "647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a646354427258426941774a54"
                + "4c453551227d"
                + " a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7"
                + "f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba"
                + "3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062e"
                + "b249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";

        /** Asked for by a page within a page of somebody else. */
        private static final String CROSS_ORIGIN = "3be5aacd03537142472340ab5969f240f1d87716e20b6807ac230655fa4b3b49"
                + " 6e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57"
                + " 7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a224f2d57717a514e546355"
                + "4a484930437257576e7951504859647862694332674872434d475666704c4f306b222c226f726967696e223a226874747073"
                + "3a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a747275652c22657874726144617461223a22636c"
                + "69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c64"
                + "7320696e20746865206675747572652c207375636820617320746869733a207a5a7175457444523944577170573574425754"
                + "467567227d"
                + " a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7"
                + "f8edd46592a5e0f01452b2e4b54500000000883f4f6014f19c09d87aa38123be48d000206e1050c0d2ca2f07c755cb2c66a7"
                + "4c64fa43065c18f938354d9915db2bd5ce57a501020326200121582022200a473f90b11078851550d03b4e44a2279f8c4eca"
                + "27b3153dedfe03e4e97d225820cbd0be95e746ad6f5a8191be11756e4c0420e72f65b466d39bc56b8b123a9c6e";

        private void verify(String vector) {
            String[] parts = vector.split(" ", -1);
            byte[] nonce = HexFormat.of().parseHex(parts[0]);
            Challenges.Challenge challenge = new Challenges.Challenge(
                    Challenges.Purpose.PASSKEY_ENROLMENT,
                    testing.organization(),
                    jane.id(),
                    nonce,
                    false,
                    0,
                    testing.now());
            ObjectNode credential = Json.object()
                    .put("id", base64(parts[1]))
                    .put("rawId", base64(parts[1]))
                    .put("type", "public-key");
            credential.putObject("clientExtensionResults");
            credential
                    .putObject("response")
                    .put("clientDataJSON", base64(parts[2]))
                    .put("attestationObject", base64(parts[3]));
            assertThat(passkeys.verifyRegistration(credential, challenge)).isNotNull();
        }

        private String base64(String hex) {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(HexFormat.of().parseHex(hex));
        }

        @Test
        void shouldTakeTheSelfAttestedCredential() {
            verify(SELF_ATTESTED);
        }

        @Test
        void shouldRefuseItForAnotherDomain() {
            assertThatThrownBy(() -> verify(SELF_ATTESTED.replace("bfabc374", "bfabc375")))
                    .hasMessage("The passkey was refused: bad rp id");
        }

        @Test
        void shouldRefuseTheOneWhoseUserWasNotVerified() {
            assertThatThrownBy(() -> verify(UNVERIFIED)).hasMessage("The passkey was refused: user not verified");
        }

        @Test
        void shouldRefuseTheOneOfAPageWithinAPage() {
            assertThatThrownBy(() -> verify(CROSS_ORIGIN)).hasMessageContaining("bad top origin");
        }
    }
}
