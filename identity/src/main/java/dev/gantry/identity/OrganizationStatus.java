package dev.gantry.identity;

import java.util.Locale;

/** Whether an organization's keys work. */
public enum OrganizationStatus {
    /** They do. */
    ACTIVE,
    /** They do not, until the organization is resumed. */
    SUSPENDED,
    /** They never will again; the audit log and the ledger stay. */
    CLOSED;

    /** Returns the name on the wire and in the database. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OrganizationStatus ofId(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
