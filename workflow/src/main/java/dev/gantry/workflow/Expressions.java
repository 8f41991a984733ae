package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;

/**
 * Evaluates conditions and templates over inputs and step results. Pure: the same expression over the same scope gives the
 * same value, nothing is changed and nothing outside is reached. Bounded in time, in size and in depth.
 *
 * <p>Implementations are thread-safe. Every method throws {@link GantryException} with
 * {@link ErrorCode#EXPRESSION_FAILED}, naming line and column, if the expression has no value here (a field that is not there,
 * types that do not fit) or goes beyond a bound.
 */
public interface Expressions {
    /** Returns the expressions of {@link Language}; one for the whole process. */
    static Expressions open() {
        return new CelExpressions();
    }

    /** Evaluates a condition; anything but true and false is an error. */
    boolean test(Expression condition, Scope scope);

    /** Evaluates an expression. */
    JsonNode evaluate(Expression expression, Scope scope);

    /** Evaluates a template that may keep the type of its value. */
    JsonNode evaluate(ValueTemplate template, Scope scope);

    /**
     * Renders a template to text. Null becomes nothing, texts go in as they are, lists and objects as JSON.
     */
    String render(Template template, Scope scope);
}
