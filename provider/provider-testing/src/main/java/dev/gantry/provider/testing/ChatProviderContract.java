package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider does, whatever is behind it. A provider's tests extend this class. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public abstract class ChatProviderContract {
    private static final AtomicInteger CONTEXTS = new AtomicInteger();

    /** A text that has something to say, for models that only shorten. */
    protected static final String TEXT =
            "A gateway admits requests, guards prompts and settles costs. The gateway writes an audit entry for every "
                    + "request. Costs are integers, so that no cent is lost. Operators read the audit log to see what "
                    + "happened. A gateway that is down fails closed.";

    /** Returns the provider under test; the same for all tests of a class, or a new one. */
    protected abstract ChatProvider provider();

    /** Returns the name of a model that answers in text. */
    protected abstract String model();

    /** Makes the next answer a call of the first tool with these arguments; false when this provider never calls tools. */
    protected abstract boolean expectToolCall(String arguments);

    /** Makes the next answer this JSON text; false when this provider cannot obey schemas. */
    protected abstract boolean expectJson(String json);

    /** Returns the name of a model that obeys schemas. */
    protected String jsonModel() {
        return model();
    }

    /** Checks what was counted for an ordinary answer; a provider that cannot count says null. */
    protected void checkUsage(@Nullable TokenUsage usage) {
        assertThat(usage).isNotNull().satisfies(counted -> {
            assertThat(counted.prompt()).isPositive();
            assertThat(counted.output()).isPositive();
        });
    }

    /** Returns the surroundings of a call with generous bounds, about a model that no other call is about. */
    protected static CallContext context() {
        return new CallContext(
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                null,
                "model-" + CONTEXTS.incrementAndGet(),
                "request-1",
                null);
    }

    /** Returns a question. */
    protected ChatRequest request(boolean stream) {
        return ChatRequest.of(model(), List.of(Message.text(Role.SYSTEM, "Summarize."), Message.text(Role.USER, TEXT)))
                .withStream(stream);
    }

    /** Returns a question with a tool. */
    protected ChatRequest requestWithTool(boolean stream) {
        Tool tool = new Tool(
                "find_weather",
                "Finds the weather of a city",
                Json.readObject("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}"
                        .getBytes(StandardCharsets.UTF_8)),
                null);
        return withOptions(request(stream), null, List.of(tool), new OutputFormat.PlainText());
    }

    private static ChatRequest withOptions(
            ChatRequest request, @Nullable Integer outputTokensMax, List<Tool> tools, OutputFormat format) {
        return new ChatRequest(
                request.model(),
                request.messages(),
                request.stream(),
                outputTokensMax,
                null,
                null,
                List.of(),
                null,
                tools,
                new ToolChoice.Auto(),
                null,
                format,
                null,
                null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerInText(boolean stream) throws ProviderException {
        Transcript answer = Transcript.of(provider(), request(stream), context());
        assertThat(answer.text()).isNotBlank();
        assertThat(answer.started().model()).isNotEmpty();
        assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.toolCalls()).isEmpty();
    }

    @Test
    void shouldStreamTheSameTextAsWhole() throws ProviderException {
        String whole = Transcript.of(provider(), request(false), context()).text();
        String streamed = Transcript.of(provider(), request(true), context()).text();
        assertThat(streamed).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellWhatItCounted(boolean stream) throws ProviderException {
        TokenUsage usage =
                Transcript.of(provider(), request(stream), context()).finished().usage();
        checkUsage(usage);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCallToolsOrRefuseClearly(boolean stream) throws ProviderException {
        if (!expectToolCall("{\"city\":\"Oslo\"}")) {
            assertUnsupported(requestWithTool(stream));
            return;
        }
        Transcript answer = Transcript.of(provider(), requestWithTool(stream), context());
        assertThat(answer.toolCalls()).containsExactly("find_weather({\"city\":\"Oslo\"})");
        assertThat(answer.toolCallIds()).allMatch(id -> !id.isEmpty());
        assertThat(answer.finished().reason()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldObeySchemasOrRefuseClearly(boolean stream) throws ProviderException {
        OutputFormat format = new OutputFormat.JsonSchema(
                "city",
                Json.read("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
                        + "\"required\":[\"city\"],\"additionalProperties\":false}"),
                true);
        ChatRequest request = withOptions(request(stream).withModel(jsonModel()), null, List.of(), format);
        if (!expectJson("{\"city\":\"Oslo\"}")) {
            assertUnsupported(request);
            return;
        }
        Transcript answer = Transcript.of(provider(), request, context());
        assertThat(Json.read(answer.text())).isEqualTo(Json.read("{\"city\":\"Oslo\"}"));
        assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.toolCalls()).isEmpty();
    }

    private void assertUnsupported(ChatRequest request) {
        assertThatThrownBy(() -> Transcript.of(provider(), request, context()))
                .asInstanceOf(type(ProviderException.class))
                .satisfies(refusal -> {
                    assertThat(refusal.failure()).isEqualTo(Failure.UNSUPPORTED);
                    assertThat(refusal.getMessage()).contains(provider().name());
                });
    }

    @Test
    void shouldSurviveAnswersThatNobodyReads() throws ProviderException {
        for (int round = 0; round < 5; round++) {
            ChatReply abandoned = provider().chat(request(true), context());
            assertThat(abandoned.next()).isInstanceOf(ChatEvent.Started.class);
            abandoned.close();
            abandoned.close();
        }
        assertThat(Transcript.of(provider(), request(true), context()).text()).isNotBlank();
    }

    @Test
    void shouldServeManyAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Transcript>> answers = new ArrayList<>();
            for (int index = 0; index < 32; index++) {
                boolean stream = index % 2 == 0;
                answers.add(threads.submit(() -> Transcript.of(provider(), request(stream), context())));
            }
            String expected =
                    Transcript.of(provider(), request(false), context()).text();
            for (Future<Transcript> answer : answers) {
                assertThat(answer.get().text()).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldListModelsOrNone() throws ProviderException {
        assertThat(provider().listModels(context())).doesNotContainNull().doesNotHaveDuplicates();
    }
}
