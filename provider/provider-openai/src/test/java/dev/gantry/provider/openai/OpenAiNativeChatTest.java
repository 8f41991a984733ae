package dev.gantry.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.NativeEndpointContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.TestingClient;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenAiNativeChatTest extends NativeEndpointContract {
    @Override
    protected ProviderFactory factory() {
        return new OpenAiFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress) {
        return ProviderSettings.of(
                ProviderType.OPENAI, Optional.of(URI.create(simulatorAddress + "/v1")), Optional.empty());
    }

    @Override
    protected ClientSchema schema() {
        return ClientSchema.OPENAI_CHAT;
    }

    @Override
    protected String body(boolean stream) {
        return "{\"model\":\"sim-small\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],\"unknown_field\":{\"kept\":[1,2]}}";
    }

    @Override
    protected String endOfStream() {
        return "data: [DONE]";
    }

    @Test
    void shouldCountWhatWasReadFromTheCacheAndWrittenToItApart() throws Exception {
        simulator.next(Scenario.chunks(3).counted(100, 40, 30, 2));
        assertThat(pipe(body(true), new TestingClient())).isEqualTo(new TokenUsage(30, 5, 40, 30, 2, false));
    }

    @Test
    void shouldAskForUsageAndHideItFromAClientThatDidNot() throws Exception {
        simulator.next(Scenario.chunks(3).counted(20, 8, 0, 2));
        TestingClient client = new TestingClient();
        TokenUsage usage = pipe(body(true), client);
        assertThat(simulator
                        .lastRequest()
                        .json()
                        .at("/stream_options/include_usage")
                        .asBoolean())
                .isTrue();
        assertThat(usage).isEqualTo(new TokenUsage(12, 5, 8, 0, 2, false));
        assertThat(client.text()).doesNotContain("prompt_tokens").endsWith("data: [DONE]\n\n");
    }

    @Test
    void shouldLeaveTheUsageToAClientThatAskedForIt() throws Exception {
        simulator.next(Scenario.chunks(3).counted(20, 8, 0, 2));
        TestingClient client = new TestingClient();
        String asking = body(true).replace("{\"model\"", "{\"stream_options\": {\"include_usage\": true}, \"model\"");
        assertThat(pipe(asking, client)).isEqualTo(new TokenUsage(12, 5, 8, 0, 2, false));
        assertThat(simulator.lastRequest().body()).hasToString(asking);
        assertThat(client.text()).contains("\"prompt_tokens\":20").endsWith("data: [DONE]\n\n");
    }

    @Test
    void shouldKeepOtherStreamOptions() throws Exception {
        String asking = body(true)
                .replace(
                        "{\"model\"",
                        "{\"stream_options\": {\"include_obfuscation\": false, \"include_usage\": false}, \"model\"");
        pipe(asking, new TestingClient());
        var options = simulator.lastRequest().json().path("stream_options");
        assertThat(options.path("include_usage").asBoolean()).isTrue();
        assertThat(options.path("include_obfuscation").asBoolean(true)).isFalse();
        assertThat(simulator.lastRequest().json().at("/unknown_field/kept/1").asInt())
                .isEqualTo(2);
    }

    @Test
    void shouldNotBeFooledByTextThatNamesTheOptions() throws Exception {
        String asking = body(true).replace("one two", "what is \\\"stream_options\\\"? {");
        TestingClient client = new TestingClient();
        assertThat(pipe(asking, client)).isNotNull();
        assertThat(simulator.lastRequest().json().at("/messages/0/content").asText())
                .isEqualTo("what is \"stream_options\"? { three");
        assertThat(client.text()).doesNotContain("prompt_tokens");
    }

    @Test
    void shouldSendTheRequestIdAndTheIdempotencyKey() throws Exception {
        send(body(false), Map.of("OpenAI-Beta", "x=1", "Host", "elsewhere", "Authorization", "Bearer stolen"));
        assertThat(simulator.lastRequest().headers().get("X-Client-Request-Id")).isEqualTo("request-1");
        assertThat(simulator.lastRequest().headers().get("OpenAI-Beta")).isEqualTo("x=1");
        assertThat(simulator.lastRequest().headers().get("Host")).startsWith("127.0.0.1");
    }
}
