package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();

    @TempDir
    Path temporary;

    private Configuration configuration;

    @BeforeEach
    void open() {
        configuration = new TestingDirectory(temporary)
                .file("gantry.yaml", """
                        server:
                          port: 8080
                          host: ${HOST}
                        roles:
                          admin:
                            permissions: ['*:*']
                        models:
                          gpt-4.1: {provider: openai, context_tokens: 5}
                        authentication:
                          providers:
                            - type: api_key
                              header: X-Key
                        """)
                .variable("HOST", "0.0.0.0")
                .variable("DATABASE_URL", "postgresql://u:p@db/x")
                .load(SCHEMA);
    }

    private Explanation only(String key) {
        List<Explanation> found = configuration.explain(key);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Test
    void shouldTellMeaningTypeDefaultValueAndOrigin() {
        Explanation port = only("server.port");

        assertThat(port.meaning()).isEqualTo("Port to listen on");
        assertThat(port.type()).isEqualTo("whole number from 0 to 65535");
        assertThat(port.defaultValue()).isEqualTo("7420");
        assertThat(port.value()).isEqualTo("8080");
        assertThat(port.source()).isEqualTo(temporary.resolve("gantry.yaml") + ":2");
    }

    @Test
    void shouldTellEveryKindOfOrigin() {
        assertThat(only("server.host").source()).isEqualTo(temporary.resolve("gantry.yaml") + ":3 (from HOST)");
        assertThat(only("server.body_size_max").source()).isEqualTo("default");
        assertThat(only("database.url").source()).isEqualTo("environment variable DATABASE_URL");
        assertThat(only("database.url").environment()).isEqualTo("DATABASE_URL");
        assertThat(only("database.host").source()).isEqualTo("not set");
        assertThat(only("server.session_timeout").unit()).isEqualTo("seconds");
    }

    @ParameterizedTest
    @CsvSource({
        "roles.admin.permissions, [*:*]",
        "models.gpt-4.1.context_tokens, 5",
        "'models.\"gpt-4.1\".context_tokens', 5",
        "authentication.providers[0].header, X-Key"
    })
    void shouldExplainValuesUnderNamesAndInLists(String key, String value) {
        assertThat(only(key).value()).isEqualTo(value);
    }

    @Test
    void shouldExplainASettingOfANameThatDoesNotExistYet() {
        Explanation permissions = only("roles.auditor.permissions");

        assertThat(permissions.key()).isEqualTo("roles.*.permissions");
        assertThat(permissions.value()).isNull();
        assertThat(permissions.source()).isEqualTo("not given");
        assertThat(only("models.*.prices.input").unit()).isEqualTo("US dollars per million tokens");
        assertThat(only("role_assignments[0].role").meaning()).isEqualTo("The role");
        assertThat(only("server.tls.key").type()).isEqualTo("path");
    }

    @Test
    void shouldExplainWholeSections() {
        assertThat(configuration.explain("server"))
                .extracting(Explanation::key)
                .startsWith("server.host", "server.port", "server.tls")
                .contains("server.note");
        assertThat(configuration.explain("models.gpt-4.1")).hasSize(4);
    }

    @Test
    void shouldListEverySettingOnce() {
        assertThat(configuration.settings())
                .extracting(Explanation::key)
                .doesNotHaveDuplicates()
                .contains("server.port", "database.ssl_mode", "roles.admin.permissions", "role_assignments");
    }

    @ParameterizedTest
    @CsvSource({
        "server.prt, server.port",
        "databse.port, database.port",
        "srver, server",
        "roles.admin.permission, roles.admin.permissions"
    })
    void shouldNameTheNearestSetting(String key, String nearest) {
        assertThatThrownBy(() -> configuration.explain(key))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        exception -> assertThat(exception.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessage("'" + key + "' is not a setting (did you mean '" + nearest + "'?)");
    }

    @Test
    void shouldSayThatASettingComesLater() {
        assertThatThrownBy(() -> configuration.explain("compliance"))
                .hasMessageContaining("'compliance' is not supported yet");
    }
}
