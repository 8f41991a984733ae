package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cel.bundle.Cel;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelEvaluationListener;
import dev.cel.runtime.CelRuntime;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Expressions in {@link Language}. Compiled ones are kept, so that the same one of many runs is compiled once. */
final class CelExpressions implements Expressions {
    private static final int PROGRAMS_MAX = 5_000;
    private static final int ENVIRONMENTS_MAX = 100;
    private static final int RESULT_VALUES_MAX = 100_000;

    private final Cache<Key, CelRuntime.Program> programs =
            Caffeine.newBuilder().maximumSize(PROGRAMS_MAX).build();
    private final Cache<Set<String>, Cel> environments =
            Caffeine.newBuilder().maximumSize(ENVIRONMENTS_MAX).build();

    /** An expression where certain names are known. */
    private record Key(String source, Set<String> names) {}

    @Override
    public boolean test(Expression condition, Scope scope) {
        if (value(condition, scope) instanceof Boolean truth) {
            return truth;
        }
        throw failed(condition, "must be true or false");
    }

    @Override
    public JsonNode evaluate(Expression expression, Scope scope) {
        Object value = value(expression, scope);
        try {
            return JsonValues.write(value, new JsonValues.Room(RESULT_VALUES_MAX));
        } catch (IllegalArgumentException unusable) {
            throw failed(expression, unusable.getMessage());
        }
    }

    @Override
    public JsonNode evaluate(ValueTemplate template, Scope scope) {
        return switch (template) {
            case ValueTemplate.Constant constant -> constant.value();
            case ValueTemplate.Text text -> {
                Expression sole = text.template().soleExpression().orElse(null);
                yield sole != null ? evaluate(sole, scope) : TextNode.valueOf(render(text.template(), scope));
            }
            case ValueTemplate.Items list -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                list.items().forEach(item -> array.add(evaluate(item, scope)));
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
            switch (part) {
                case Template.Plain plain -> text.append(plain.text());
                case Template.Slot slot -> {
                    text.append(text(evaluate(slot.expression(), scope)));
                    if (text.length() > TextFunctions.LENGTH_MAX) {
                        throw failed(
                                slot.expression(),
                                "the text would have more than " + TextFunctions.LENGTH_MAX + " characters");
                    }
                }
            }
        }
        return text.toString();
    }

    private static String text(JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        return value.isTextual() ? value.textValue() : value.toString();
    }

    private @Nullable Object value(Expression expression, Scope scope) {
        Map<String, Object> values = values(scope);
        CelRuntime.Program program = program(expression, values.keySet());
        try {
            return program.trace(values, new Bounds());
        } catch (CelEvaluationException failure) {
            throw failed(expression, reason(failure));
        } catch (IllegalArgumentException beyond) {
            throw failed(expression, String.valueOf(beyond.getMessage()));
        } catch (StackOverflowError tooDeep) {
            throw failed(expression, "is nested too deeply");
        }
    }

    private CelRuntime.Program program(Expression expression, Set<String> names) {
        Key key = new Key(expression.source(), Set.copyOf(names));
        CelRuntime.Program known = programs.getIfPresent(key);
        if (known != null) {
            return known;
        }
        Cel environment = environments.get(key.names(), wanted -> Language.untyped(new TreeSet<>(wanted)));
        try {
            CelRuntime.Program program = environment.createProgram(
                    environment.compile(expression.source()).getAst());
            programs.put(key, program);
            return program;
        } catch (CelValidationException invalid) {
            throw failed(expression, reason(invalid));
        } catch (CelEvaluationException invalid) {
            throw failed(expression, reason(invalid));
        }
    }

    private static Map<String, Object> values(Scope scope) {
        Map<String, Object> values = new HashMap<>();
        values.put("inputs", JsonValues.read(scope.inputs()));
        values.put("steps", new StepsView(scope.steps()));
        Scope.RunFacts run = scope.run();
        values.put(
                "run",
                Map.of(
                        "id", run.id(),
                        "workflow", run.workflow(),
                        "user", run.user(),
                        "team", run.team(),
                        "started_at", run.startedAt().toString(),
                        "hooks", run.hooks()));
        scope.names().forEach((name, value) -> values.put(name, JsonValues.read(value)));
        return values;
    }

    private static String reason(CelEvaluationException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException ours && ours.getMessage() != null) {
                return ours.getMessage();
            }
        }
        String message = String.valueOf(failure.getMessage());
        int at = message.indexOf(": ");
        return message.startsWith("evaluation error") && at > 0 ? message.substring(at + 2) : message;
    }

    private static String reason(CelValidationException invalid) {
        return invalid.getErrors().isEmpty()
                ? "cannot be read"
                : Messages.ofCheck(invalid.getErrors().getFirst().getMessage(), List.of());
    }

    private static GantryException failed(Expression expression, @Nullable String reason) {
        Position position = expression.position();
        return new GantryException(
                ErrorCode.EXPRESSION_FAILED,
                "The expression '" + Text.shorten(expression.source(), 200) + "' in line " + position.line()
                        + ", column " + position.column() + " failed: " + Text.shorten(String.valueOf(reason), 300));
    }

    /** Watches an evaluation: every value that comes up in it is shown here before it is used. */
    private static final class Bounds implements CelEvaluationListener {
        private static final int STEPS_MAX = 1_000_000;
        private static final long READ_MAX = 1_000_000_000L;
        private static final long MADE_MAX = 32_000_000L;

        private int steps;
        private long read;
        private long made;

        @Override
        public void callback(CelExpr expression, Object value) {
            long size = 1;
            if (value instanceof String text) {
                size += text.length();
                TextFunctions.requireLength(text.length());
            } else if (value instanceof Collection<?> list) {
                size += list.size();
                if (list.size() > TextFunctions.PARTS_MAX) {
                    throw TextFunctions.tooManyParts();
                }
            }
            read += size;
            if (expression.getKind() == Kind.CALL) {
                made += size;
            }
            if (++steps > STEPS_MAX || read > READ_MAX || made > MADE_MAX) {
                throw new IllegalArgumentException("needs more work than an expression may do");
            }
        }
    }
}
