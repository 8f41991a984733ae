package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.guard.Action;
import dev.gantry.guard.Direction;
import dev.gantry.guard.Inspection;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules against data such as the arguments of tools, in which the name of a field says what its value is. */
class GuardedDataTest {
    private static JsonNode guarded(Action action, String json) {
        Inspection inspection = TestingGuard.policies(true, action).open(null, Direction.PROMPT);
        return Guard.inspected(Json.read(json), inspection);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"ssn":"123456789"}                                  | {"ssn":"[SSN_1]"}
                    {"ssn":123456789}                                    | {"ssn":"[SSN_1]"}
                    {"person":{"ssn":"123456789 \\/ verified"}}        | {"person":{"ssn":"[SSN_1] / verified"}}
                    {"person":{"ssn":"123456789\\n(verified)"}}        | {"person":{"ssn":"[SSN_1]\\n(verified)"}}
                    {"note":"nothing \\"to\\" see"}                    | {"note":"nothing \\"to\\" see"}
                    {"order":"123456789"}                                | {"order":"123456789"}
                    ["mail a@example.com"]                               | ["mail [EMAIL_1]"]
                    "{\\"ssn\\":\\"123456789\\"}"                       | "{\\"ssn\\":\\"[SSN_1]\\"}"
                    """)
    void shouldReadEachValueWithTheNameOfItsField(String data, String expected) {
        assertThat(guarded(Action.REDACT, data)).isEqualTo(Json.read(expected));
    }

    @Test
    void shouldReturnTheSameObjectWhenNothingIsFound() {
        JsonNode data = Json.read("{\"path\":\"a/b\",\"count\":12345678}");
        Inspection inspection = TestingGuard.policies(true, Action.REDACT).open(null, Direction.PROMPT);

        assertThat(Guard.inspected(data, inspection)).isSameAs(data);
    }

    @Test
    void shouldRefuseWhatMustNotPass() {
        assertThatThrownBy(() -> guarded(Action.BLOCK, "{\"ssn\":\"123456789\"}"))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.CONTENT_BLOCKED));
    }
}
