package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Action;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.List;

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

    /** Returns whether a step waited for the call, and has what was sent now; also while the run is paused. */
    static boolean call(Progress progress, String address, JsonNode sent) {
        if (progress.run.state != RunState.RUNNING && progress.run.state != RunState.PAUSED) {
            return false;
        }
        byte[] given = address.getBytes(StandardCharsets.US_ASCII);
        for (StepRow found :
                StepRows.ofStates(progress.transactionHandle(), progress.run.id, EnumSet.of(StepState.WAITING))) {
            StepRow row = progress.keep(found);
            if (Waits.step(progress, row).action() instanceof Action.AwaitWebhook wait
                    && MessageDigest.isEqual(
                            given, progress.data(row).path("call").asText().getBytes(StandardCharsets.US_ASCII))) {
                requireFitting(wait, sent);
                Waits.done(progress, row, sent);
                return true;
            }
        }
        return false;
    }

    private static void requireFitting(Action.AwaitWebhook wait, JsonNode sent) {
        List<GantryException.FieldError> errors = wait.output().problems(sent).stream()
                .map(problem -> new GantryException.FieldError("", problem))
                .toList();
        if (!errors.isEmpty()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "The body " + errors.getFirst().message(), errors, null, null);
        }
    }

    private static boolean fits(
            RunEngine engine, Progress progress, StepRow row, Action.AwaitEvent wait, ObjectNode facts) {
        try {
            return wait.where() == null
                    || engine.expressions.test(
                            wait.where(),
                            progress.view(row, Waits.step(progress, row)).with("event", facts));
        } catch (GantryException noValue) {
            RunEngine.throwOwnTrouble(noValue);
            // Such an event is not the one that is waited for.
            return false;
        }
    }
}
