package dev.gantry.workflow;

import java.util.List;
import java.util.stream.Stream;

/**
 * Steps that belong together: those of the workflow, or of one round of a map, loop or branch. Each begins as soon as all
 * that it depends on has ended.
 *
 * @param steps in the order of the file; never empty
 * @param result what the body amounts to, evaluated when its steps have ended
 */
public record Body(List<Step> steps, ValueTemplate result) {
    /** Copies the list. */
    public Body {
        steps = List.copyOf(steps);
    }

    /** Returns the type of the result as far as the file tells: that of a step when it is a step's output. */
    public DataType resultType() {
        return switch (result) {
            case ValueTemplate.Text text ->
                text.template()
                        .soleExpression()
                        .map(Expression::source)
                        .flatMap(source -> steps.stream()
                                .filter(step -> source.equals("steps." + step.id() + ".output"))
                                .findFirst())
                        .filter(step -> !step.mayBeSkipped())
                        .map(step -> step.action().outputType())
                        .orElse(
                                text.template().soleExpression().isPresent()
                                        ? DataType.Simple.ANY
                                        : DataType.Simple.STRING);
            case ValueTemplate.Items _ -> DataTypes.ANY_LIST;
            case ValueTemplate.Fields _ -> DataTypes.ANY_OBJECT;
            case ValueTemplate.Constant _ -> DataType.Simple.ANY;
        };
    }

    /** Returns the steps and all within them, each before those that it contains. */
    public Stream<Step> allSteps() {
        return steps.stream()
                .flatMap(step -> Stream.concat(
                        Stream.of(step), step.action().bodies().stream().flatMap(Body::allSteps)));
    }
}
