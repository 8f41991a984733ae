package dev.gantry.provider.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.RemoteProviderContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Transcript;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaProviderTest extends RemoteProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new OllamaFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress, Optional<Secret> key) {
        return ProviderSettings.of(ProviderType.OLLAMA, Optional.of(simulatorAddress), key);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandReasoningOn(boolean stream) throws ProviderException {
        simulator.next(Scenario.reasoned("let me see", "so it is"));
        Transcript answer = Transcript.of(provider(), request(stream), context());
        assertThat(answer.reasoning()).isEqualTo("let me see");
        assertThat(answer.text()).isEqualTo("so it is");
    }

    @Test
    void shouldNameTheToolOfAResult() throws ProviderException {
        ChatRequest request = ChatRequest.of(
                model(),
                List.of(
                        Message.text(Role.USER, "Weather in Oslo?"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(new Part.ToolCall("id-1", "find_weather", "{\"city\":\"Oslo\"}"))),
                        new Message(
                                Role.USER,
                                List.of(new Part.ToolResult("id-1", List.of(new Part.Text("rain")), false)))));
        Transcript.of(provider(), request, context());
        var messages = simulator.lastRequest().json().path("messages");
        assertThat(messages.at("/1/tool_calls/0/function/arguments/city").asText())
                .isEqualTo("Oslo");
        assertThat(messages.at("/2/role").asText()).isEqualTo("tool");
        assertThat(messages.at("/2/tool_name").asText()).isEqualTo("find_weather");
        assertThat(messages).hasSize(3);
    }

    @Test
    void shouldRefuseLinkedPictures() {
        ChatRequest request = ChatRequest.of(
                model(), List.of(new Message(Role.USER, List.of(new Part.LinkedImage("https://example.org/cat.png")))));
        ProviderException refusal =
                catchThrowableOfType(ProviderException.class, () -> provider().chat(request, context()));
        assertThat(refusal.failure()).isEqualTo(Failure.UNSUPPORTED);
        assertThat(simulator.requests()).isEmpty();
    }

    @Test
    void shouldListItsModels() throws ProviderException {
        assertThat(provider().listModels(context()))
                .containsExactly(
                        ListedModel.of("sim-small:latest"),
                        ListedModel.of("sim-large:latest"),
                        new ListedModel("bge-m3:latest", true));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, http://127.0.0.1:11434",
                "'', http://127.0.0.1:11434",
                "box, http://box:11434",
                "box:8080, http://box:8080",
                ":8080, http://127.0.0.1:8080",
                "0.0.0.0, http://127.0.0.1:11434",
                "0.0.0.0:8080, http://127.0.0.1:8080",
                "[::], http://[::1]:11434",
                "http://box, http://box:80",
                "https://box, https://box:443",
                "https://box:8443/, https://box:8443"
            })
    void shouldReadTheAddressAsOllamaDoes(@Nullable String written, URI expected) {
        assertThat(OllamaAddress.of(written)).contains(expected);
    }

    @Test
    void shouldNotTakeRubbishForAnAddress() {
        assertThat(OllamaAddress.of("not an address")).isEmpty();
    }
}
