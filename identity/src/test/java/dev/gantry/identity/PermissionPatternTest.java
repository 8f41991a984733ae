package dev.gantry.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionPatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, *, *, *",
        "patterns:*, patterns, *, *",
        "patterns:execute, patterns, execute, *",
        "patterns:execute:analysis/*, patterns, execute, analysis/*",
        "stitches:execute:research/*, workflows, execute, research/*",
        "patterns:*:team-a/*, patterns, *, team-a/*",
        "models:execute:llama3:8b, models, execute, llama3:8b",
        "patterns:read:a***b, patterns, read, a*b",
    })
    void shouldReadTheGrammar(String text, String resource, String action, String glob) {
        assertThat(PermissionPattern.parse(text)).isEqualTo(new PermissionPattern(resource, action, glob));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "patterns:*",
                "patterns:execute",
                "workflows:execute:research/*",
                "models:execute:llama3:8b",
                "patterns:*:a*"
            })
    void shouldWriteWhatItReads(String text) {
        assertThat(PermissionPattern.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', delimiter = ';', textBlock = """
                    paterns:read; did you mean 'patterns'?
                    stiches:read; did you mean 'stitches'?
                    patterns:exceute; did you mean 'execute'?
                    patterns:approve; 'patterns' has no action 'approve'
                    audit:update; its actions are read
                    patterns; resource:action[:name]
                    ""; resource:action[:name]
                    patterns:; has no action ''
                    :read; there is no resource ''
                    patterns:read:; is empty
                    patterns:read:a b; white space
                    Patterns:read; did you mean 'patterns'?
                    *:read; stands alone
                    **; resource:action[:name]
                    """)
    void shouldSayWhatIsWrong(String text, String expected) {
        assertThatThrownBy(() -> PermissionPattern.parse(text))
                .isInstanceOfSatisfying(
                        GantryException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(expected);
    }

    @Test
    void shouldBoundTheName() {
        assertThatThrownBy(() -> PermissionPattern.parse("patterns:read:" + "x".repeat(257)))
                .hasMessageContaining("longer than 256");
    }

    @Test
    void shouldTakeTheAliasInPermissionsToo() {
        assertThat(Permission.of("stitches", "read")).isEqualTo(Permission.of("workflows", "read"));
    }

    @Test
    void shouldPrintAPermissionAsThePatternThatGrantsIt() {
        assertThat(Permission.of("patterns", "execute", "team-a", "x/y")).hasToString("patterns:execute:team-a/x/y");
        assertThat(Permission.of("users", "read")).hasToString("users:read");
    }
}
