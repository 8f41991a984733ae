package dev.gantry.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A variable that a pattern declares in its front matter.
 *
 * @param name as written between the braces
 * @param description what to put there; null when the author said nothing
 * @param defaultValue used when the caller gives no value; null when there is none
 * @param required whether the pattern cannot run without a value; never together with a default
 * @param choices the only values that are allowed; empty when every text is
 */
public record VariableDeclaration(
        String name,
        @Nullable String description,
        @Nullable String defaultValue,
        boolean required,
        List<String> choices) {
    /** Copies the choices. */
    public VariableDeclaration {
        choices = List.copyOf(choices);
    }
}
