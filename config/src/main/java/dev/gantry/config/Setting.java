package dev.gantry.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one component of a settings record. The key is the component's name in snake_case.
 *
 * <p>A component without a default is required unless its type is {@code Optional}, {@code List} or {@code Map}, which
 * are empty when absent; an absent nested record takes the defaults of its own components.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
    /** What the setting means, in a sentence or two, for {@code gantry config explain}. */
    String value();

    /** The default as it would be written in the file; empty means that there is none. */
    String defaultValue() default "";

    /** The unit of a bare number, such as {@code seconds}; empty when the value has none or carries its own. */
    String unit() default "";

    /** Smallest number, duration in milliseconds or size in bytes that makes sense. */
    long min() default Long.MIN_VALUE;

    /** Largest number, duration in milliseconds or size in bytes that makes sense. */
    long max() default Long.MAX_VALUE;
}
