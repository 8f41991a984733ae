package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Permission;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.LongPrompt;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.Prices;
import dev.gantry.metering.Tier;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.provider.TokenEstimator.Vocabulary;
import dev.gantry.quota.BudgetAmounts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostBoundTest {
    private static final Prices PRICES = new Prices(2_000_000, 10_000_000, 200_000, 2_500_000);
    private static final Model MODEL = model("m", "anthropic", PRICES, 200_000, 8_000);
    private static final Model COUNTED = model("gpt-4o", "openai", PRICES, 200_000, 8_000);

    private static Model model(String name, String provider, Prices prices, int context, int output) {
        return new Model(name, provider, name, prices, context, output, List.of(), Tier.STANDARD, List.of());
    }

    private static Plan plan(Model... models) {
        return new Plan("m", Permission.of("models", "execute", "any", "m"), List.of(models), "", false);
    }

    private static Prompt prompt(String body) {
        return Prompt.Raw.read(ClientSchema.OPENAI_CHAT, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    private static Prompt chat(String content, String more) {
        return prompt("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]" + more + "}");
    }

    private static Prompt composed(List<Tool> tools) {
        ChatRequest conversation = new ChatRequest(
                "m",
                List.of(Message.text(Role.USER, "hi")),
                false,
                null,
                null,
                null,
                List.of(),
                null,
                tools,
                new ToolChoice.Auto(),
                null,
                new OutputFormat.PlainText(),
                null,
                null);
        return new Prompt.Composed(conversation, Prompt.Subject.of(ClientSchema.OPENAI_CHAT), List.of());
    }

    private static String words(int count) {
        return '"' + "every good boy deserves favour ".repeat(count) + '"';
    }

    @Test
    void shouldBoundWhatAnyAnswerWithinItsLimitsCosts() {
        Prompt prompt = chat(words(200), ",\"max_tokens\":500");
        BudgetAmounts cheap = CostBound.byLength(prompt, plan(COUNTED));
        BudgetAmounts counted = CostBound.byCount(prompt, plan(COUNTED));
        long input = TokenEstimator.count(words(200));
        ModelCatalog catalog = new ModelCatalog(List.of(COUNTED));
        for (TokenUsage usage : List.of(
                new TokenUsage(input, 500, 0, 0, 0, false),
                new TokenUsage(0, 500, 0, input, 0, false),
                new TokenUsage(0, 500, input, 0, 500, false))) {
            long cost = catalog.cost(COUNTED, usage).value();
            assertThat(cheap.microUsd()).isGreaterThanOrEqualTo(cost);
            assertThat(counted.microUsd()).isGreaterThanOrEqualTo(cost);
            assertThat(counted.tokens()).isGreaterThanOrEqualTo(usage.total());
        }
        assertThat(counted.microUsd()).isLessThan(cheap.microUsd());
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, claude-sonnet-5",
        "vllm,      gpt-4o",
        "openai,    a-deployment",
    })
    void shouldNotJudgeOtherTokenizersByOurOwn(String provider, String name) {
        Model other = model(name, provider, PRICES, 200_000, 8_000);
        Prompt prompt = chat("\"" + "ગુજરાતી ".repeat(500) + "\"", ",\"max_tokens\":1");

        assertThat(CostBound.byCount(prompt, plan(other))).isEqualTo(CostBound.byLength(prompt, plan(other)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ગુજરાતી ભાષા", "తెలుగు భాష", "plain words of English"})
    void shouldCountByTheModelsOwnTokenizer(String words) {
        String text = (words + " ").repeat(300);
        Prompt prompt = chat('"' + text + '"', ",\"max_tokens\":1");
        Model turbo = model("gpt-4-turbo", "openai", PRICES, 200_000, 8_000);
        long bound = CostBound.byCount(prompt, plan(turbo)).tokens();

        assertThat(bound)
                .isGreaterThanOrEqualTo(TokenEstimator.count(text, Vocabulary.CL100K))
                .isLessThan(CostBound.byLength(prompt, plan(turbo)).tokens());
    }

    @Test
    void shouldNotBeMisledByEscapesThatAreShorterThanWhatTheyStandFor() {
        String characters = "\uFACE".repeat(2_000);
        Prompt prompt = chat("\"" + "\\uface".repeat(2_000) + "\"", ",\"max_tokens\":1");

        assertThat(CostBound.byCount(prompt, plan(COUNTED)).tokens())
                .isGreaterThanOrEqualTo(TokenEstimator.count(characters));
    }

    @Test
    void shouldBoundTheToolsOfAConversationThatGantryPutTogether() {
        Prompt without = composed(List.of());
        Prompt with = composed(List.of(new Tool("find", "words ".repeat(1_000), null, null)));

        assertThat(CostBound.byCount(with, plan(COUNTED)).tokens())
                .isGreaterThan(CostBound.byCount(without, plan(COUNTED)).tokens() + 1_000);
    }

    @Test
    void shouldNotTakeAFieldOfAnotherEndpointForABound() {
        assertThat(CostBound.byLength(chat("\"hi\"", ",\"max_output_tokens\":1"), plan(MODEL))
                        .tokens())
                .isGreaterThan(8_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tools\":[{\"type\":\"image_generation\"}]",
                "\"tools\":[{\"type\":\"something_of_tomorrow\"}]",
                "\"tools\":[{\"t\\u0079pe\":\"web_search\"}]",
                "\"mcp_servers\":[{\"url\":\"https://example.com\"}]",
                "\"web_search_options\":{}"
            })
    void shouldBoundWhatTheProviderFetchesItselfByTheContext(String field) {
        Prompt prompt = chat("\"hi\"", ",\"max_tokens\":100," + field);

        assertThat(CostBound.byLength(prompt, plan(MODEL)).tokens()).isEqualTo(200_100);
        assertThat(CostBound.byCount(prompt, plan(MODEL)).tokens()).isEqualTo(200_100);
    }

    @Test
    void shouldTakeTheDearestModelOfThePlan() {
        Model dear = model("dear", "openai", new Prices(20_000_000, 100_000_000, 0, 0), 200_000, 8_000);
        Prompt prompt = chat("\"hi\"", ",\"max_tokens\":100");

        assertThat(CostBound.byLength(prompt, plan(MODEL, dear)))
                .isEqualTo(CostBound.byLength(prompt, plan(dear)))
                .isNotEqualTo(CostBound.byLength(prompt, plan(MODEL)));
    }

    @Test
    void shouldBoundAnAnswerByTheModelWhenTheRequestDoesNot() {
        long wanted = CostBound.byLength(chat("\"hi\"", ",\"max_completion_tokens\":10"), plan(MODEL))
                .tokens();
        long open = CostBound.byLength(chat("\"hi\"", ""), plan(MODEL)).tokens();
        long more = CostBound.byLength(chat("\"hi\"", ",\"max_tokens\":9999999999999999999999"), plan(MODEL))
                .tokens();

        assertThat(open - wanted).isBetween(7_900L, 8_000L);
        assertThat(more - open).isBetween(0L, 100L);
    }

    @Test
    void shouldMultiplyByTheNumberOfAnswers() {
        long one = CostBound.byLength(chat("\"hi\"", ",\"max_tokens\":100,\"n\":1"), plan(MODEL))
                .tokens();
        long five = CostBound.byLength(chat("\"hi\"", ",\"max_tokens\":100,\"n\":5"), plan(MODEL))
                .tokens();

        assertThat(five - one).isEqualTo(400);
    }

    @Test
    void shouldPriceLongPromptsAsSuch() {
        Model stepped = new Model(
                "m",
                "anthropic",
                "m",
                PRICES,
                200_000,
                8_000,
                List.of(),
                Tier.STANDARD,
                List.of(),
                new LongPrompt(1_000, new Prices(4_000_000, 15_000_000, 0, 0)),
                null);
        Prompt prompt = chat(words(2_000), ",\"max_tokens\":1");

        assertThat(CostBound.byLength(prompt, plan(stepped)).microUsd())
                .isGreaterThan(CostBound.byLength(prompt, plan(MODEL)).microUsd());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"type\":\"file\",\"file\":{\"file_id\":\"f1\"}}]",
                "[{\"type\" : \"input_audio\",\"input_audio\":{}}]",
                "[{\"type\":\"document\",\"source\":{\"type\":\"url\",\"url\":\"https://example.com\"}}]",
                "[{\"typ\\u0065\":\"file\"}]"
            })
    void shouldBoundWhatItCannotSeeByTheContext(String content) {
        long tokens = CostBound.byLength(chat(content, ",\"max_tokens\":100"), plan(MODEL))
                .tokens();

        assertThat(tokens).isEqualTo(200_100);
    }

    @Test
    void shouldNotMistakeWordsForPartsOfAMessage() {
        String quoted = "\"he wrote \\\"type\\\":\\\"file\\\" and \\u00e9 too\"";

        assertThat(CostBound.byLength(chat(quoted, ",\"max_tokens\":100"), plan(MODEL))
                        .tokens())
                .isLessThan(400);
    }

    @Test
    void shouldCountPicturesApartFromTheirBytes() {
        String picture = "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                + "A".repeat(120_000) + "\"}}]";
        Prompt prompt = chat(picture, ",\"max_tokens\":100");

        assertThat(CostBound.byLength(prompt, plan(MODEL)).tokens()).isGreaterThan(150_000);
        assertThat(CostBound.byCount(prompt, plan(MODEL)).tokens()).isBetween(8_000L, 9_000L);
    }

    @Test
    void shouldNeverExceedTheContext() {
        assertThat(CostBound.byLength(chat(words(50_000), ",\"max_tokens\":100"), plan(MODEL))
                        .tokens())
                .isEqualTo(200_100);
    }

    @Test
    void shouldCostNothingToCount() {
        Prompt count = Prompt.Raw.read(
                ClientSchema.ANTHROPIC_TOKEN_COUNT,
                "{\"model\":\"m\",\"messages\":[]}".getBytes(StandardCharsets.UTF_8),
                Map.of());

        assertThat(CostBound.byLength(count, plan(MODEL))).isEqualTo(BudgetAmounts.NONE);
    }
}
