package dev.gantry.runs;

import dev.gantry.workflow.Policy.FailureKind;

/** An attempt at a step failed. */
public final class StepFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final FailureKind kind;
    private final boolean mayPass;
    private final long tokens;
    private final long costMicroUsd;

    /**
     * Says how it failed.
     *
     * @param mayPass whether trying again may help, where the workflow does not say for which failures to
     * @param message for the owner of the run; no secrets
     * @param tokens what the attempt used all the same
     * @param costMicroUsd what that cost
     */
    public StepFailure(
            FailureKind kind, boolean mayPass, String message, long tokens, long costMicroUsd, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.mayPass = mayPass;
        this.tokens = tokens;
        this.costMicroUsd = costMicroUsd;
    }

    /** A failure that used nothing. */
    public StepFailure(FailureKind kind, boolean mayPass, String message) {
        super(message);
        this.kind = kind;
        this.mayPass = mayPass;
        this.tokens = 0;
        this.costMicroUsd = 0;
    }

    FailureKind kind() {
        return kind;
    }

    /** Returns whether trying again may help. */
    public boolean mayPass() {
        return mayPass;
    }

    long tokens() {
        return tokens;
    }

    long costMicroUsd() {
        return costMicroUsd;
    }
}
