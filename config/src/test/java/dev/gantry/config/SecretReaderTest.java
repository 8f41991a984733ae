package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretReaderTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();
    private static final String HIDDEN = "hunter2";

    @TempDir
    Path temporary;

    private TestingDirectory directory;

    @BeforeEach
    void open() {
        directory = new TestingDirectory(temporary).variable("DB_PASSWORD", HIDDEN);
    }

    private Optional<Secret> password(String text) {
        return directory
                .file("gantry.yaml", text)
                .load(SCHEMA)
                .get("database", TestingSettings.Database.class)
                .password();
    }

    @Test
    void shouldTakeASecretFromTheEnvironment() {
        assertThat(password("database: {password: '${DB_PASSWORD}'}")).contains(Secret.of(HIDDEN));
    }

    @Test
    void shouldTakeASecretFromAFileInEitherForm() {
        directory.file("password", HIDDEN + "\n").variable("FOLDER", temporary.toString());

        for (String reference : List.of(
                "file:password",
                "'file:${FOLDER}/password'",
                "{file: password}",
                "{file: '${FOLDER}/password'}",
                "file:" + temporary.resolve("password"))) {
            assertThat(password("database: {password: " + reference + "}"))
                    .as(reference)
                    .contains(Secret.of(HIDDEN));
        }
    }

    @Test
    void shouldRemoveOneLineBreakFromTheEndOfASecretFileAndNothingElse() {
        directory.bytes("password", " a\n\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(password("database: {password: file:password}")).contains(Secret.of(" a\n"));
    }

    @Test
    void shouldNotTakeTheContentOfAVariableForAFileReference() {
        directory.variable("DB_PASSWORD", "file:/etc/passwd");

        assertThat(password("database: {password: '${DB_PASSWORD}'}")).contains(Secret.of("file:/etc/passwd"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HIDDEN,
                "'" + HIDDEN + "'",
                "x${DB_PASSWORD}",
                "'${DB_PASSWORD:-" + HIDDEN + "}'",
                "'$${" + HIDDEN + "}'",
                "|\n    " + HIDDEN
            })
    void shouldRefuseALiteralSecretWithoutEchoingIt(String written) {
        assertThat(directory
                        .file("gantry.yaml", "database:\n  password: " + written)
                        .onlyProblem(SCHEMA))
                .isEqualTo(
                        "gantry.yaml:2: database.password: a secret is never written into these files; put it into an"
                                + " environment variable and write ${DATABASE_PASSWORD}, or into a file of its own and write"
                                + " file:/path/to/it");
    }

    @Test
    void shouldSuggestTheVariableThatTheSettingFallsBackTo() {
        assertThat(directory
                        .file("gantry.yaml", "database: {url: 'postgresql://a:b@c/d'}")
                        .onlyProblem(SCHEMA))
                .contains("write ${DATABASE_URL},")
                .doesNotContain("a:b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password: [" + HIDDEN + "]",
                "password: {" + HIDDEN + ": x}",
                "password: {file: [" + HIDDEN + "]}",
                "port: '${DB_PASSWORD}'",
                "pasword: " + HIDDEN,
                "password: !" + HIDDEN + " x",
                "password: *" + HIDDEN,
                "password: \"" + HIDDEN,
                "password: @" + HIDDEN,
                "password: " + HIDDEN + ": x",
                "password: %" + HIDDEN
            })
    void shouldNotEchoASecretThatStandsInAnErroneousPlace(String line) {
        List<String> problems =
                directory.file("gantry.yaml", "database:\n  " + line + "\n").check(SCHEMA);

        assertThat(problems)
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).startsWith("gantry.yaml:"));
        assertThat(String.join("\n", problems)).doesNotContain(HIDDEN);
    }

    @Test
    void shouldSayWhatIsWrongWithTheReference() {
        directory.file("empty", "\n").variable("EMPTY", "");

        assertThat(problem("file:missing"))
                .isEqualTo("gantry.yaml:2: database.password: the file missing cannot be read: it does not exist");
        assertThat(problem("file:empty")).endsWith("the file empty is empty");
        assertThat(problem("file:" + temporary)).endsWith("the file DIR is a directory where a file should be");
        assertThat(problem("'${EMPTY}'")).endsWith("the environment variable EMPTY is empty");
        assertThat(problem("'${UNSET}'"))
                .endsWith("the environment variable UNSET is not set; set it before the start");
        assertThat(problem("'file:${UNSET}'")).contains("UNSET is not set");
        assertThat(problem("{file: '${UNSET}'}")).contains("UNSET is not set");
        assertThat(problem("")).contains("has no value; give it one (secret) or remove the key");
    }

    private String problem(String password) {
        return directory
                .file("gantry.yaml", "database:\n  password: " + password)
                .onlyProblem(SCHEMA);
    }

    @Test
    void shouldShowAsterisksWhereverSettingsAreShown() {
        Configuration configuration = directory
                .file("gantry.yaml", "database: {password: '${DB_PASSWORD}'}")
                .variable("DATABASE_URL", "postgresql://x:" + HIDDEN + "@db/x")
                .load(SCHEMA);

        assertThat(configuration.settings().toString()).doesNotContain(HIDDEN);
        assertThat(configuration.get("database", TestingSettings.Database.class).toString())
                .doesNotContain(HIDDEN);
        assertThat(configuration.explain("database.password").getFirst().value())
                .isEqualTo("******");
        assertThat(configuration.explain("database.url").getFirst().value()).isEqualTo("******");
    }
}
