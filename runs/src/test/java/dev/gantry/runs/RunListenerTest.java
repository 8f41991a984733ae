package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Ids;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunListenerTest {
    private static final Starter STARTER = new Starter(Ids.next(), Ids.next(), "ann@example.com", null, null);

    @Test
    void shouldTellOfNoTimeBelowZeroWhenTheClockWasPutRightMeanwhile() {
        Duration back = Duration.ofMillis(-390);
        RunListener.StepDone step = new RunListener.StepDone(
                Ids.next(), STARTER, Ids.next(), "shared/flow", "one", "pattern", 1, "success", null, back, 0, 0);
        RunListener.RunDone run = new RunListener.RunDone(
                Ids.next(), List.of(), STARTER, Ids.next(), "shared/flow", 1, RunState.SUCCEEDED, null, back, 0, 0);

        assertThat(step.took()).isZero();
        assertThat(run.took()).isZero();
    }
}
