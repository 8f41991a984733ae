package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What ends the waiting of a step. */
final class Waits {
    private Waits() {}

    /** The time of a waiting step has come: that of its end, or that of asking more people. */
    static void timeIsUp(Progress progress, StepRow row) {
        Step step = step(progress, row);
        Instant due = row.dueAt;
        switch (step.action()) {
            case Action.Approve approve -> {
                if (due != null && progress.now.isBefore(due)) {
                    escalate(progress, row, approve);
                    return;
                }
                switch (approve.onTimeout()) {
                    case APPROVE -> decided(progress, row, true, "", "nobody decided in time");
                    case REJECT -> rejected(progress, row, step, approve, "", "nobody decided in time");
                    case FAIL -> fail(progress, row, step, "Nobody decided within " + approve.timeout());
                }
            }
            case Action.Pause _ -> done(progress, row, NullNode.getInstance());
            case Action.AwaitEvent event -> timedOut(progress, row, step, event.continues(), event.event());
            case Action.AwaitWebhook hook -> timedOut(progress, row, step, hook.continues(), "the call");
            default -> fail(progress, row, step, "It waited too long");
        }
    }

    /** Sets the timer of a step that has none: for asking more people, if that is still to come, or for its end. */
    static void setTimer(Progress progress, StepRow row, Instant end) {
        boolean escalated = progress.data(row).path("escalated").asBoolean();
        progress.setTimer(
                row,
                step(progress, row).action() instanceof Action.Approve approve
                        ? nextTime(approve, escalated, end)
                        : end);
    }

    /** Whether the step waits for somebody or something, and not just for a time. */
    static boolean isForOthers(Action action) {
        return action instanceof Action.Approve
                || action instanceof Action.AwaitEvent
                || action instanceof Action.AwaitWebhook;
    }

    static Instant nextTime(Action.Approve approve, boolean escalated, Instant end) {
        Action.Escalation escalation = approve.escalation();
        if (escalation == null || escalated) {
            return end;
        }
        // Counted from the end, which a pause of the run puts off.
        Instant more = end.minus(approve.timeout()).plus(escalation.after());
        return more.isBefore(end) ? more : end;
    }

    static Step step(Progress progress, StepRow row) {
        return ScopePath.step(ScopePath.parse(row.scope).body(progress.workflow), row.step);
    }

    private static void timedOut(Progress progress, StepRow row, Step step, boolean continues, String what) {
        if (continues) {
            done(progress, row, NullNode.getInstance());
        } else {
            fail(progress, row, step, "It waited too long for " + what);
        }
    }

    private static void escalate(Progress progress, StepRow row, Action.Approve approve) {
        ObjectNode data = (ObjectNode) progress.data(row);
        data.put("escalated", true);
        row.data(data);
        Instant due = row.dueAt;
        progress.setTimer(row, due == null ? progress.now : due);
        Action.Escalation escalation = approve.escalation();
        progress.event(
                "step.escalated",
                row.path(),
                Json.object().put("to", escalation == null ? "" : String.join(", ", escalation.to())));
    }

    /** Returns who may decide now. */
    static List<String> approvers(Progress progress, StepRow row, Action.Approve approve) {
        List<String> approvers = new ArrayList<>(approve.approvers());
        Action.Escalation escalation = approve.escalation();
        if (escalation != null && progress.data(row).path("escalated").asBoolean()) {
            approvers.addAll(escalation.to());
        }
        return approvers;
    }

    /** Somebody has decided; returns whether the step has ended with it. */
    static boolean decide(
            Progress progress, StepRow row, Action.Approve approve, String by, boolean approved, String comment) {
        Step step = step(progress, row);
        if (!approved) {
            rejected(progress, row, step, approve, by, comment);
            return true;
        }
        ObjectNode data = (ObjectNode) progress.data(row);
        List<String> names = new ArrayList<>();
        for (JsonNode decision : data.withArray("decisions")) {
            names.add(decision.path("by").asText());
        }
        if (!names.contains(by)) {
            data.withArray("decisions").addObject().put("by", by).put("comment", comment);
            names.add(by);
            row.data(data);
        }
        progress.event("step.approved", row.path(), Json.object().put("by", by));
        if (names.size() < approve.approvalsNeeded()) {
            return false;
        }
        decided(progress, row, true, String.join(", ", names), comment);
        return true;
    }

    private static void rejected(
            Progress progress, StepRow row, Step step, Action.Approve approve, String by, String comment) {
        progress.event("step.rejected", row.path(), Json.object().put("by", by));
        if (approve.rejectionFails()) {
            fail(
                    progress,
                    row,
                    step,
                    "Rejected" + (by.isEmpty() ? "" : " by " + by) + (comment.isEmpty() ? "" : ": " + comment));
        } else {
            decided(progress, row, false, by, comment);
        }
    }

    private static void decided(Progress progress, StepRow row, boolean approved, String by, String comment) {
        done(
                progress,
                row,
                Json.object().put("approved", approved).put("by", by).put("comment", comment));
    }

    static void childIsOver(Progress progress, StepRow row, RunRow child, JsonNode outputs) {
        if (child.state == RunState.SUCCEEDED) {
            done(progress, row, outputs);
        } else {
            fail(
                    progress,
                    row,
                    step(progress, row),
                    "Run " + child.id + " of " + child.workflow + " "
                            + (child.state == RunState.CANCELLED ? "was cancelled" : "failed: " + child.error));
        }
    }

    static void done(Progress progress, StepRow row, JsonNode output) {
        progress.done(row, output);
        progress.advance(row.scope);
    }

    static void fail(Progress progress, StepRow row, Step step, String error) {
        progress.fail(row, step, error);
        if (row.state.hasEnded()) {
            progress.advance(row.scope);
        }
    }
}
