package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Action;
import java.util.EnumSet;

/** What events do to steps that wait for them. */
final class RunSignal {
    private RunSignal() {}

    static int event(RunEngine engine, Progress progress, String name, ObjectNode facts) {
        if (!progress.run.mayBegin()) {
            return 0;
        }
        int ended = 0;
        for (StepRow found :
                StepRows.ofStates(progress.transactionHandle(), progress.run.id, EnumSet.of(StepState.WAITING))) {
            StepRow row = progress.keep(found);
            if (row.state == StepState.WAITING
                    && Waits.step(progress, row).action() instanceof Action.AwaitEvent wait
                    && wait.event().equals(name)
                    && fits(engine, progress, row, wait, facts)) {
                Waits.done(progress, row, facts);
                ended++;
            }
        }
        return ended;
    }

    private static boolean fits(
            RunEngine engine, Progress progress, StepRow row, Action.AwaitEvent wait, ObjectNode facts) {
        try {
            return wait.where() == null
                    || engine.expressions.test(
                            wait.where(),
                            progress.view(row, Waits.step(progress, row)).with("event", facts));
        } catch (GantryException noValue) {
            // Such an event is not the one that is waited for.
            return false;
        }
    }
}
