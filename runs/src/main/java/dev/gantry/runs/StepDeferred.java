package dev.gantry.runs;

/** A step has to wait for what others hold; the attempt does not count. To be passed on. */
public final class StepDeferred extends Exception {
    private static final long serialVersionUID = 1;

    StepDeferred(String reason) {
        super(reason);
    }
}
