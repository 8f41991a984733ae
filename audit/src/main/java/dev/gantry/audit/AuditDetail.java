package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;

/** One scalar of {@link AuditEvent#details()}: a fact about an event that no field of its own exists for. */
public sealed interface AuditDetail {
    /** A short text; cut when it is longer than {@link AuditEvent#DETAIL_LENGTH_MAX}. Never prompt text, never a secret. */
    record Text(String value) implements AuditDetail {
        /** Cuts and cleans the text. */
        public Text {
            value = AuditText.clean(value, AuditEvent.DETAIL_LENGTH_MAX);
        }
    }

    /** A number within ±(2^53-1). */
    record Count(long value) implements AuditDetail {
        /** Refuses what JSON would not keep exactly. */
        public Count {
            if (value > CanonicalJson.INTEGER_MAX || value < -CanonicalJson.INTEGER_MAX) {
                throw new IllegalArgumentException("A detail must be within ±(2^53-1): " + value);
            }
        }
    }

    /** A truth value. */
    record Flag(boolean value) implements AuditDetail {}

    /** Returns a text. */
    static AuditDetail of(String value) {
        return new Text(value);
    }

    /** Returns a number. */
    static AuditDetail of(long value) {
        return new Count(value);
    }

    /** Returns a truth value. */
    static AuditDetail of(boolean value) {
        return new Flag(value);
    }
}
