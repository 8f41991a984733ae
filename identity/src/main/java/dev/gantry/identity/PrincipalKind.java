package dev.gantry.identity;

import java.util.Locale;

/** Who can hold keys and rights. */
public enum PrincipalKind {
    /** A person, named by an e-mail address. */
    USER,
    /** A program, named by a short name without {@code @}. */
    SERVICE_ACCOUNT;

    /** Returns the name on the wire and in the database: {@code user} or {@code service_account}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PrincipalKind ofId(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
