package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterPolicyTest {
    private static final String IGNORING = "gateway: {untranslatable_parameters: ignore}\n";
    private static final String REFUSING = "gateway: {unknown_parameters: refuse}\n";

    private static Prompt chat(String parameters) {
        String body = "{\"model\":\"alpha\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," + parameters + "}";
        return Prompt.Raw.read(ClientSchema.OPENAI_CHAT, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    private static String ignored(Answered answered) {
        Map<String, String> headers = new HashMap<>();
        answered.route().addHeaders(headers);
        return headers.getOrDefault(Route.IGNORED_HEADER, "");
    }

    @Test
    void shouldRefuseWhatNoModelOfThePlanCanBeGiven() {
        TestingRoutes routes = TestingRoutes.of("");
        assertThatThrownBy(() -> routes.ask(chat("\"presence_penalty\":1,\"logit_bias\":{\"1\":2},\"seed\":1")))
                .isInstanceOfSatisfying(GantryException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED_BY_MODEL);
                    assertThat(refusal.errors())
                            .extracting(GantryException.FieldError::pointer)
                            .containsExactly("/presence_penalty", "/logit_bias");
                    assertThat(refusal)
                            .hasMessageContainingAll(
                                    "'presence_penalty', 'logit_bias'", "'alpha'", "'one'", "leave it out");
                });
        assertThat(routes.one.requests).isEmpty();
        assertThat(routes.two.requests).isEmpty();
        assertThat(routes.three.requests).isEmpty();
    }

    @Test
    void shouldAskTheNextModelThatCanBeGivenAllOfIt() {
        TestingRoutes routes = TestingRoutes.of("");
        routes.three.options.add(ChatOption.PRESENCE_PENALTY);
        Answered answered = routes.ask(chat("\"presence_penalty\":1"));
        assertThat(TestingRoutes.text(answered)).isEqualTo("answer of three");
        assertThat(TestingRoutes.tried(answered))
                .containsExactly("alpha unsupported_by_model", "beta unsupported_by_model", "gamma success");
        assertThat(routes.three.requests.getFirst().sampling().presencePenalty())
                .isEqualTo(1.0);
        assertThat(ignored(answered)).isEmpty();
    }

    @Test
    void shouldNameTheHintsThatTheModelThatAnsweredWasNotGiven() {
        TestingRoutes routes = TestingRoutes.of("");
        Answered answered = routes.ask(chat("\"seed\":4,\"user\":\"me\",\"metadata\":{\"a\":\"b\"},\"n\":1"));
        assertThat(ignored(answered)).isEqualTo("seed, user, metadata");
        routes.one.options.add(ChatOption.SEED);
        assertThat(ignored(routes.ask(chat("\"seed\":4")))).isEmpty();
    }

    @Test
    void shouldRefuseWhatNobodyKnowsAndSayWhatWasMeantWhereTheOperatorWantsThat() {
        assertThatThrownBy(() -> TestingRoutes.of(REFUSING).ask(chat("\"temprature\":0.5")))
                .hasMessageContaining("'temprature' is not known here")
                .hasMessageContaining("did you mean 'temperature'?");
        assertThat(TestingRoutes.text(TestingRoutes.of(REFUSING).ask(chat("\"temprature\":null"))))
                .isEqualTo("answer of one");
    }

    @Test
    void shouldAnswerClientsThatAreNewerAndSayWhatWasLeftOut() {
        Answered answered = TestingRoutes.of("").ask(chat("\"brand_new\":{\"a\":1}"));
        assertThat(TestingRoutes.text(answered)).isEqualTo("answer of one");
        assertThat(ignored(answered)).isEqualTo("brand_new");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            OPENAI_RESPONSES   | "input":"x","client_metadata":{"installation":"i"},"access_programs":["a"] | client_metadata, access_programs
            ANTHROPIC_MESSAGES | "diagnostics":{"previous_message_id":null},"fallbacks":["b"]               | diagnostics, fallbacks
            ANTHROPIC_MESSAGES | "user_profile_id":"u","fallback_credit_token":"t"                          | user_profile_id, fallback_credit_token
            ANTHROPIC_MESSAGES | "thinking":{"type":"adaptive"},"output_config":{"effort":"high"}           | output_config.effort
            """)
    void shouldAnswerCodingAgentsWhoseOwnFieldsNoOtherProviderHas(
            ClientSchema schema, String parameters, String expected) {
        String conversation = schema == ClientSchema.OPENAI_RESPONSES
                ? ""
                : "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],";
        String body = "{\"model\":\"alpha\"," + conversation + parameters + "}";
        Prompt prompt = Prompt.Raw.read(schema, body.getBytes(StandardCharsets.UTF_8), Map.of());
        assertThat(ignored(TestingRoutes.of(REFUSING).ask(prompt))).isEqualTo(expected);
    }

    @Test
    void shouldIgnoreWhatTheOperatorWantsIgnoredAndSaySo() {
        Answered answered = TestingRoutes.of(IGNORING).ask(chat("\"n\":2,\"web_search_options\":{},\"a b\\r\\nc\":1"));
        assertThat(TestingRoutes.text(answered)).isEqualTo("answer of one");
        assertThat(ignored(answered)).isEqualTo("n, web_search_options, a?b??c");
    }

    @Test
    void shouldBoundWhatAReplyNames() {
        StringBuilder many = new StringBuilder("\"n\":2");
        for (int index = 0; index < 100; index++) {
            many.append(",\"").append("x".repeat(200)).append(index).append("\":1");
        }
        assertThat(ignored(TestingRoutes.of(IGNORING).ask(chat(many.toString()))))
                .hasSizeLessThan(1_300);
    }

    @Test
    void shouldTakeNoWordWithADotForAFieldWithinAnother() {
        String body = "{\"model\":\"alpha\",\"input\":\"x\",\"reasoning.effort\":\"low\"}";
        Prompt prompt = Prompt.Raw.read(ClientSchema.OPENAI_RESPONSES, body.getBytes(StandardCharsets.UTF_8), Map.of());
        assertThatThrownBy(() -> TestingRoutes.of(REFUSING).ask(prompt)).hasMessageContaining("'reasoning.effort'");
    }
}
