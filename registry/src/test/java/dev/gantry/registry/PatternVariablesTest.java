package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatternVariablesTest {
    private static final VariableDeclaration TONE =
            new VariableDeclaration("tone", null, "dry", false, List.of("dry", "warm"));
    private static final VariableDeclaration ROLE =
            new VariableDeclaration("role", "Who speaks", null, true, List.of());
    private static final VariableDeclaration NOTE = new VariableDeclaration("note", null, null, false, List.of());

    @Test
    void shouldTakeGivenValuesBeforeDefaults() {
        assertThat(PatternVariables.resolve(
                        List.of(TONE, NOTE), Set.of("lang_code"), Map.of("#tone", "warm", "lang_code", "de")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("tone", "warm", "note", "", "lang_code", "de"));
        assertThat(PatternVariables.resolve(List.of(TONE), Set.of(), Map.of())).containsEntry("tone", "dry");
    }

    @Test
    void shouldNameWhatIsMissing() {
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(ROLE), Set.of(), Map.of()),
                "'role' is missing",
                "Who speaks");
    }

    @Test
    void shouldNameTheNearestOfUnknownVariables() {
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(), Set.of("lang_code", "input"), Map.of("langcode", "de")),
                "'langcode'",
                "did you mean 'lang_code'");
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(), Set.of("input"), Map.of("x", "y")),
                "none at all");
    }

    @Test
    void shouldRefuseValuesOutsideOfTheChoices() {
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(TONE), Set.of(), Map.of("tone", "wram")),
                "dry, warm",
                "did you mean 'warm'");
    }

    @Test
    void shouldRefuseTheInputAndTwoValuesOfOneName() {
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(), Set.of("input"), Map.of("input", "x")),
                "'input'");
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(), Set.of("a"), Map.of("a", "1", "#a", "2")),
                "twice");
    }

    @Test
    void shouldBoundNumberAndLength() {
        Map<String, String> many = new HashMap<>();
        for (int index = 0; index <= 100; index++) {
            many.put("v" + index, "x");
        }

        assertRefused(
                ErrorCode.INVALID_VARIABLE, () -> PatternVariables.resolve(List.of(), many.keySet(), many), "100");
        assertRefused(
                ErrorCode.INVALID_VARIABLE,
                () -> PatternVariables.resolve(List.of(), Set.of("a"), Map.of("a", "x".repeat(256 * 1024 + 1))),
                "longer");
    }
}
