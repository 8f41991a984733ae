package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.metering.ModelsSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit on a name under which nothing is counted is a mistake that must not wait until it is needed. */
class LimitSectionsTest {
    private static final String MODELS = """
            models:
              mine: {provider: openai, prices: {input: 1, output: 2}, aliases: [my-alias]}
            model_groups:
              fast: {members: [{model: mine}]}
            """;

    private static void load(String limited) {
        ConfigSchema.Builder schema = ConfigSchema.builder().topLevel(ModelsSettings.class);
        LimitSections.declare(schema);
        ConfigLoader.loadText(
                "gantry.yaml",
                MODELS + "rate_limiting: {models: {" + limited + ": {requests: 5/minute}}}\n",
                schema.build());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    my-alias | another name of mine
                    fast     | is a group
                    mien     | there is no such model (did you mean 'mine'?)
                    """)
    void shouldRefuseALimitThatWouldBoundNobody(String name, String words) {
        assertThatThrownBy(() -> load(name))
                .hasMessageContaining("rate_limiting.models." + name)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mine", "gpt-4o", "ollama/some-model", "'*'"})
    void shouldTakeModelsThatAreKnownOrMayComeLater(String name) {
        assertThatCode(() -> load(name)).doesNotThrowAnyException();
    }
}
