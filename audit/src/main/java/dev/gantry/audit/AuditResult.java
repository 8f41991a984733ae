package dev.gantry.audit;

import java.util.Locale;

/** How an event ended. */
public enum AuditResult {
    /** As the caller wished. */
    SUCCESS,
    /** The caller was not allowed to, or not known. */
    DENIED,
    /** Something broke or was impossible. */
    FAILED,
    /** A guard, a limit or a policy stopped it. */
    BLOCKED;

    /** Returns the name on the wire, in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
