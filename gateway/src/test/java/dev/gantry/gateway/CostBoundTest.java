package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Permission;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.LongPrompt;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.Prices;
import dev.gantry.metering.Tier;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.quota.BudgetAmounts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostBoundTest {
    private static final Prices PRICES = new Prices(2_000_000, 10_000_000, 200_000, 2_500_000);
    private static final Model MODEL = model("m", "anthropic", PRICES, 200_000, 8_000);

    private static Model model(String name, String provider, Prices prices, int context, int output) {
        return new Model(name, provider, name, prices, context, output, List.of(), Tier.STANDARD, List.of());
    }

    private static Plan plan(Model... models) {
        return new Plan("m", Permission.of("models", "execute", "any", "m"), List.of(models), "");
    }

    private static Prompt prompt(String body) {
        return Prompt.Raw.read(ClientSchema.OPENAI_CHAT, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    private static Prompt chat(String content, String more) {
        return prompt("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]" + more + "}");
    }

    private static String words(int count) {
        return '"' + "every good boy deserves favour ".repeat(count) + '"';
    }

    @Test
    void shouldBoundWhatAnyAnswerWithinItsLimitsCosts() {
        Prompt prompt = chat(words(200), ",\"max_tokens\":500");
        BudgetAmounts cheap = CostBound.byLength(prompt, plan(MODEL));
        BudgetAmounts counted = CostBound.byCount(prompt, plan(MODEL));
        long input = TokenEstimator.count(words(200));
        ModelCatalog catalog = new ModelCatalog(List.of(MODEL));
        for (TokenUsage usage : List.of(
                new TokenUsage(input, 500, 0, 0, 0, false),
                new TokenUsage(0, 500, 0, input, 0, false),
                new TokenUsage(0, 500, input, 0, 500, false))) {
            long cost = catalog.cost(MODEL, usage).value();
            assertThat(cheap.microUsd()).isGreaterThanOrEqualTo(cost);
            assertThat(counted.microUsd()).isGreaterThanOrEqualTo(cost);
            assertThat(counted.tokens()).isGreaterThanOrEqualTo(usage.total());
        }
        assertThat(counted.microUsd()).isLessThan(cheap.microUsd());
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
