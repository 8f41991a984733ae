package dev.gantry.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting as {@code gantry config explain} shows it.
 *
 * @param key its name, such as {@code database.pool_size}
 * @param meaning what it is for
 * @param type what its value may be, in words, with its limits
 * @param unit of a bare number; null when the value has none or carries its own
 * @param defaultValue as it would be written in a file; null when there is none
 * @param environment the environment variable that it falls back to; null when there is none
 * @param value the value in effect, secrets as asterisks; null when it has none
 * @param origin where the value comes from; null when the key stands for a name that nobody has given yet
 */
public record Explanation(
        String key,
        String meaning,
        String type,
        @Nullable String unit,
        @Nullable String defaultValue,
        @Nullable String environment,
        @Nullable String value,
        @Nullable Origin origin) {

    static Explanation of(String key, Shape.Field field, @Nullable String value, @Nullable Origin origin) {
        Shape.Described described = field.described();
        return new Explanation(
                key,
                described.meaning(),
                Values.words(field.shape(), described),
                described.unit().isEmpty() ? null : described.unit(),
                described.defaultText(),
                described.variable(),
                value,
                origin);
    }

    /** Returns where the value comes from, in words; a file's place also names the variables that it refers to. */
    public String source() {
        return switch (origin) {
            case null -> "not given";
            case Origin.InFile file
            when !file.variables().isEmpty() -> file.place() + " (from " + String.join(", ", file.variables()) + ")";
            case Origin.InFile file -> file.place();
            case Origin.InEnvironment variable -> variable.place();
            case Origin.BuiltIn builtIn -> value == null ? "not set" : builtIn.place();
        };
    }
}
