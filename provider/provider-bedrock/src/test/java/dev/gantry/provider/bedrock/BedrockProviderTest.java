package dev.gantry.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.AwsCredentialSettings;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.Fault;
import dev.gantry.provider.testing.ReceivedRequest;
import dev.gantry.provider.testing.RemoteProviderContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Transcript;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BedrockProviderTest extends RemoteProviderContract {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

    @Override
    protected ProviderFactory factory() {
        return new BedrockFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress, Optional<Secret> key) {
        return ProviderSettings.of(
                ProviderType.BEDROCK, Optional.of(simulatorAddress), Optional.of(key.orElse(Secret.of("any"))));
    }

    private ProviderSettings signing(String token) {
        ProviderSettings plain = settings(simulator.address(), Optional.empty());
        return plain.withCredentials(
                "eu-central-1",
                AwsCredentialSettings.ofKey(
                        "ASIAEXAMPLE00000000", Secret.of("wJalrXUtnFEMI/K7MDENG"), Optional.of(Secret.of(token))));
    }

    @Test
    void shouldSendAnApiKeyAsBearer() throws ProviderException {
        Transcript.of(provider(), request(true), context());
        assertThat(simulator.lastRequest().headers().get("Authorization")).isEqualTo("Bearer key-one");
        assertThat(simulator.lastRequest().uri()).isEqualTo("/model/sim-small/converse-stream");
    }

    /** The peer computes the signature again from what has really arrived. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic.claude-sonnet-4-5-20250929-v1:0",
                "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2",
                "odd name/with..?&#ü"
            })
    void shouldSignWhatArrives(String model) throws ProviderException {
        try (ChatProvider signed = new BedrockProvider("signed", signing("tok/en=="), http, CLOCK)) {
            Transcript.of(signed, request(false).withModel(model), context());
        }
        ReceivedRequest arrived = simulator.lastRequest();
        String path = arrived.uri();
        assertThat(path).doesNotContain("?").startsWith("/model/").endsWith("/converse");
        assertThat(path.chars().filter(character -> character == '/').count()).isEqualTo(3);
        AwsSigner again = new AwsSigner("eu-central-1", "bedrock", CLOCK);
        Map<String, String> expected = again.sign(
                new AwsKey("ASIAEXAMPLE00000000", Secret.of("wJalrXUtnFEMI/K7MDENG"), Secret.of("tok/en==")),
                "POST",
                path,
                Map.of(
                        "host", arrived.headers().get("host"),
                        "content-type", arrived.headers().get("content-type")),
                arrived.body().getBytes());
        assertThat(arrived.headers().get("authorization")).isEqualTo(expected.get("authorization"));
        assertThat(arrived.headers().get("x-amz-security-token")).isEqualTo("tok/en==");
        assertThat(arrived.headers().get("x-amz-date")).isEqualTo("20261121T120000Z");
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void shouldTellTheCallerThatThereIsNoKeyOfAwsAndNotWhereItWasLookedFor() {
        Properties before = (Properties) System.getProperties().clone();
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.sharedCredentialsFile", "/nowhere/credentials");
        System.setProperty("aws.configFile", "/nowhere/config");
        AwsCredentialSettings chain = new AwsCredentialSettings(
                AwsCredentialSettings.Source.DEFAULT_CHAIN, Optional.empty(), Optional.empty(), Optional.empty());
        ProviderSettings settings =
                settings(simulator.address(), Optional.empty()).withCredentials("eu-central-1", chain);
        try (ChatProvider keyless = new BedrockProvider("keyless", settings, http, CLOCK)) {
            ProviderException failure = catchThrowableOfType(
                    ProviderException.class, () -> Transcript.of(keyless, request(false), context()));
            assertThat(failure.failure()).isEqualTo(Failure.AUTHENTICATION);
            assertThat(failure)
                    .hasMessageContaining("'keyless' found no key of AWS")
                    .hasMessageNotContaining("nowhere")
                    .hasMessageNotContaining("Unable to load");
        } finally {
            System.setProperties(before);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountEveryKindOfTokenOnce(boolean stream) throws ProviderException {
        simulator.next(Scenario.text("one ", "two").counted(100, 40, 25, 0));
        TokenUsage usage =
                Transcript.of(provider(), request(stream), context()).finished().usage();
        assertThat(usage).isEqualTo(new TokenUsage(35, 2, 40, 25, 0, false));
    }

    @Test
    void shouldCountLongWritesApart() throws ProviderException {
        String usage = "{\"inputTokens\":1,\"outputTokens\":2,\"cacheReadInputTokens\":3,\"cacheWriteInputTokens\":9,"
                + "\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":7},{\"ttl\":\"5m\",\"inputTokens\":2}]}";
        simulator.next(Scenario.verbatim(
                "{\"output\":{\"message\":{\"content\":[{\"text\":\"a\"}]}},\"stopReason\":\"end_turn\",\"usage\":"
                        + usage + "}",
                ""));
        assertThat(Transcript.of(provider(), request(false), context())
                        .finished()
                        .usage())
                .isEqualTo(new TokenUsage(1, 2, 3, 2, 7, 0, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandReasoningOnWithItsSeal(boolean stream) throws ProviderException {
        simulator.next(Scenario.reasoned("let me see", "so it is"));
        Transcript answer = Transcript.of(provider(), request(stream), context());
        assertThat(answer.reasoning()).isEqualTo("let me see");
        assertThat(answer.text()).isEqualTo("so it is");
        assertThat(answer.events().toString()).contains("c2VhbA==");
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, STOP",
        "stop_sequence, STOP_SEQUENCE",
        "max_tokens, LENGTH",
        "model_context_window_exceeded, LENGTH",
        "guardrail_intervened, REFUSAL",
        "content_filtered, REFUSAL",
        "something_new, STOP"
    })
    void shouldSayWhyAnAnswerEnded(String told, FinishReason expected) throws ProviderException {
        String stop = "\"stopReason\":\"" + told + "\",\"additionalModelResponseFields\":{\"stop_sequence\":\"END\"}}";
        for (boolean stream : new boolean[] {false, true}) {
            simulator.next(Scenario.verbatim(
                    "{\"output\":{\"message\":{\"content\":[{\"text\":\"As\"}]}}," + stop, """
                    messageStart {"role":"assistant"}
                    contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"As"}}
                    somethingNew {"a":1}
                    messageStop {%s
                    """.formatted(stop)));
            Transcript answer = Transcript.of(provider(), request(stream), context());
            assertThat(answer.finished().reason()).isEqualTo(expected);
            assertThat(answer.finished().stopSequence()).isEqualTo("END");
            assertThat(answer.text()).isEqualTo("As");
            assertThat(answer.finished().usage()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "throttlingException, RATE_LIMITED",
        "validationException, REJECTED",
        "modelTimeoutException, TIMEOUT",
        "serviceUnavailableException, UNAVAILABLE",
        "internalServerException, UNAVAILABLE",
        "modelStreamErrorException, UNAVAILABLE"
    })
    void shouldTellOfExceptionsWithinAStream(String type, Failure expected) {
        simulator.next(Scenario.verbatim("", """
                messageStart {"role":"assistant"}
                contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"As"}}
                %s! {"message":"in the provider's words"}
                """.formatted(type)));
        ProviderException failure = failure(true);
        assertThat(failure.failure()).isEqualTo(expected);
        assertThat(failure.upstreamMessage()).contains("in the provider's words");
        assertThat(failure.upstreamCode()).contains(type);
    }

    @ParameterizedTest
    @CsvSource({
        "400, ValidationException, The provided model identifier is invalid., UNKNOWN_MODEL",
        "400, ValidationException, Malformed input request, REJECTED",
        "403, UnrecognizedClientException, The security token included in the request is invalid., AUTHENTICATION",
        "403, ExpiredTokenException, The security token included in the request is expired, AUTHENTICATION",
        "403, AccessDeniedException, User is not authorized to perform: bedrock:InvokeModel, DENIED",
        "403, AccessDeniedException, You don't have access to the model with the specified model ID., UNKNOWN_MODEL",
        "404, ResourceNotFoundException, Could not resolve the foundation model, UNKNOWN_MODEL",
        "408, ModelTimeoutException, too slow, TIMEOUT",
        "424, ModelErrorException, the model failed, UNAVAILABLE",
        "429, ThrottlingException, 'Too many tokens, please wait', RATE_LIMITED",
        "503, ServiceUnavailableException, busy, UNAVAILABLE"
    })
    void shouldReadErrorsAsAwsWritesThem(int status, String type, String words, Failure expected) {
        simulator.next(Scenario.ECHO.with(new Fault.Raw(
                status,
                "{\"message\":\"" + words + "\"}",
                Map.of("x-amzn-ErrorType", type + ":http://internal.amazon.com/coral/x/"))));
        ProviderException failure = failure(false);
        assertThat(failure.failure()).isEqualTo(expected);
        if (expected != Failure.AUTHENTICATION) {
            assertThat(failure.upstreamCode()).contains(type);
        }
    }

    private ProviderException failure(boolean stream) {
        return catchThrowableOfType(
                ProviderException.class, () -> Transcript.of(provider(), request(stream), context()));
    }

    @Test
    void shouldCountTokensForClaudeAlone() throws ProviderException {
        simulator.next(Scenario.ECHO.counted(321, 0, 0, 0));
        var counter = provider().tokenCounter().orElseThrow();
        String claude = "anthropic.claude-sonnet-4-5-20250929-v1:0";
        assertThat(counter.count(requestWithTool(false).withModel(claude), context()))
                .isEqualTo(321);
        ReceivedRequest asked = simulator.lastRequest();
        assertThat(asked.uri()).endsWith("/count-tokens");
        assertThat(asked.json()
                        .at("/input/converse/toolConfig/tools/0/toolSpec/name")
                        .asText())
                .isEqualTo("find_weather");
        simulator.next(Scenario.status(400, "ValidationException", "not for this id"));
        for (String model : new String[] {claude, "amazon.nova-pro-v1:0"}) {
            ProviderException refusal = catchThrowableOfType(
                    ProviderException.class, () -> counter.count(request(false).withModel(model), context()));
            assertThat(refusal.failure()).isEqualTo(Failure.UNSUPPORTED);
        }
    }

    @Test
    void shouldGiveTheArgumentsOfTheAnswerToolAsText() throws ProviderException {
        String nova = "amazon.nova-pro-v1:0";
        for (boolean stream : new boolean[] {false, true}) {
            simulator.next(Scenario.toolCall(null, "{\"city\":\"Oslo\"}"));
            Transcript answer =
                    Transcript.of(provider(), ConverseRequestWriterTest.withSchema(nova, stream), context());
            assertThat(answer.text()).isEqualTo("{\"city\":\"Oslo\"}");
            assertThat(answer.toolCalls()).isEmpty();
            assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "anthropic.claude-sonnet-4-5-20250929-v1:0, eu-central-1",
                "eu.anthropic.claude-sonnet-4-5-20250929-v1:0, eu",
                "us.amazon.nova-pro-v1:0, us",
                "apac.amazon.nova-pro-v1:0, ap",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0, -",
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0, us-east-1",
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0, eu",
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global.amazon.nova-pro-v1:0, -",
                "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2, -",
                "arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/a1b2, eu-west-1"
            })
    void shouldSayWhereAModelRuns(String model, @Nullable String region) {
        assertThat(provider().regionOf(model, Optional.of("eu-central-1"))).isEqualTo(Optional.ofNullable(region));
    }
}
