package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AttemptTest {
    @Test
    void shouldStayLostWhenTheDatabaseIsBackBeforeTheAttemptHasEnded() {
        AtomicBoolean held = new AtomicBoolean(true);
        Attempt attempt = new Attempt(held::get);
        assertThat(attempt.isLost()).isFalse();

        held.set(false);
        assertThat(attempt.isLost()).isTrue();

        held.set(true);
        assertThat(attempt.isLost()).isTrue();
        assertThat(attempt.isCancelled()).as("cancelled").isFalse();
    }
}
