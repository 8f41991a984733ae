package dev.gantry.guard;

/** What is done about something that was found, mildest first. */
public enum Action {
    /** Nothing; it is not even counted. */
    OFF,
    /** It passes and is reported. */
    WARN,
    /** A placeholder takes its place. */
    REDACT,
    /** The request or the answer is refused. */
    BLOCK
}
