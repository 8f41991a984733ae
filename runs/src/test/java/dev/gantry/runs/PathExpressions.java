package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Expression;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.StepResult;
import dev.gantry.workflow.Template;
import dev.gantry.workflow.ValueTemplate;

/** The least of a language: paths, and comparing one with a JSON value by {@code ==}. */
final class PathExpressions implements Expressions {
    @Override
    public boolean test(Expression condition, Scope scope) {
        if (evaluate(condition, scope) instanceof BooleanNode truth) {
            return truth.booleanValue();
        }
        throw new GantryException(ErrorCode.EXPRESSION_FAILED, "not true or false: " + condition.source());
    }

    @Override
    public JsonNode evaluate(Expression expression, Scope scope) {
        int equals = expression.source().indexOf("==");
        if (equals > 0) {
            JsonNode left = path(expression.source().substring(0, equals).trim(), scope);
            return BooleanNode.valueOf(left.equals(
                    Json.read(expression.source().substring(equals + 2).trim())));
        }
        return path(expression.source(), scope);
    }

    private static JsonNode path(String source, Scope scope) {
        JsonNode at = MissingNode.getInstance();
        String[] parts = source.split("\\.");
        int from = 1;
        switch (parts[0]) {
            case "true", "false" -> {
                return BooleanNode.valueOf(parts[0].equals("true"));
            }
            case "inputs" -> at = scope.inputs();
            case "run" ->
                at = Json.object()
                        .set("hooks", Json.mapper().valueToTree(scope.run().hooks()));
            case "steps" -> {
                StepResult result = scope.steps().get(parts[1]);
                if (result != null) {
                    ObjectNode node =
                            Json.object().put("state", result.state().id()).put("error", result.error());
                    node.set("output", result.output());
                    at = node;
                }
                from = 2;
            }
            default -> at = scope.names().getOrDefault(parts[0], MissingNode.getInstance());
        }
        for (int part = from; part < parts.length; part++) {
            at = at.path(parts[part]);
        }
        if (at.isMissingNode()) {
            throw new GantryException(ErrorCode.EXPRESSION_FAILED, "there is no " + source);
        }
        return at;
    }

    @Override
    public JsonNode evaluate(ValueTemplate template, Scope scope) {
        return switch (template) {
            case ValueTemplate.Constant constant -> constant.value();
            case ValueTemplate.Text text ->
                text.template().soleExpression().isPresent()
                        ? evaluate(text.template().soleExpression().get(), scope)
                        : com.fasterxml.jackson.databind.node.TextNode.valueOf(render(text.template(), scope));
            case ValueTemplate.Items items -> {
                ArrayNode array = Json.mapper().createArrayNode();
                items.items().forEach(item -> array.add(evaluate(item, scope)));
                yield array;
            }
            case ValueTemplate.Fields fields -> {
                ObjectNode object = Json.object();
                fields.fields().forEach((name, value) -> object.set(name, evaluate(value, scope)));
                yield object;
            }
        };
    }

    @Override
    public String render(Template template, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Template.Part part : template.parts()) {
            text.append(
                    switch (part) {
                        case Template.Plain plain -> plain.text();
                        case Template.Slot slot -> {
                            JsonNode value = evaluate(slot.expression(), scope);
                            yield value instanceof NullNode
                                    ? ""
                                    : value.isTextual() ? value.textValue() : value.toString();
                        }
                    });
        }
        return text.toString();
    }
}
