package dev.gantry.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsSettingsTest {
    private static final Set<String> PROVIDERS = Set.of("openai", "anthropic", "vllm");

    @TempDir
    private Path directory;

    private ModelCatalog catalog(String yaml) {
        return ModelCatalog.of(load(yaml).get(ModelsSettings.class));
    }

    private Configuration load(String yaml) {
        try {
            Files.writeString(directory.resolve("models.yaml"), yaml);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        ConfigSchema schema = ConfigSchema.builder()
                .topLevel(ModelsSettings.class)
                .spelling("MODEL_SELECTION", "model_selection")
                .check(new ModelsCheck(_ -> PROVIDERS))
                .build();
        return ConfigLoader.load(directory, false, Map.of(), schema);
    }

    @Nested
    class BuiltIn {
        private final ModelCatalog catalog = ModelCatalog.of(new ModelsSettings(Map.of()));

        @ParameterizedTest
        @CsvSource({
            // model, provider, upstream name, dollars per million of input and of output
            "offline/extract, offline, extract, 0, 0",
            "gpt-6.2-sol, openai, gpt-6.2-sol, 2, 10",
            "gpt-4o, openai, gpt-4o, 2.5, 10",
            "gpt-4, openai, gpt-4, 30, 60",
            "gpt-3.5-turbo, openai, gpt-3.5-turbo, 0.5, 1.5",
            "claude-opus-5-5, anthropic, claude-opus-5-5, 4, 20",
            "claude-3-opus, anthropic, claude-3-opus-20240229, 15, 75",
            "claude-3-sonnet, anthropic, claude-3-sonnet-20240229, 3, 15",
            "claude-3-haiku, anthropic, claude-3-haiku-20240307, 0.25, 1.25",
            "gemini-2.5-flash, gemini, gemini-2.5-flash, 0.3, 2.5",
            "llama3.2:latest, ollama, llama3.2, 0, 0"
        })
        void shouldKnowTheWellKnownModelsAtTheirListPrices(
                String name, String provider, String upstreamName, String input, String output) {
            Model model = catalog.require(name);

            assertThat(model.provider()).isEqualTo(provider);
            assertThat(model.upstreamName()).isEqualTo(upstreamName);
            assertThat(model.prices().inputPerMillion()).isEqualTo(Prices.perMillion(new java.math.BigDecimal(input)));
            assertThat(model.prices().outputPerMillion())
                    .isEqualTo(Prices.perMillion(new java.math.BigDecimal(output)));
            assertThat(catalog.find(model.qualifiedName())).contains(model);
        }

        @Test
        void shouldPriceAMillionTokensAsThePriceListSays() {
            Model model = catalog.require("claude-haiku-5-5");

            assertThat(catalog.cost(model, new TokenUsage(100_000, 0, 0, 0, 0, false)))
                    .isEqualTo(new MicroDollars(10_000));
            assertThat(catalog.cost(model, new TokenUsage(1_000_000, 0, 0, 0, 0, false)))
                    .isEqualTo(new MicroDollars(500_000));
        }

        @Test
        void shouldBeConsistent() {
            assertThat(catalog.models()).hasSizeGreaterThan(50).allSatisfy(model -> {
                Prices prices = model.prices();
                assertThat(prices.cacheReadPerMillion()).as(model.name()).isLessThanOrEqualTo(prices.inputPerMillion());
                if (model.tier() == Tier.EMBEDDING) {
                    assertThat(prices.outputPerMillion()).as(model.name()).isZero();
                } else {
                    assertThat(prices.outputPerMillion())
                            .as(model.name())
                            .isGreaterThanOrEqualTo(prices.inputPerMillion());
                }
                LongPrompt longPrompt = model.longPrompt();
                if (longPrompt != null) {
                    assertThat(longPrompt.prices().inputPerMillion()).isGreaterThan(prices.inputPerMillion());
                    assertThat(longPrompt.prices().cacheReadPerMillion()).isGreaterThan(prices.cacheReadPerMillion());
                    assertThat(longPrompt.abovePromptTokens()).isLessThan(model.contextTokens());
                }
            });
        }
    }

    @Nested
    class Operator {
        @Test
        void shouldOverrideABuiltInModelKeyByKey() {
            ModelCatalog catalog = catalog("""
                    models:
                      gpt-4o:
                        prices: {input: 1.70}
                        aliases: [default]
                    """);

            Model model = catalog.require("default");

            assertThat(model.prices()).isEqualTo(new Prices(1_700_000, 10_000_000, 1_250_000, 1_700_000));
            assertThat(model.name()).isEqualTo("gpt-4o");
            assertThat(model.contextTokens()).isEqualTo(128_000);
            assertThat(model.provider()).isEqualTo("openai");
        }

        @Test
        void shouldAddModelsOfAnyConfiguredProvider() {
            ModelCatalog catalog = catalog("""
                    models:
                      our-model:
                        provider: vllm
                        upstream_name: org/our-model-70b
                        prices:
                          input: 0.10
                          output: 0.20
                          cache_read: 0
                          long_prompt: {above_tokens: 1000, input: 0.30, output: 0.40}
                        tier: complex
                        fallbacks: [gpt-4o-mini, gpt-4o]
                    """);

            Model model = catalog.require("vllm/org/our-model-70b");

            assertThat(model.name()).isEqualTo("our-model");
            assertThat(model.prices()).isEqualTo(new Prices(100_000, 200_000, 0, 100_000));
            assertThat(model.longPrompt())
                    .isEqualTo(new LongPrompt(1_000, new Prices(300_000, 400_000, 300_000, 300_000)));
            assertThat(model.tier()).isEqualTo(Tier.COMPLEX);
            assertThat(model.fallbacks()).containsExactly("gpt-4o-mini", "gpt-4o");
        }

        @Test
        void shouldTakeNamesAndAliasesOverFromBuiltInAliases() {
            ModelCatalog catalog = catalog("""
                    models:
                      gpt-5.6: {provider: vllm, prices: {input: 1, output: 2}}
                      gpt-4o: {aliases: [claude-3-opus-latest]}
                    """);

            assertThat(catalog.require("gpt-5.6").provider()).isEqualTo("vllm");
            assertThat(catalog.require("claude-3-opus-latest").name()).isEqualTo("gpt-4o");
            assertThat(catalog.require("claude-3-opus-20240229").name()).isEqualTo("claude-3-opus");
        }
    }

    @Nested
    class Groups {
        @Test
        void shouldBeReadWithTheirMembersAndDefaults() {
            ModelCatalog catalog = catalog("""
                    model_groups:
                      fast:
                        members: [{model: gpt-4o-mini, weight: 3}, {model: vllm/whatever-it-has}]
                        balance: adaptive
                        cost_bias: 0.25
                        fallbacks: [gpt-4o]
                      plain: {members: [{model: gpt-4o}]}
                    model_selection: {code_review: fast, simple_transform: gpt-4o-mini}
                    """);

            assertThat(catalog.group("fast"))
                    .contains(new ModelGroup(
                            "fast",
                            List.of(
                                    new ModelGroup.Member("gpt-4o-mini", 3),
                                    new ModelGroup.Member("vllm/whatever-it-has", 1)),
                            ModelGroup.Balance.ADAPTIVE,
                            0.25,
                            List.of("gpt-4o")));
            assertThat(catalog.groups()).extracting(ModelGroup::name).containsExactly("fast", "plain");
            assertThat(catalog.group("gpt-4o")).isEmpty();
        }

        @Test
        void shouldTakeTheSelectionAsTheGuidePrintsIt() {
            Configuration configuration = load("""
                    MODEL_SELECTION: {
                        "simple_transform": "claude-3-haiku",
                        "code_review": "claude-3-sonnet",
                        "architecture_planning": "claude-3-opus",
                    }
                    """);

            assertThat(configuration.get(ModelsSettings.class).modelSelection())
                    .containsExactly(
                            Map.entry("simple_transform", "claude-3-haiku"),
                            Map.entry("code_review", "claude-3-sonnet"),
                            Map.entry("architecture_planning", "claude-3-opus"));
        }

        @Test
        void shouldRefuseASectionUnderBothOfItsNames() {
            assertThatThrownBy(() -> load("model_selection: {}\nMODEL_SELECTION: {a: gpt-4o}\n"))
                    .hasMessageContaining("models.yaml:2: MODEL_SELECTION: means the same as 'model_selection'");
        }

        @Test
        void shouldStayWhenAProviderReportsAModelOfTheSameName() {
            ModelCatalog catalog = catalog("model_groups: {fast: {members: [{model: gpt-4o}]}}");
            Model taken = new Model("fast", "ollama", "fast", Prices.FREE, 0, 0, List.of(), Tier.SIMPLE, List.of());

            assertThat(catalog.with(List.of(taken)).group("fast")).isPresent();
            assertThat(catalog.with(List.of(taken)).find("fast")).isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "model_groups: {fast: {members: [{model: gpt-4p}]}}|there is no model 'gpt-4p' (did you mean 'gpt-4",
                    "model_groups: {fast: {members: [{model: gpt-4o}], fallbacks: [nothing]}}|there is no model 'nothing'",
                    "model_groups: {fast: {members: []}}|1 to 32 members",
                    "model_groups: {fast: {members: [{model: gpt-4o}, {model: gpt-4o}]}}|in the group twice",
                    "model_groups: {fast: {members: [{model: gpt-4o, weight: 0}]}}|weight",
                    "model_groups: {gpt-4o: {members: [{model: gpt-4o-mini}]}}|is the name of a model",
                    "model_groups: {fast: {members: [{model: gpt-4o}], cost_bias: 2}}|cost_bias",
                    "model_groups: {fast: {members: [{model: gpt-4o}], balance: fair}}|balance",
                    "model_selection: {code_review: claude-3-sonet}|did you mean 'claude-3-sonnet'"
                })
        void shouldBeRefusedWhenTheyCouldNotWork(String yaml, String message) {
            assertThatThrownBy(() -> load(yaml))
                    .hasMessageContaining("models.yaml:1:")
                    .hasMessageContaining(message);
        }
    }

    @Nested
    class Mistakes {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "gpt-4p: {prices: {input: 1}}|2|did you mean 'gpt-4o'",
                    "x: {provider: vllm}|2|needs provider, prices.input and prices.output",
                    "x: {provider: vlm, prices: {input: 1, output: 1}}|2|there is no provider 'vlm' (did you mean 'vllm'?)",
                    "gpt-4o: {provider: azure}|2|there is no provider 'azure'",
                    "gpt-4o: {fallbacks: [gpt-4i]}|2|there is no model 'gpt-4i'",
                    "gpt-4o: {fallbacks: [gpt-4o]}|2|is the model itself",
                    "gpt-4o: {aliases: [gpt-4]}|2|already means the model 'gpt-4'",
                    "gpt-4o: {aliases: ['a b']}|2|'a b' is not a name of a model",
                    "'a b': {provider: vllm, prices: {input: 1, output: 1}}|2|is not a name of a model",
                    "gpt-4o: {prices: {input: 0.0000001}}|2|at most six digits",
                    "gpt-4o: {prices: {input: -1}}|2|input",
                    "gpt-4o: {prices: {inptu: 1}}|2|input",
                    "gpt-4o: {tier: huge}|2|tier"
                })
        void shouldBeReportedWithFileLineAndWhatToDo(String entry, int line, String message) {
            assertThatThrownBy(() -> load("models:\n  " + entry + "\n"))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                    .hasMessageContaining("models.yaml:" + line + ":")
                    .hasMessageContaining(message);
        }

        @Test
        void shouldBeReportedAtTheLineOfTheKey() {
            assertThatThrownBy(() -> load("""
                            models:
                              "gpt-4.1":
                                tier: simple
                                fallbacks:
                                  - nowhere
                            """))
                    .hasMessageContaining("models.yaml:4: models.\"gpt-4.1\".fallbacks: there is no model 'nowhere'");
        }
    }
}
