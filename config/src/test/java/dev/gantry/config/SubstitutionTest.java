package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubstitutionTest {
    private final Substitution substitution =
            new Substitution(Map.of("HOST", "db", "PORT", "1", "EMPTY", "", "NESTED", "${HOST}", "_a1", "x"));

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "$HOST, $HOST",
        "${HOST}, db",
        "${HOST}:${PORT}, db:1",
        "a${HOST}b, adbb",
        "${_a1}, x",
        "${EMPTY:-fallback}, fallback",
        "${UNSET:-fallback}, fallback",
        "${UNSET:-}, ''",
        "${HOST:-fallback}, db",
        "${UNSET:-${HOST}, ${HOST",
        "${EMPTY}, ''",
        "$${HOST}, ${HOST}",
        "$$${HOST}, $${HOST}",
        "$${A}${HOST}$${B}, ${A}db${B}",
        "${NESTED}, ${HOST}",
        "cost is 5$, cost is 5$"
    })
    void shouldExpandOnce(String text, String expected) {
        assertThat(substitution.expand(text))
                .isInstanceOfSatisfying(
                        Substitution.Result.Expanded.class,
                        expanded -> assertThat(expanded.text()).isEqualTo(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${}", "${HOST", "${1A}", "${HO-ST}", "${HOST:fallback}", "a ${ HOST }"})
    void shouldRefuseWhatIsNoReference(String text) {
        assertThat(substitution.expand(text))
                .isInstanceOfSatisfying(
                        Substitution.Result.Failed.class,
                        failed -> assertThat(failed.text()).contains("reads ${NAME} or ${NAME:-default}", "'$${'"));
    }

    @Test
    void shouldNameAVariableThatIsNotSet() {
        assertThat(substitution.expand("${HOST}/${UNSET}"))
                .isEqualTo(new Substitution.Result.Failed(
                        "the environment variable UNSET is not set; set it before the start"));
    }

    @Test
    void shouldTellAWholeReferenceFromAPart() {
        assertThat(expanded("${HOST}").isReference()).isTrue();
        assertThat(expanded("${HOST:-x}").isReference()).isFalse();
        assertThat(expanded("${HOST} ").isReference()).isFalse();
        assertThat(expanded("${HOST}${HOST}").isReference()).isFalse();
        assertThat(expanded("$${HOST}").isReference()).isFalse();
        assertThat(expanded("db").isReference()).isFalse();
        assertThat(expanded("${HOST}:${PORT}").variables()).isEqualTo(List.of("HOST", "PORT"));
    }

    private Substitution.Result.Expanded expanded(String text) {
        return (Substitution.Result.Expanded) substitution.expand(text);
    }
}
