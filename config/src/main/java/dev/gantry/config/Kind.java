package dev.gantry.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names a record among the alternatives of a sealed interface that is marked {@link ChosenBy}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Kind {
    /** The name as it is written in the file, such as {@code api_key}. */
    String value();
}
