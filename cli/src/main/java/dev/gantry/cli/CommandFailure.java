package dev.gantry.cli;

import java.util.List;

/**
 * Why a command cannot go on, as a person reads it: what went wrong, where, and what to do about it. Ends the program
 * with its exit code.
 */
final class CommandFailure extends RuntimeException {
    private final transient List<String> details;
    private final int exitCode;

    private CommandFailure(int exitCode, String what, List<String> details) {
        super(what);
        this.exitCode = exitCode;
        this.details = List.copyOf(details);
    }

    /**
     * A failure.
     *
     * @param what one sentence without a full stop
     * @param details lines that say where it happened and what to do, most useful first; may be empty
     */
    CommandFailure(String what, List<String> details) {
        this(ExitCode.FAILED, what, details);
    }

    CommandFailure(String what, String... details) {
        this(what, List.of(details));
    }

    /** A command line that cannot be meant; nothing was done. */
    static CommandFailure usage(String what, String... details) {
        return new CommandFailure(ExitCode.USAGE, what, List.of(details));
    }

    int exitCode() {
        return exitCode;
    }

    String what() {
        return String.valueOf(getMessage());
    }

    List<String> details() {
        return details;
    }
}
