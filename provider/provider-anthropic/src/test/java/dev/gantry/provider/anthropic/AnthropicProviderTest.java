package dev.gantry.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.RemoteProviderContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Transcript;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicProviderTest extends RemoteProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new AnthropicFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress, Optional<Secret> key) {
        return ProviderSettings.of(ProviderType.ANTHROPIC, Optional.of(simulatorAddress), key);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountTheCacheApart(boolean stream) throws ProviderException {
        simulator.next(Scenario.text("a ", "b").counted(100, 60, 30, 0));
        Transcript answer = Transcript.of(provider(), request(stream), context());
        assertThat(answer.finished().usage()).isEqualTo(new TokenUsage(10, 2, 60, 30, 0, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandReasoningOnWithItsSeal(boolean stream) throws ProviderException {
        simulator.next(Scenario.reasoned("let me see", "so it is"));
        Transcript answer = Transcript.of(provider(), request(stream), context());
        assertThat(answer.reasoning()).isEqualTo("let me see");
        assertThat(answer.text()).isEqualTo("so it is");
        assertThat(answer.events())
                .anyMatch(event -> event instanceof ChatEvent.ReasoningDelta delta && delta.signature() != null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountSeveralToolCallsFromZero(boolean stream) throws ProviderException {
        simulator.next(Scenario.toolCalls(
                new Scenario.ToolCall("one", "{\"a\":1}"), new Scenario.ToolCall("two", "{\"b\":2}")));
        Transcript answer = Transcript.of(provider(), requestWithTool(stream), context());
        assertThat(answer.toolCalls()).containsExactly("one({\"a\":1})", "two({\"b\":2})");
    }

    @Test
    void shouldSendKeyAndVersion() throws ProviderException {
        Transcript.of(provider(), request(false), context());
        assertThat(simulator.lastRequest().headers().get("x-api-key")).isEqualTo("key-one");
        assertThat(simulator.lastRequest().headers().get("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(simulator.lastRequest().uri()).isEqualTo("/v1/messages");
    }
}
