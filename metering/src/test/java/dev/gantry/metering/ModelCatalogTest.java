package dev.gantry.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ModelCatalogTest {
    private static final Prices PRICES = new Prices(2_000_000, 10_000_000, 200_000, 2_500_000);

    private static Model model(String name, String provider, String upstreamName, String... aliases) {
        return new Model(name, provider, upstreamName, PRICES, 0, 0, List.of(), Tier.STANDARD, List.of(aliases));
    }

    @Nested
    class Names {
        private final Model renamed = model("cheap", "openai", "gpt-x");
        private final Model original = model("gpt-x", "openai", "gpt-x", "gpt-x-latest");
        private final ModelCatalog catalog = new ModelCatalog(List.of(renamed, original));

        @Test
        void shouldFindByCanonicalNameAliasAndQualifiedName() {
            assertThat(catalog.find("cheap")).contains(renamed);
            assertThat(catalog.find("gpt-x")).contains(original);
            assertThat(catalog.find("gpt-x-latest")).contains(original);
            assertThat(catalog.find("GPT-X")).isEmpty();
            assertThat(catalog.models()).containsExactly(renamed, original);
        }

        @Test
        void shouldPreferTheProvidersOwnNameWhenTwoModelsShareAQualifiedName() {
            assertThat(catalog.find("openai/gpt-x")).contains(original);
        }

        @Test
        void shouldNotLetAQualifiedNameHideAModelThatIsCalledSo() {
            Model called = model("openai/gpt-y", "other", "z");
            Model qualified = model("gpt-y", "openai", "gpt-y");

            assertThat(new ModelCatalog(List.of(qualified, called)).find("openai/gpt-y"))
                    .contains(called);
        }

        @Test
        void shouldNameTheNearestModelWhenOneIsUnknown() {
            assertThatThrownBy(() -> catalog.require("gpt-x-latets"))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_MODEL))
                    .hasMessageContaining("gpt-x-latest");
            assertThatThrownBy(() -> catalog.require("x".repeat(100_000)))
                    .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(300));
        }

        @Test
        void shouldRefuseAmbiguousNamesAndFallbacksThatLeadNowhere() {
            assertThatThrownBy(() -> new ModelCatalog(List.of(original, original)))
                    .hasMessageContaining("'gpt-x'");
            assertThatThrownBy(() -> new ModelCatalog(List.of(original, model("a", "b", "c", "gpt-x"))))
                    .hasMessageContaining("'gpt-x'");
            assertThatThrownBy(() -> new ModelCatalog(List.of(withFallback("nowhere"))))
                    .hasMessageContaining("'nowhere'");
            assertThatThrownBy(() -> new ModelCatalog(List.of(withFallback("self"))))
                    .hasMessageContaining("'self'");
        }

        private Model withFallback(String fallback) {
            return new Model("self", "p", "u", PRICES, 0, 0, List.of(fallback), Tier.SIMPLE, List.of());
        }

        @Test
        void shouldRefuseNamesThatNoFileOrAddressCouldHold() {
            for (String name : List.of("", " ", "a b", "a\nb", "ä", "a\"b", "x".repeat(201))) {
                assertThatThrownBy(() -> model(name, "p", "u")).isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> model("a", "p/q", "u")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Discovery {
        private final Model configured = model("llama", "ollama", "llama3.2", "llama3.2:latest");
        private final ModelCatalog catalog = new ModelCatalog(List.of(configured));

        @Test
        void shouldAddWhatIsNewAndKeepWhatIsConfigured() {
            Model free = new Model("qwen", "ollama", "qwen", Prices.FREE, 0, 0, List.of(), Tier.SIMPLE, List.of());

            ModelCatalog larger = catalog.with(List.of(
                    free,
                    new Model("llama", "ollama", "other", Prices.FREE, 0, 0, List.of(), Tier.SIMPLE, List.of()),
                    new Model("x", "ollama", "llama3.2", Prices.FREE, 0, 0, List.of(), Tier.SIMPLE, List.of()),
                    model("llama3.2:latest", "ollama", "llama3.2:latest")));

            assertThat(larger.models()).containsExactly(configured, free);
            assertThat(catalog.models()).containsExactly(configured);
        }

        @Test
        void shouldDropAliasesThatAreTakenAndFallbacksThatLeadNowhere() {
            Model found = new Model(
                    "new",
                    "ollama",
                    "new",
                    Prices.FREE,
                    0,
                    0,
                    List.of("gone", "llama"),
                    Tier.SIMPLE,
                    List.of("llama", "n"));

            Model added = catalog.with(List.of(found)).require("n");

            assertThat(added.aliases()).containsExactly("n");
            assertThat(added.fallbacks()).containsExactly("llama");
        }

        @Test
        void shouldNotFailWhenFoundModelsContradictEachOther() {
            ModelCatalog larger = catalog.with(List.of(
                    model("a", "ollama", "a", "b", "shared"),
                    model("b", "ollama", "b", "shared"),
                    model("a", "o", "c")));

            assertThat(larger.require("b").upstreamName()).isEqualTo("b");
            assertThat(larger.require("shared").name()).isEqualTo("a");
        }
    }

    @Nested
    class Cost {
        private final ModelCatalog catalog = new ModelCatalog(List.of());

        private long cost(Prices prices, TokenUsage usage) {
            Model model = new Model("m", "p", "u", prices, 0, 0, List.of(), Tier.SIMPLE, List.of());
            return catalog.cost(model, usage).value();
        }

        @Test
        void shouldAddEachKindOfTokenAtItsOwnPriceAndReasoningOnlyOnce() {
            TokenUsage usage = new TokenUsage(1_000, 200, 30_000, 4_000, 150, false);

            // 1,000 x $2 + 200 x $10 + 30,000 x $0.20 + 4,000 x $2.50, all by the million
            assertThat(cost(PRICES, usage)).isEqualTo(2_000 + 2_000 + 6_000 + 10_000);
        }

        @Test
        void shouldRoundHalfUpOnceOnTheSum() {
            Prices tenth = new Prices(100_000, 100_000, 100_000, 100_000);

            assertThat(cost(tenth, new TokenUsage(4, 0, 0, 0, 0, false))).isZero();
            assertThat(cost(tenth, new TokenUsage(5, 0, 0, 0, 0, false))).isEqualTo(1);
            assertThat(cost(tenth, new TokenUsage(4, 4, 4, 3, 0, false))).isEqualTo(2);
        }

        @Test
        void shouldCostNothingWhereNothingIsPaid() {
            assertThat(cost(Prices.FREE, new TokenUsage(Long.MAX_VALUE, 1, 1, 1, 0, false)))
                    .isZero();
        }

        @Test
        void shouldPriceTheWholeRequestOtherwiseOnceItsPromptIsLong() {
            LongPrompt longPrompt = new LongPrompt(100, new Prices(4_000_000, 20_000_000, 400_000, 5_000_000));
            Model model = new Model("m", "p", "u", PRICES, 0, 0, List.of(), Tier.SIMPLE, List.of(), longPrompt, null);

            assertThat(catalog.cost(model, new TokenUsage(50, 10, 30, 20, 0, false)))
                    .isEqualTo(new MicroDollars(100 + 100 + 6 + 50));
            assertThat(catalog.cost(model, new TokenUsage(51, 10, 30, 20, 0, false)))
                    .isEqualTo(new MicroDollars(204 + 200 + 12 + 100));
        }

        @Test
        void shouldRefuseAnAmountThatDoesNotFitRatherThanWrap() {
            Prices dear = new Prices(Prices.PER_MILLION_MAX, 0, 0, 0);

            assertThat(cost(dear, new TokenUsage(9_000_000_000_000L, 0, 0, 0, 0, false)))
                    .isEqualTo(9_000_000_000_000_000_000L);
            assertThatThrownBy(() -> cost(dear, new TokenUsage(Long.MAX_VALUE, 0, 0, 0, 0, false)))
                    .isInstanceOf(ArithmeticException.class);
        }

        @Test
        void shouldConvertPricesOfPriceListsExactly() {
            assertThat(Prices.perMillion(new BigDecimal("0.075"))).isEqualTo(75_000);
            assertThat(Prices.perMillion(new BigDecimal("0.000001"))).isEqualTo(1);
            assertThatThrownBy(() -> Prices.perMillion(new BigDecimal("0.0000001")))
                    .isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(() -> new Prices(-1, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Prices(0, 0, 0, Prices.PER_MILLION_MAX + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
