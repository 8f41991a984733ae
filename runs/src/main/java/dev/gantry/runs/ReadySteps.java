package dev.gantry.runs;

import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.TaskId;
import dev.gantry.kernel.Ids;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The steps of a run that may begin, and the strands that they are given to. Used by one thread. */
final class ReadySteps {
    private final Progress progress;
    private final RunRow run;
    private final Deque<StepRow> ready = new ArrayDeque<>();

    ReadySteps(Progress progress) {
        this.progress = progress;
        this.run = progress.run;
    }

    void add(StepRow row) {
        ready.add(row);
    }

    /** Takes one of the steps that are ready, those of this progress.transaction() first. */
    @Nullable
    StepRow take() {
        StepRow row = ready.poll();
        if (row != null) {
            return row;
        }
        if (run.unassigned == 0 || !run.mayBegin()) {
            return null;
        }
        List<StepRow> found = StepRows.unassigned(progress.transaction().handle(), run.id, 1);
        if (found.isEmpty()) {
            run.unassigned = 0;
            return null;
        }
        run.unassigned--;
        StepRow stored = progress.row(found.getFirst().scope, found.getFirst().step);
        return stored == null ? found.getFirst() : stored;
    }

    /** Gives the steps that are ready to tasks of their own, as many as may run at a time; the others wait. */
    void spread() {
        while (run.mayBegin() && run.strands < progress.workflow.parallelStepsMax()) {
            StepRow row = take();
            if (row == null) {
                break;
            }
            spawn(row, null);
        }
        while (!ready.isEmpty()) {
            StepRow row = ready.poll();
            row.strand = null;
            run.unassigned++;
        }
    }

    /** Gives a step a task of its own, at once or at a time. */
    void spawn(StepRow row, @Nullable Instant due) {
        UUID strand = Ids.next();
        row.strand = strand;
        row.state = StepState.READY;
        row.dueAt = due;
        row.changed = true;
        run.strands++;
        schedule(strand, due);
    }

    private void schedule(UUID strand, @Nullable Instant due) {
        TaskId task = new TaskId(RunEngine.STRAND, run.organization(), strand, run.id);
        if (due == null) {
            progress.transaction().schedule(task, JobPriority.NORMAL);
        } else {
            progress.transaction().schedule(task, JobPriority.NORMAL, Progress.earlier(due, run.deadlineAt));
        }
    }

    /** Takes back a step that is ready, from its task if it has one. */
    void withdraw(StepRow row) {
        UUID strand = row.strand;
        if (ready.remove(row)) {
            return;
        }
        if (strand == null) {
            run.unassigned--;
        } else if (progress.transaction().remove(new TaskId(RunEngine.STRAND, run.organization(), strand, run.id))) {
            run.strands--;
            row.strand = null;
        }
    }
}
