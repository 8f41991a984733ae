package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.Ids;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.StepResult;
import dev.gantry.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction does to one run, which it has locked: rows are read, changed here, and written at the end. What follows
 * from what is in {@link StepBeginnings}, {@link StepEndings}, {@link BodyEndings}, {@link RunEnding} and {@link ReadySteps},
 * which decide by rows alone. Used by one thread.
 */
final class Progress {
    final RunRow run;
    final Workflow workflow;
    final Instant now;
    private final TaskTransaction transaction;
    private final Views views;
    private final Expressions expressions;
    private final Vault vault;
    private final Map<String, Map<String, StepRow>> scopes = new HashMap<>();
    private final List<RunEvent> events = new ArrayList<>();
    private final StepBeginnings beginnings;
    private final ComputedSteps computed;
    private final StepEndings endings;
    private final BodyEndings bodies;
    private final RunEnding ends;
    private final ReadySteps ready;
    private boolean isFirst;

    Progress(
            TaskTransaction transaction,
            RunRow run,
            Workflow workflow,
            Expressions expressions,
            Vault vault,
            Memory memory) {
        this.transaction = transaction;
        this.run = run;
        this.workflow = workflow;
        this.expressions = expressions;
        this.vault = vault;
        this.now = transaction.now();
        this.views = new Views(this, vault, memory);
        this.beginnings = new StepBeginnings(this);
        this.computed = new ComputedSteps(this);
        this.endings = new StepEndings(this);
        this.bodies = new BodyEndings(this);
        this.ends = new RunEnding(this);
        this.ready = new ReadySteps(this);
    }

    Handle transactionHandle() {
        return transaction.handle();
    }

    TaskTransaction transaction() {
        return transaction;
    }

    ComputedSteps computed() {
        return computed;
    }

    // ---- rows

    Map<String, StepRow> rows(String scope) {
        return scopes.computeIfAbsent(scope, wanted -> {
            Map<String, StepRow> rows = new HashMap<>();
            for (StepRow row : StepRows.ofScope(transaction.handle(), run.id, wanted)) {
                rows.put(row.step, row);
            }
            return rows;
        });
    }

    /** Says that nothing of the run is stored yet, so that there is nothing to read. */
    void isNew() {
        isFirst = true;
        isNew("");
    }

    /** Says that no process can have tried what is done here, and died at its end. */
    void noteFirst() {
        isFirst = true;
    }

    boolean isFirst() {
        return isFirst;
    }

    /** The same of a body that begins. */
    void isNew(String scope) {
        scopes.put(scope, new HashMap<>());
    }

    @Nullable
    StepRow row(String scope, String step) {
        return rows(scope).get(step);
    }

    /** Returns a row as far as it was read or made in this transaction; null if it was neither. */
    @Nullable
    StepRow known(String scope, String step) {
        return scopes.getOrDefault(scope, Map.of()).get(step);
    }

    StepRow add(String scope, String step, StepState state) {
        StepRow row = new StepRow(scope, step, state);
        row.changed = true;
        rows(scope).put(step, row);
        return row;
    }

    void event(String kind, String step, ObjectNode data) {
        events.add(new RunEvent(++run.events, now, kind, step, data));
    }

    /** Returns whether a body is still being done, and all around it. */
    boolean isOpen(String scope) {
        ScopePath path = ScopePath.parse(scope);
        for (int level = 1; level <= path.levels().size(); level++) {
            StepRow container =
                    row(path.text(level - 1), path.levels().get(level - 1).step());
            StepRow body = row(path.text(level), "");
            if (container == null
                    || container.state != StepState.OPEN
                    || body == null
                    || body.state != StepState.OPEN) {
                return false;
            }
        }
        return !ends.hasBegun();
    }

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Lets the run be looked at at a time, or at its deadline if that comes first. */
    void setTimer(StepRow row, Instant due) {
        UUID timer = Ids.next();
        row.timer = timer;
        row.changed = true;
        transaction.schedule(
                new TaskId(RunEngine.TIMER, run.organization(), timer, run.id),
                JobPriority.HIGH,
                earlier(due, run.deadlineAt));
    }

    void dropTimer(StepRow row) {
        UUID timer = row.timer;
        if (timer != null) {
            transaction.remove(new TaskId(RunEngine.TIMER, run.organization(), timer, run.id));
            row.timer = null;
            row.changed = true;
        }
    }

    Scope view(StepRow row, Step step) {
        return views.of(row.scope, step);
    }

    String callAddress(String scope, Step step) {
        return vault.callAddress(run, ScopePath.path(scope, step.id()));
    }

    JsonNode data(StepRow row) {
        return views.data(row);
    }

    StepResult result(StepRow row, Step step) {
        return views.result(row, step);
    }

    /** Adds a row that was read by itself, so that it is written. */
    StepRow keep(StepRow row) {
        StepRow known = row(row.scope, row.step);
        return known == null ? row : known;
    }

    /** Writes everything. */
    void flush() {
        List<StepRow> all = new ArrayList<>();
        scopes.values().forEach(rows -> all.addAll(rows.values()));
        StepRows.write(transaction, run, all, vault);
        RunRows.append(transaction, run, events);
        RunRows.write(transaction, run);
    }

    boolean hasEvents() {
        return !events.isEmpty();
    }

    // ---- what follows from what

    /** Begins whatever in a body may begin, and ends the body when all of it has ended. */
    void advance(String scope) {
        beginnings.advance(scope);
    }

    /** Ends a step with an output. */
    void done(StepRow row, JsonNode output) {
        endings.done(row, output);
    }

    /** The same with an output that was sealed before this transaction began, so that it keeps no one waiting. */
    void done(StepRow row, JsonNode output, Vault.Kept kept) {
        endings.done(row, output, kept);
    }

    /** A step has failed for good: what follows is as its policy says. */
    void fail(StepRow row, Step step, @Nullable String reason) {
        endings.fail(row, step, reason);
    }

    /** Gives up the step of the strand that asks, which then goes on without one. */
    void giveUp(StepRow row) {
        ends.giveUp(row);
    }

    /** Lets nothing more begin; the run is over as soon as nothing is under way. */
    void end(RunState towards, @Nullable String error) {
        ends.end(towards, error);
    }

    /** Ends a run that is to end, when no step of it is under way any more. */
    void settle(boolean lastStrand) {
        ends.settle(lastStrand);
    }

    StepBeginnings beginnings() {
        return beginnings;
    }

    BodyEndings bodies() {
        return bodies;
    }

    RunEnding ends() {
        return ends;
    }

    ReadySteps ready() {
        return ready;
    }

    Views views() {
        return views;
    }

    Expressions expressions() {
        return expressions;
    }

    Vault vault() {
        return vault;
    }

    Map<String, Map<String, StepRow>> scopes() {
        return scopes;
    }
}
