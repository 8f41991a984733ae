package dev.gantry.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A turn of a session.
 *
 * @param createdAt when it was said; null where that is not known yet
 */
public record SessionMessage(
        Speaker speaker, String text, @Nullable Instant createdAt) {
    /** Who speaks. */
    public enum Speaker {
        /** The person: inputs. */
        USER,
        /** The model: outputs. */
        ASSISTANT
    }

    /** Leaves the text out, which is nobody's business but the owner's. */
    @Override
    public String toString() {
        return "SessionMessage[" + speaker + ", " + text.length() + " characters]";
    }
}
