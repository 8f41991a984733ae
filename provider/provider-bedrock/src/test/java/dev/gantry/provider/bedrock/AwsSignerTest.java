package dev.gantry.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.AwsCredentialSettings;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The first case is {@code get-vanilla} of the test suite that AWS publishes for Signature Version 4; the others are what AWS's
 * SDK for Java (2.32.0) signs for the same time, with the body's digest among the headers as it always has it.
 */
class AwsSignerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2015-08-30T12:36:00Z"), ZoneOffset.UTC);

    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final AwsKey KEY = new AwsKey("AKIDEXAMPLE00000", Secret.of(SECRET), null);

    @Test
    void shouldSignAsThePublishedVectorSays() {
        Map<String, String> added = new AwsSigner("us-east-1", "service", CLOCK)
                .sign(KEY, "GET", "/", Map.of("host", "example.amazonaws.com"), new byte[0]);
        assertThat(added).containsEntry("x-amz-date", "20150830T123600Z").doesNotContainKey("x-amz-security-token");
        assertThat(added.get("authorization"))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE00000/20150830/us-east-1/service/aws4_request, "
                        + "SignedHeaders=host;x-amz-date, "
                        + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "eu-central-1, -, bedrock-runtime.eu-central-1.amazonaws.com, "
                        + "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse, '{\"messages\":[]}', "
                        + "5e4ce7b36ba37b78a5d5f9fd08e6b7b54ba6879d651aa46ec9e1d6fa24ebe30a, "
                        + "f10df5a7372bd5f1b0937f78ab182225bd84e853fbf51c7d850da1baf8cd28cc",
                "us-east-1, token/with+signs==, bedrock-runtime.us-east-1.amazonaws.com, "
                        + "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc"
                        + "/converse-stream, '{\"messages\":[{\"x\":\"ü\"}]}', "
                        + "79341ab6857d23dd1aa023499297eab24deb0431eeab24817797eb87216b08c9, "
                        + "61e551456b191022cb0a62b68e674249a9d6a9a66c3f16a3c6851f378a17f80f",
                "us-east-1, -, 127.0.0.1:8080, /model/a%20b~c/converse, {}, "
                        + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a, "
                        + "53ae2ef0e82185fc6f97684630ddb5b7a6475565814819d948f4cfb93f44b87f"
            })
    void shouldSignAsTheSdkDoes(
            String region,
            @Nullable String token,
            String host,
            String path,
            String body,
            String digest,
            String signature) {
        Map<String, String> headers =
                Map.of("host", host, "content-type", "application/json", "x-amz-content-sha256", digest);
        AwsSigner signer = new AwsSigner(region, "bedrock", CLOCK);
        AwsKey key = token == null ? KEY : new AwsKey(KEY.id(), KEY.secret(), Secret.of(token));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Map<String, String> added = signer.sign(key, "POST", path, headers, bytes);
        assertThat(added.get("authorization")).endsWith("Signature=" + signature);
        assertThat(added.get("x-amz-security-token")).isEqualTo(token);
        assertThat(signer.sign(key, "POST", path, headers, bytes))
                .as("with the key of the day")
                .isEqualTo(added);
    }

    @Test
    void shouldNotSignANewKeyWithWhatWasDerivedFromTheOneBefore() {
        AwsSigner signer = new AwsSigner("us-east-1", "service", CLOCK);
        AwsKey renewed = new AwsKey(KEY.id(), Secret.of("another"), null);
        Map<String, String> headers = Map.of("host", "example.amazonaws.com");
        String before = signer.sign(KEY, "GET", "/", headers, new byte[0]).get("authorization");
        assertThat(signer.sign(renewed, "GET", "/", headers, new byte[0]).get("authorization"))
                .isNotEqualTo(before)
                .isEqualTo(new AwsSigner("us-east-1", "service", CLOCK)
                        .sign(renewed, "GET", "/", headers, new byte[0])
                        .get("authorization"));
        assertThat(signer.sign(KEY, "GET", "/", headers, new byte[0]).get("authorization"))
                .isEqualTo(before);
    }

    @Test
    void shouldTellThatATemporaryKeyNeedsItsToken() {
        assertThatThrownBy(() -> AwsCredentialSettings.ofKey("ASIAEXAMPLE00000", Secret.of("x"), Optional.empty()))
                .hasMessageContaining("session_token");
    }

    @Test
    void shouldTellAMixedUpPair() {
        assertThatThrownBy(() -> AwsCredentialSettings.ofKey("wJalr/XUtn+FEMI=", Secret.of("AKIA"), Optional.empty()))
                .hasMessageContaining("access_key_id")
                .hasMessageNotContaining("wJalr");
    }
}
