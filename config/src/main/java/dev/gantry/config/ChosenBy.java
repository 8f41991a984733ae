package dev.gantry.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a sealed interface whose permitted records are the alternatives that a mapping may be: which one, says the
 * mapping's value under this key. Every permitted record names itself with {@link Kind} and has no component of that
 * name.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ChosenBy {
    /** The key that tells the alternatives apart, such as {@code type}. */
    String value();
}
