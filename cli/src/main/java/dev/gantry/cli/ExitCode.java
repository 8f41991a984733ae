package dev.gantry.cli;

/** The exit codes that scripts may depend on. */
final class ExitCode {
    /** What was asked for is done. */
    static final int DONE = 0;
    /** Refused by the platform, or failed. */
    static final int FAILED = 1;
    /** The command line is wrong; nothing was done. */
    static final int USAGE = 2;

    private ExitCode() {}
}
