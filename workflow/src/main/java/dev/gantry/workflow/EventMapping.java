package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.bundle.Cel;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How what happened becomes the inputs of a workflow: each is a value whose texts may hold expressions over {@code event}, as
 * in {@code ${event.body.title}}. Immutable.
 *
 * @param inputs by name
 * @param where whether it concerns the workflow at all; null for always
 */
public record EventMapping(
        Map<String, ValueTemplate> inputs, @Nullable Expression where) {
    private static final String EVENT = "event";
    private static final Position START = new Position(1, 1);

    /** Copies the map. */
    public EventMapping {
        inputs = Map.copyOf(inputs);
    }

    /**
     * Reads a mapping and checks it against what the workflow takes.
     *
     * @param inputs values by the names of inputs
     * @param where an expression that gives true or false; null for always
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} that names all that does not fit
     */
    public static EventMapping check(ObjectNode inputs, @Nullable String where, Workflow workflow) {
        List<FieldError> errors = new ArrayList<>();
        EventMapping mapping = read(inputs, where, errors);
        List<String> known = workflow.inputs().stream().map(Input::name).toList();
        mapping.inputs.forEach((name, value) -> {
            Optional<Input> input = workflow.input(name);
            if (input.isEmpty()) {
                errors.add(error(
                        "/inputs/" + Text.shorten(name, 100),
                        "is not an input of this workflow" + Text.didYouMean(name, known)));
            } else {
                mapping.fit(value, input.get(), errors);
            }
        });
        for (Input input : workflow.inputs()) {
            if (input.required() && !mapping.inputs.containsKey(input.name())) {
                errors.add(error("/inputs/" + input.name(), "is required"));
            }
        }
        throwIfAny(errors);
        return mapping;
    }

    /**
     * Reads a mapping that was checked before.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it cannot be read
     */
    public static EventMapping read(ObjectNode inputs, @Nullable String where) {
        List<FieldError> errors = new ArrayList<>();
        EventMapping mapping = read(inputs, where, errors);
        throwIfAny(errors);
        return mapping;
    }

    private static EventMapping read(ObjectNode inputs, @Nullable String where, List<FieldError> errors) {
        Map<String, ValueTemplate> values = new LinkedHashMap<>();
        Cel environment = Language.untyped(List.of(EVENT));
        inputs.properties().forEach(field -> {
            Findings findings = new Findings();
            ValueTemplate value = template(field.getValue(), "", findings);
            String pointer = "/inputs/" + Text.shorten(field.getKey(), 100);
            findings.list().forEach(finding -> errors.add(error(pointer, finding.toString())));
            value.expressions().forEach(expression -> type(environment, expression, pointer, errors));
            values.put(field.getKey(), value);
        });
        Expression condition = null;
        if (where != null && !where.isBlank()) {
            Findings findings = new Findings();
            condition = new TemplateReader(where, START, "", findings).formula();
            findings.list().forEach(finding -> errors.add(error("/where", finding.toString())));
            Expression expression = condition;
            type(environment, expression, "/where", errors)
                    .filter(type -> type.kind() != CelKind.BOOL && type.kind() != CelKind.DYN)
                    .ifPresent(type -> errors.add(error("/where", "must be true or false, and is " + type.name())));
        }
        return new EventMapping(values, condition);
    }

    private static ValueTemplate template(JsonNode value, String path, Findings findings) {
        if (value.isTextual()) {
            return new ValueTemplate.Text(new TemplateReader(value.textValue(), START, path, findings).read());
        }
        if (value.isArray()) {
            List<ValueTemplate> items = new ArrayList<>();
            value.forEach(item -> items.add(template(item, path + "[" + items.size() + "]", findings)));
            return new ValueTemplate.Items(items, Position.NONE);
        }
        if (value.isObject()) {
            Map<String, ValueTemplate> fields = new LinkedHashMap<>();
            value.properties()
                    .forEach(field -> fields.put(
                            field.getKey(),
                            template(field.getValue(), path + "." + Text.shorten(field.getKey(), 60), findings)));
            return new ValueTemplate.Fields(fields, Position.NONE);
        }
        return new ValueTemplate.Constant(value, Position.NONE);
    }

    /** Returns the type of an expression; empty if it cannot be told, which is an error then. */
    private static Optional<CelType> type(
            Cel environment, Expression expression, String pointer, List<FieldError> errors) {
        String problem;
        try {
            CelValidationResult parsed = environment.parse(expression.source());
            if (parsed.hasError()) {
                problem = Messages.ofSyntax(parsed.getErrors().getFirst().getMessage());
            } else {
                CelAbstractSyntaxTree tree = parsed.getAst();
                CelValidationResult checked = environment.check(tree);
                if (!checked.hasError()) {
                    return Optional.of(checked.getAst().getResultType());
                }
                CelIssue issue = checked.getErrors().getFirst();
                problem = Messages.ofCheck(issue.getMessage(), List.of(EVENT));
            }
        } catch (CelValidationException | RuntimeException unreadable) {
            problem = "the expression cannot be read";
        } catch (StackOverflowError tooDeep) {
            problem = "the expression is nested too deeply";
        }
        errors.add(error(pointer, "'" + Text.shorten(expression.source(), 100) + "': " + problem));
        return Optional.empty();
    }

    /** What is known of a value now must fit now. */
    private void fit(ValueTemplate value, Input input, List<FieldError> errors) {
        String pointer = "/inputs/" + input.name();
        if (value.expressions().findAny().isEmpty()) {
            JsonNode constant = Expressions.open().evaluate(value, scope(Json.object(), "", Instant.EPOCH));
            if (!constant.isNull()) {
                input.type().problems(constant).forEach(problem -> errors.add(error(pointer, problem)));
            }
            return;
        }
        boolean fits = input.type() == DataType.Simple.ANY
                || switch (value) {
                    case ValueTemplate.Constant _ -> true;
                    case ValueTemplate.Text text ->
                        text.template()
                                .soleExpression()
                                .map(expression -> mayGive(expression, input.type()))
                                .orElse(input.type() == DataType.Simple.STRING);
                    case ValueTemplate.Items _ -> input.type() instanceof DataType.ListOf;
                    case ValueTemplate.Fields _ -> input.type() instanceof DataType.ObjectOf;
                };
        if (!fits) {
            errors.add(error(pointer, "must be " + input.type().words()));
        }
    }

    private static boolean mayGive(Expression expression, DataType type) {
        CelKind kind = type(Language.untyped(List.of(EVENT)), expression, "", new ArrayList<>())
                .map(CelType::kind)
                .orElse(CelKind.DYN);
        return switch (kind) {
            case STRING -> type == DataType.Simple.STRING;
            case BOOL -> type == DataType.Simple.BOOLEAN;
            case INT, UINT -> type == DataType.Simple.INTEGER || type == DataType.Simple.NUMBER;
            case DOUBLE -> type == DataType.Simple.NUMBER;
            case LIST -> type instanceof DataType.ListOf;
            case MAP -> type instanceof DataType.ObjectOf;
            default -> true;
        };
    }

    /**
     * Returns whether something concerns the workflow.
     *
     * @param event facts on what happened
     * @throws GantryException {@link ErrorCode#EXPRESSION_FAILED} if the condition has no value
     */
    public boolean concerns(Expressions expressions, ObjectNode event, String workflow, Instant now) {
        return where == null || expressions.test(where, scope(event, workflow, now));
    }

    /**
     * Returns the inputs for something that happened; those that come to null are left out, so that defaults apply.
     *
     * @throws GantryException {@link ErrorCode#EXPRESSION_FAILED} if one has no value
     */
    public ObjectNode values(Expressions expressions, ObjectNode event, String workflow, Instant now) {
        Scope scope = scope(event, workflow, now);
        ObjectNode values = Json.object();
        inputs.forEach((name, template) -> {
            JsonNode value = expressions.evaluate(template, scope);
            if (!value.isNull()) {
                values.set(name, value);
            }
        });
        return values;
    }

    private static Scope scope(ObjectNode event, String workflow, Instant now) {
        return new Scope(new Scope.RunFacts("", workflow, "", "", now), Json.object(), Map.of(), Map.of(EVENT, event));
    }

    private static FieldError error(String pointer, String problem) {
        return new FieldError(pointer, problem);
    }

    private static void throwIfAny(List<FieldError> errors) {
        if (!errors.isEmpty()) {
            FieldError first = errors.getFirst();
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + first.pointer().substring(1).replace('/', '.') + "' " + first.message()
                            + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : ""),
                    errors,
                    null,
                    null);
        }
    }
}
