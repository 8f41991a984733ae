package dev.gantry.jobs;

/** A job cannot succeed however often it is tried. */
public final class JobFailed extends Exception {
    private static final long serialVersionUID = 1;

    /** Gives the reason, which is kept and shown: no secrets, no texts of users. */
    public JobFailed(String reason) {
        super(reason);
    }
}
