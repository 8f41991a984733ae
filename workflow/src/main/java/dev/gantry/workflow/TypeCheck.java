package dev.gantry.workflow;

import dev.cel.bundle.Cel;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.gantry.workflow.Finding.Rule;
import dev.gantry.workflow.Policy.OnFailure;
import java.util.List;
import java.util.Optional;

/** Checks the types of all expressions of a workflow, and of the values that are written out. */
final class TypeCheck {
    private final Findings findings;
    private final Parser parser;

    TypeCheck(Findings findings, Parser parser) {
        this.findings = findings;
        this.parser = parser;
    }

    /** Checks the steps, the outputs and the key that tells runs apart. */
    void check(List<Input> inputs, Body body, List<Output> outputs, Concurrency concurrency) {
        TypeScope start = TypeScope.of(inputs);
        TypeScope end = body(body, start);
        Cel environment = end.environment();
        for (Output output : outputs) {
            Uses.of(output.value(), "outputs." + output.name())
                    .forEach(use -> type(use, use.where(), environment, end));
        }
        Uses.of(concurrency.key(), "concurrency.key")
                .forEach(use -> type(use, use.where(), start.environment(), start));
    }

    private TypeScope body(Body body, TypeScope outside) {
        TypeScope scope = outside.with(body);
        Cel environment = scope.environment();
        for (Step step : body.steps()) {
            step(step, scope, environment);
        }
        return scope;
    }

    private void step(Step step, TypeScope scope, Cel environment) {
        String path = "step " + step.id() + ": ";
        Uses.of(step).forEach(use -> {
            TypeScope seen = use.round() ? scope.withLoop() : use.event() ? scope.with("event", SimpleType.DYN) : scope;
            type(use, path + use.where(), seen == scope ? environment : seen.environment(), seen);
        });
        literals(step, path);
        switch (step.action()) {
            case Action.ForEach map -> {
                CelType items = typeOf(map.items(), environment).orElse(SimpleType.DYN);
                CelType item = items instanceof ListType list ? list.elemType() : SimpleType.DYN;
                inner(map.body(), path, scope.with(map.as(), item).with("index", SimpleType.INT));
            }
            case Action.Loop loop -> inner(loop.body(), path, scope.withLoop());
            case Action.Branch branch -> branch.bodies().forEach(way -> inner(way, path, scope));
            default -> {}
        }
    }

    private void inner(Body body, String path, TypeScope outside) {
        TypeScope scope = body(body, outside);
        Cel environment = scope.environment();
        Uses.of(body.result(), "output").forEach(use -> type(use, path + use.where(), environment, scope));
    }

    private void type(Uses.Use use, String path, Cel environment, TypeScope scope) {
        Optional<CelAbstractSyntaxTree> tree = parser.parse(use.expression(), path);
        if (tree.isEmpty()) {
            return;
        }
        try {
            CelValidationResult result = environment.check(tree.get());
            if (result.hasError()) {
                for (CelIssue issue : result.getErrors()) {
                    if (!leadsToAStepThatIsNotThere(issue.getMessage(), tree.get())) {
                        findings.add(
                                Messages.rule(issue.getMessage()),
                                Parser.at(use.expression(), issue),
                                path,
                                Messages.ofCheck(issue.getMessage(), scope.names()));
                    }
                }
                return;
            }
            CelType type = result.getAst().getResultType();
            switch (use.expected()) {
                case TRUTH -> require(use, path, type, CelKind.BOOL, "true or false");
                case LIST -> require(use, path, type, CelKind.LIST, "a list");
                case ANY -> {}
            }
        } catch (CelValidationException | RuntimeException unreadable) {
            findings.add(Rule.EXPRESSION, use.expression().position(), path, "the expression cannot be checked");
        }
    }

    /** References to steps have their own findings, with more to say. */
    private static boolean leadsToAStepThatIsNotThere(String message, CelAbstractSyntaxTree tree) {
        return Parser.steps(tree).stream()
                .anyMatch(id -> message.contains("undefined field '" + id + "'")
                        || message.contains("undeclared reference to 'steps'"));
    }

    private void require(Uses.Use use, String path, CelType type, CelKind kind, String words) {
        CelKind found =
                type instanceof NullableType nullable ? nullable.targetType().kind() : type.kind();
        if (found != kind && found != CelKind.DYN && found != CelKind.ANY) {
            findings.add(
                    Rule.TYPE_MISMATCH,
                    use.expression().position(),
                    path,
                    "must be " + words + ", and is " + Messages.ofCheck(type.name(), List.of()));
        }
    }

    private Optional<CelType> typeOf(Expression expression, Cel environment) {
        return parser.parse(expression, "").flatMap(tree -> {
            try {
                CelValidationResult result = environment.check(tree);
                return result.hasError()
                        ? Optional.empty()
                        : Optional.of(result.getAst().getResultType());
            } catch (CelValidationException | RuntimeException unreadable) {
                return Optional.empty();
            }
        });
    }

    /** Values that are written out must be of the type that the step promises. */
    private void literals(Step step, String path) {
        if (step.action() instanceof Action.Transform transform) {
            literal(transform.value(), transform.output(), path + "value");
        }
        if (step.policy().onFailure() instanceof OnFailure.ContinueWithDefault value) {
            literal(value.value(), step.action().outputType(), path + "default_output");
        }
    }

    private void literal(ValueTemplate value, DataType type, String path) {
        boolean fits = switch (value) {
            case ValueTemplate.Constant constant ->
                constant.value().isNull() || type.problems(constant.value()).isEmpty();
            case ValueTemplate.Text text ->
                text.template().soleExpression().isPresent()
                        || type == DataType.Simple.STRING
                        || type == DataType.Simple.ANY;
            case ValueTemplate.Items _ -> type instanceof DataType.ListOf || type == DataType.Simple.ANY;
            case ValueTemplate.Fields fields ->
                type == DataType.Simple.ANY
                        || (type instanceof DataType.ObjectOf object
                                && fields.fields()
                                        .keySet()
                                        .containsAll(object.fields().keySet()));
        };
        if (!fits) {
            findings.add(Rule.TYPE_MISMATCH, value.position(), path, "must be " + type.words());
        }
    }
}
