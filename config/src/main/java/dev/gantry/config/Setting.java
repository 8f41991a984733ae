package dev.gantry.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one component of a settings record. The key is the component's name in snake_case.
 *
 * <p>A component without a default is required unless its type is {@code Optional}, {@code List} or {@code Map}, which
 * are empty when absent, or it is marked {@code @Nullable}; an absent nested record takes the defaults of its own
 * components. What the file says goes before the environment variable, and that before the default.
 *
 * <p>A record checks what goes beyond one value in its constructor, by an {@code IllegalArgumentException} whose message
 * says what is wrong and what to do; it is reported with file and line, and must not quote a secret.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
    /** What the setting means, in a sentence or two, for {@code gantry config explain}. */
    String value();

    /**
     * The default as it would be written in the file, lists and maps in YAML's flow form ({@code [a, b]}); empty means
     * that there is none. Nothing in it is substituted.
     */
    String defaultValue() default "";

    /**
     * The unit of a bare number; empty when the value has none or carries its own. A {@code Duration} takes bare numbers
     * only where this is {@code milliseconds}, {@code seconds}, {@code minutes}, {@code hours} or {@code days}, a
     * {@link DataSize} only where it is {@code bytes}.
     */
    String unit() default "";

    /** Smallest number, duration in milliseconds or size in bytes that makes sense. */
    long min() default Long.MIN_VALUE;

    /** Largest number, duration in milliseconds or size in bytes that makes sense. */
    long max() default Long.MAX_VALUE;

    /**
     * The environment variable that gives the value when no file does, such as {@code DATABASE_URL}; empty means that
     * there is none. Only for components that hold a single value. A variable that is set to nothing counts as not set.
     */
    String environment() default "";
}
