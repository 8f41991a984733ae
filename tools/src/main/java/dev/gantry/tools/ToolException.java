package dev.gantry.tools;

import org.jspecify.annotations.Nullable;

/** A tool was not called, or its call failed. The message is for the owner of a workflow and holds no secrets. */
public final class ToolException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** The configuration or the rules do not allow it; nothing was called. */
        NOT_ALLOWED,
        /** What was given cannot be used; nothing was called. */
        INVALID,
        /** It could not be reached, broke off, or failed in a way that may pass. */
        UNAVAILABLE,
        /** It asks for fewer calls. */
        RATE_LIMITED,
        /** It took too long. */
        TIMEOUT,
        /** It answered that it could not do it. */
        REFUSED,
        /** What it answered is too large, or not what its protocol promises. */
        BAD_ANSWER
    }

    private final Reason reason;

    /** A failure. */
    public ToolException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** A failure with its cause. */
    public ToolException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }
}
