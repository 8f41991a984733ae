package dev.gantry.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.OutputLimitField;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.ResponsesInterface;
import dev.gantry.provider.testing.Fault;
import dev.gantry.provider.testing.NativeEndpointContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.TestingClient;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiNativeResponsesTest extends NativeEndpointContract {
    @Override
    protected ProviderFactory factory() {
        return new OpenAiFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress) {
        ProviderSettings usual = ProviderSettings.of(
                ProviderType.OPENAI, Optional.of(URI.create(simulatorAddress + "/v1")), Optional.empty());
        return new ProviderSettings(
                usual.type(),
                usual.baseUrl(),
                usual.apiKey(),
                usual.apiKeySecondary(),
                usual.apiKeys(),
                usual.region(),
                usual.connectTimeout(),
                usual.timeout(),
                usual.idleTimeout(),
                usual.maxConnections(),
                usual.maxReplySize(),
                usual.headers(),
                usual.apiVersion(),
                OutputLimitField.AUTO,
                ResponsesInterface.NATIVE,
                Optional.empty());
    }

    @Override
    protected ClientSchema schema() {
        return ClientSchema.OPENAI_RESPONSES;
    }

    @Override
    protected String body(boolean stream) {
        return "{\"model\":\"sim-small\",\"stream\":" + stream
                + ",\"store\":false,\"input\":\"one two three\",\"unknown_field\":{\"kept\":[1,2]}}";
    }

    @Override
    protected String endOfStream() {
        return "event: response.completed";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":\"m\"}                          | {\"store\":false,\"model\":\"m\"}",
                " {\"model\":\"m\",\"store\" : null , \"a\":1} | {\"model\":\"m\",\"store\" : false , \"a\":1}",
                "{\"store\":true,\"model\":\"m\"}            | {\"store\":false,\"model\":\"m\"}",
                "{\"input\":\"\\\"store\\\":false\"}          | {\"store\":false,\"input\":\"\\\"store\\\":false\"}",
                "{\"a\":{\"store\":false}}                 | {\"store\":false,\"a\":{\"store\":false}}",
            })
    void shouldForbidTheProviderToStore(String asked, String sent) {
        assertThat(StoreField.forbid(Buffer.buffer(asked))).hasToString(sent);
    }

    @Test
    void shouldCountReasoningAndCache() throws ProviderException {
        simulator.next(Scenario.reasoned("hmm", "ok").counted(100, 40, 30, 7));
        assertThat(pipe(body(true), new TestingClient())).isEqualTo(new TokenUsage(30, 8, 40, 30, 7, false));
    }

    @Test
    void shouldTakeAnAnswerThatHitItsBoundForComplete() throws ProviderException {
        simulator.next(Scenario.chunks(5));
        TestingClient client = new TestingClient();
        pipe(body(true).replace("{\"model\"", "{\"max_output_tokens\":2,\"model\""), client);
        assertThat(client.text()).contains("event: response.incomplete").contains("max_output_tokens");
    }

    @Test
    void shouldForwardCallsOfTools() throws ProviderException {
        simulator.next(Scenario.toolCall("find", "{\"city\":\"Oslo\"}").uncounted());
        TestingClient client = new TestingClient();
        assertThat(pipe(body(true), client)).isNull();
        assertThat(client.text()).contains("response.function_call_arguments.done");
    }

    @Test
    void shouldSeeThatAWholeResponseFailed() throws JsonCursor.Malformed {
        OpenAiResponsesScan scan = new OpenAiResponsesScan();
        scan.scanWhole(
                Buffer.buffer("{\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\","
                        + "\"message\":\"too fast\"},\"output\":[]}"),
                false);
        assertThat(scan.hasFailed()).isTrue();
        assertThat(scan.error("").path("message").textValue()).isEqualTo("too fast");
    }

    @Test
    void shouldKnowTheKindOfAnErrorInAStream() {
        simulator.next(Scenario.chunks(5).with(new Fault.ErrorAfter(2, "rate_limit_exceeded", "too fast")));
        ProviderException failure =
                catchThrowableOfType(ProviderException.class, () -> pipe(body(true), new TestingClient()));
        assertThat(failure.failure()).isEqualTo(Failure.RATE_LIMITED);
        assertThat(failure).hasMessageContaining("too fast");
    }

    @Test
    void shouldSendTheRequestId() throws ProviderException {
        send(body(false), Map.of());
        assertThat(simulator.lastRequest().uri()).isEqualTo("/v1/responses");
        assertThat(simulator.lastRequest().headers().get("X-Client-Request-Id")).isEqualTo("request-1");
    }
}
