package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.config.DataSize;
import dev.gantry.kernel.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemFunctionsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("STAGE", "test", "OPENAI_API_KEY", "sk-secret");

    private static SystemFunctions functions(boolean information, String... environment) {
        TemplateSettings settings = new TemplateSettings(
                List.of(),
                List.of(environment),
                information,
                true,
                List.of(),
                Duration.ofSeconds(1),
                0,
                new DataSize(10));
        return new SystemFunctions(settings, ENVIRONMENT);
    }

    @Test
    void shouldShowAllowedVariablesOnly() {
        SystemFunctions functions = functions(false, "STAGE", "UNSET");

        assertThat(functions.call("env", "STAGE")).isEqualTo("test");
        assertThat(functions.call("env", "UNSET")).isEmpty();
        assertRefused(
                ErrorCode.TEMPLATE_ACCESS_DENIED,
                () -> functions.call("env", "OPENAI_API_KEY"),
                "templates.allowed_environment");
    }

    @Test
    void shouldTellTheKindOfMachineToEverybody() {
        assertThat(functions(false).call("os", "")).isNotEmpty();
        assertThat(functions(false).call("arch", "")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostname", "user", "home", "pwd"})
    void shouldTellNamesAndDirectoriesOnlyWhereAllowed(String operation) {
        assertThat(functions(true).call(operation, "")).isNotEmpty();
        assertRefused(
                ErrorCode.TEMPLATE_ACCESS_DENIED,
                () -> functions(false).call(operation, ""),
                "templates.system_information");
    }
}
