package dev.gantry.workflow;

import java.util.List;

/** What may stand behind a key of the file format. Reading and the published schema go by the same forms. */
sealed interface Form {
    /** Words for people; no expressions in it. */
    record Words(int lengthMax) implements Form {}

    /** The name of something, such as a pattern or a model; no expressions in it. */
    record Name() implements Form {}

    /** A name that expressions use: letters, digits and underscores. */
    record Identifier() implements Form {}

    /** Text with expressions. */
    record Templated() implements Form {}

    /** An expression, with or without {@code ${}} around it. */
    record Formula() implements Form {}

    /** Any value whose texts are templates. */
    record AnyValue() implements Form {}

    /** Any value, taken literally. */
    record Literal() implements Form {}

    /** A type of values. */
    record Typed() implements Form {}

    /** A length of time, such as {@code 5m}. */
    record Span(long secondsMin, long secondsMax) implements Form {}

    /** A whole number. */
    record Whole(long min, long max) implements Form {}

    /** Money in dollars. */
    record Dollars() implements Form {}

    /** True or false. */
    record Truth() implements Form {}

    /** One of some words. */
    record Choice(List<String> words) implements Form {
        Choice(String... words) {
            this(List.of(words));
        }
    }

    /** A list. */
    record Many(Form element, int min, int max) implements Form {}

    /** An object with keys of the author's choice. */
    record Named(Form value, int max) implements Form {}

    /** An object with the keys of the format. */
    record Keys(List<FormatKey> keys) implements Form {}

    /** The declaration of an input: a type, or an object. */
    record InputForm() implements Form {}

    /** A list of steps. */
    record Steps() implements Form {}

    /** What is done in place of a step that failed: a kind with its parameters. */
    record Substitute() implements Form {}
}
