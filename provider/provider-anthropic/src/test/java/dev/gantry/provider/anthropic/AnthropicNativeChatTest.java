package dev.gantry.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.Fault;
import dev.gantry.provider.testing.NativeEndpointContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.TestingClient;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnthropicNativeChatTest extends NativeEndpointContract {
    @Override
    protected ProviderFactory factory() {
        return new AnthropicFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress) {
        return ProviderSettings.of(ProviderType.ANTHROPIC, Optional.of(simulatorAddress), Optional.empty());
    }

    @Override
    protected ClientSchema schema() {
        return ClientSchema.ANTHROPIC_MESSAGES;
    }

    @Override
    protected String body(boolean stream) {
        return "{\"model\":\"sim-small\",\"stream\":" + stream
                + ",\"max_tokens\":9000,\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],"
                + "\"unknown_field\":{\"kept\":[1,2]}}";
    }

    @Override
    protected String endOfStream() {
        return "message_stop";
    }

    @Test
    void shouldLetTheClientChooseTheVersion() throws ProviderException {
        send(
                body(false),
                Map.of("anthropic-version", "2024-12-31", "anthropic-beta", "some-beta", "x-api-key", "stolen"));
        assertThat(simulator.lastRequest().headers().getAll("anthropic-version"))
                .containsExactly("2024-12-31");
        assertThat(simulator.lastRequest().headers().get("anthropic-beta")).isEqualTo("some-beta");
    }

    @Test
    void shouldCountTheCacheApart() throws ProviderException {
        simulator.next(Scenario.text("a ", "b").counted(100, 60, 30, 0));
        assertThat(pipe(body(true), new TestingClient())).isEqualTo(new TokenUsage(10, 2, 60, 30, 0, false));
    }

    @Test
    void shouldEstimateTheOutputOfAStreamThatWasCutOff() throws ProviderException {
        simulator.next(Scenario.chunks(50).with(new Fault.StallAfter(20)).counted(100, 60, 30, 0));
        TestingClient client = new TestingClient();
        client.goAfter(1);
        TokenUsage usage = pipe(body(true), client);
        assertThat(usage).isNotNull().satisfies(counted -> {
            assertThat(counted.estimated()).isTrue();
            assertThat(counted.input()).isEqualTo(10);
            assertThat(counted.cacheRead()).isEqualTo(60);
            assertThat(counted.output()).isBetween(20L, 80L);
        });
    }
}
