package dev.gantry.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a pattern is tried with.
 *
 * @param name unique among the tests of the pattern
 * @param input what the pattern works on
 * @param variables values for its variables
 * @param assertions what must hold of the answer
 */
public record TestCase(String name, String input, Map<String, String> variables, List<Assertion> assertions) {
    /** Copies the collections. */
    public TestCase {
        variables = Map.copyOf(variables);
        assertions = List.copyOf(assertions);
    }

    /** What must hold of an answer. */
    public sealed interface Assertion {
        /** A text must be in it, without regard to case. */
        record Contains(String text) implements Assertion {}

        /** A text must not be in it, without regard to case. */
        record NotContains(String text) implements Assertion {}

        /** An expression must match a part of it; in linear time, whatever the expression is. */
        record Matches(Pattern expression) implements Assertion {}

        /** It must be JSON that follows a schema. */
        record FollowsSchema(ObjectNode schema) implements Assertion {}

        /** It must mean about the same as a text: the cosine of their vectors is at least the given. */
        record Similar(String text, double atLeast) implements Assertion {}

        /** It must not cost more, in micro-dollars. */
        record CostAtMost(long microUsd) implements Assertion {}

        /** It must not take longer. */
        record LatencyAtMost(long milliseconds) implements Assertion {}

        /**
         * A model that reads answer and rubric must give at least so many points of ten.
         *
         * @param model null for the default model
         */
        record Judged(String rubric, @Nullable String model, int atLeast) implements Assertion {}
    }
}
