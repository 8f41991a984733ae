package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.e2e.Client.Answer;
import dev.gantry.testing.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers that refuse, are slow, die or talk rubbish: each has a name, and none takes Gantry with it. */
@ExtendWith(SharedWorld.class)
class ProviderFailureTest {
    private final World world;
    private final Client client;

    ProviderFailureTest(World world) {
        this.world = world;
        this.client = world.client();
    }

    @AfterEach
    void shouldHoldNothing() {
        Eventually.holds("no provider works on", () -> world.simulator().underWay() == 0);
        assertThat(client.chat("openai-echo", "hello").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "openai-limited, 429, provider_rate_limited, rate_limit_error",
        "openai-locked, 502, provider_authentication, server_error",
        "openai-rejecting, 400, provider_rejected, invalid_request_error",
        "openai-failing, 502, provider_unavailable, server_error",
        "openai-closing, 502, provider_unavailable, server_error",
        "openai-dying, 502, provider_unavailable, server_error",
        "openai-rubbish, 502, provider_bad_reply, server_error",
        "openai-html, 502, provider_bad_reply, server_error",
        "impatient-stalling, 504, provider_timeout, server_error",
        "anthropic-limited, 429, provider_rate_limited, rate_limit_error",
        "anthropic-locked, 502, provider_authentication, server_error",
        "anthropic-failing, 502, provider_unavailable, server_error",
        "anthropic-closing, 502, provider_unavailable, server_error",
        "anthropic-rubbish, 502, provider_bad_reply, server_error",
        "anthropic-html, 502, provider_bad_reply, server_error"
    })
    void shouldSayWhatTheProviderDid(String model, int status, String code, String type) {
        Answer chat = client.chat(model, "hello");
        Refusals.assertOpenAiError(chat, status, type);
        assertThat(chat.body()).doesNotContain("sk-testing");
        Answer run = client.post(
                "/api/v1/execute", "{\"pattern\":\"summarize\",\"input\":\"hello\",\"model\":\"" + model + "\"}");
        Refusals.assertProblem(run, status, code);
        assertThat(run.body()).doesNotContain("sk-testing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openai-dying",
                "openai-complaining",
                "impatient-stalling",
                "anthropic-dying",
                "anthropic-complaining"
            })
    void shouldEndAStreamInTheClientsOwnErrorShape(String model) {
        Answer openAi = client.post("/v1/chat/completions", Requests.chat(model, "hello", true));
        assertThat(openAi.status()).isEqualTo(200);
        assertThat(openAi.body()).contains("word0").contains("\"error\"").doesNotContain("[DONE]");
        Refusals.assertSaysNothingOfTheInside(openAi);
        Answer anthropic = client.post("/v1/messages", Requests.message(model, "hello", true));
        assertThat(anthropic.status()).isEqualTo(200);
        assertThat(anthropic.body()).contains("word0").contains("event: error").doesNotContain("event: message_stop");
        Answer run = client.post(
                "/api/v1/execute",
                "{\"pattern\":\"summarize\",\"input\":\"hello\",\"stream\":true,\"model\":\"" + model + "\"}");
        assertThat(run.status()).isEqualTo(200);
        assertThat(run.body()).contains("event: delta").contains("event: error").doesNotContain("event: done");
    }

    @Test
    void shouldRefuseAStreamWithAStatusWhenNothingWasSentYet() {
        for (String model : new String[] {"openai-limited", "anthropic-limited"}) {
            assertThat(client.post("/v1/chat/completions", Requests.chat(model, "hello", true))
                            .status())
                    .isEqualTo(429);
            assertThat(client.post("/v1/messages", Requests.message(model, "hello", true))
                            .status())
                    .isEqualTo(429);
        }
    }
}
