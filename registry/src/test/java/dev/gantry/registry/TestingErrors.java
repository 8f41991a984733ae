package dev.gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Expects refusals. */
final class TestingErrors {
    private TestingErrors() {}

    /** Expects a code, and the given words in the message. */
    static void assertRefused(ErrorCode code, ThrowingCallable call, String... words) {
        GantryException refused = catchThrowableOfType(GantryException.class, call);
        assertThat(refused).as("refusal").isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code);
        for (String word : words) {
            assertThat(refused.getMessage()).contains(word);
        }
    }
}
