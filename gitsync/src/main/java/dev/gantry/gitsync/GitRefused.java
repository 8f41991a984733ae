package dev.gantry.gitsync;

/** A repository could not be reached, or what it holds goes beyond a bound; the message is for the operator. */
final class GitRefused extends Exception {
    private final boolean unreachable;

    private GitRefused(String message, boolean unreachable, Throwable cause) {
        super(message, cause);
        this.unreachable = unreachable;
    }

    GitRefused(String message) {
        super(message);
        this.unreachable = false;
    }

    static GitRefused unreachable(String message, Throwable cause) {
        return new GitRefused(message, true, cause);
    }

    /** Returns whether trying again may help, with the repository as it is. */
    boolean isUnreachable() {
        return unreachable;
    }
}
