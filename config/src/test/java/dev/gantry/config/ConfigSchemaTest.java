package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigSchemaTest {
    record Undescribed(String name) {}

    record UnknownType(@Setting("x") StringBuilder name) {}

    record WrongKeys(@Setting("x") Map<Integer, String> names) {}

    record WrongDefault(
            @Setting(value = "x", defaultValue = "many") int count) {}

    record WrongListDefault(
            @Setting(value = "x", defaultValue = "[1, b]") List<Integer> counts) {}

    record MalformedDefault(
            @Setting(value = "x", defaultValue = "[1") List<Integer> counts) {}

    record SecretDefault(
            @Setting(value = "x", defaultValue = "y") Secret secret) {}

    record ListVariable(
            @Setting(value = "x", environment = "Y") List<String> names) {}

    record Endless(@Setting("x") Optional<Endless> next) {}

    sealed interface NoKey permits Lonely {}

    @Kind("lonely")
    record Lonely() implements NoKey {}

    record HasNoKey(@Setting("x") NoKey noKey) {}

    @ChosenBy("type")
    sealed interface Clashing permits Clash {}

    @Kind("clash")
    record Clash(@Setting("x") String type) implements Clashing {}

    record HasClash(@Setting("x") Clashing clashing) {}

    @ChosenBy("type")
    sealed interface Nameless permits Unnamed {}

    record Unnamed() implements Nameless {}

    record HasNameless(@Setting("x") Nameless nameless) {}

    static List<Arguments> defects() {
        return List.of(
                Arguments.of(Undescribed.class, "Undescribed.name has no @Setting"),
                Arguments.of(UnknownType.class, "UnknownType.name has a type that cannot be read"),
                Arguments.of(WrongKeys.class, "WrongKeys.names has a type that cannot be read"),
                Arguments.of(WrongDefault.class, "The default of x.count must be a whole number"),
                Arguments.of(WrongListDefault.class, "The default of x.counts is wrong"),
                Arguments.of(MalformedDefault.class, "The default of x.counts the file ends within a bracket"),
                Arguments.of(SecretDefault.class, "SecretDefault.secret has a default"),
                Arguments.of(ListVariable.class, "ListVariable.names names an environment variable"),
                Arguments.of(Endless.class, "records contain each other without end"),
                Arguments.of(HasNoKey.class, "HasNoKey.noKey NoKey has no @ChosenBy"),
                Arguments.of(HasClash.class, "Clash has a component with the name of the key"),
                Arguments.of(HasNameless.class, "Unnamed is not a record with @Kind"));
    }

    @ParameterizedTest
    @MethodSource("defects")
    void shouldRefuseSettingsThatCouldNotBeReadOrExplained(Class<? extends Record> type, String message) {
        assertThatThrownBy(() -> ConfigSchema.builder().section("x", type, "X").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseTwoSectionsOfOneName() {
        assertThatThrownBy(() -> ConfigSchema.builder()
                        .section("models", TestingSettings.Tls.class, "x")
                        .topLevel(TestingSettings.Models.class)
                        .build())
                .hasMessage("Two sections are called models");
    }

    @Test
    void shouldListEveryKeyThatMayBeSet() {
        assertThat(TestingSettings.guides().build().reference())
                .extracting(Explanation::key)
                .contains(
                        "server.tls.certificate",
                        "authentication.providers.api_key.header",
                        "roles.*.permissions",
                        "role_assignments.role",
                        "models.*.prices.input")
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldNameKeysInSnakeCase() {
        assertThat(Shapes.snakeCase("poolSize")).isEqualTo("pool_size");
        assertThat(Shapes.snakeCase("port")).isEqualTo("port");
        assertThat(Shapes.snakeCase("requestsPerSecondMax")).isEqualTo("requests_per_second_max");
    }
}
