package dev.gantry.registry;

import dev.gantry.identity.Caller;

/** Looks at a version before people do. Thread-safe; may block. */
public interface ReviewCheck {
    /** Returns the name, such as {@code injection}. */
    String name();

    /** Looks at a version. */
    Result run(Caller caller, AssetVersion version);

    /** What came of it. */
    enum Status {
        /** Nothing stands against the version. */
        PASSED,
        /** The version cannot be published. */
        FAILED,
        /** Not known yet; the version cannot be published before it is. */
        PENDING,
        /** Does not apply. */
        SKIPPED
    }

    /**
     * What a check found.
     *
     * @param detail for people; never the text of prompts or answers
     */
    record Result(String name, Status status, String detail) {
        boolean isInTheWay() {
            return status == Status.FAILED || status == Status.PENDING;
        }
    }
}
