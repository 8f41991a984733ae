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

    private static AwsSigner signer(String region, String service, @Nullable String token) {
        AwsCredentialSettings credentials = new AwsCredentialSettings(
                "AKIDEXAMPLE00000",
                Secret.of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                Optional.ofNullable(token).map(Secret::of));
        return new AwsSigner(credentials, region, service, CLOCK);
    }

    @Test
    void shouldSignAsThePublishedVectorSays() {
        Map<String, String> added = signer("us-east-1", "service", null)
                .sign("GET", "/", Map.of("host", "example.amazonaws.com"), new byte[0]);
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
        AwsSigner signer = signer(region, "bedrock", token);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Map<String, String> added = signer.sign("POST", path, headers, bytes);
        assertThat(added.get("authorization")).endsWith("Signature=" + signature);
        assertThat(added.get("x-amz-security-token")).isEqualTo(token);
        assertThat(signer.sign("POST", path, headers, bytes))
                .as("with the key of the day")
                .isEqualTo(added);
    }

    @Test
    void shouldTellThatATemporaryKeyNeedsItsToken() {
        assertThatThrownBy(() -> new AwsCredentialSettings("ASIAEXAMPLE00000", Secret.of("x"), Optional.empty()))
                .hasMessageContaining("session_token");
    }

    @Test
    void shouldTellAMixedUpPair() {
        assertThatThrownBy(() -> new AwsCredentialSettings("wJalr/XUtn+FEMI=", Secret.of("AKIA"), Optional.empty()))
                .hasMessageContaining("access_key_id")
                .hasMessageNotContaining("wJalr");
    }
}
