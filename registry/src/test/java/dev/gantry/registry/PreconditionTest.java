package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionTest {
    @Test
    void shouldReadTheHeaders() {
        assertThat(Precondition.ofHeaders(null, null)).isEqualTo(new Precondition.None());
        assertThat(Precondition.ofHeaders("*", null)).isEqualTo(new Precondition.Exists());
        assertThat(Precondition.ofHeaders(null, "*")).isEqualTo(new Precondition.Absent());
        assertThat(Precondition.ofHeaders("\"a\", \"b\"", null)).isEqualTo(new Precondition.Matches(Set.of("a", "b")));
    }

    @Test
    void shouldNeverMatchWeakTags() {
        assertThat(Precondition.ofHeaders("W/\"a\"", null)).isEqualTo(new Precondition.Matches(Set.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "\"", "\"a\" x", "'a'"})
    void shouldRefuseOtherForms(String header) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> Precondition.ofHeaders(header, null), "If-Match");
    }

    @Test
    void shouldRefuseTagsInIfNoneMatchOfAWrite() {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> Precondition.ofHeaders(null, "\"a\""), "If-None-Match");
        assertRefused(ErrorCode.INVALID_REQUEST, () -> Precondition.ofHeaders("*", "*"), "If-None-Match");
    }
}
