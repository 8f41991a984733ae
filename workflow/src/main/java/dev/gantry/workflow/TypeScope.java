package dev.gantry.workflow;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names that expressions of one body can use, with their types. Immutable but for what it keeps for itself. */
final class TypeScope {
    private final Map<String, CelType> variables;
    private final Map<String, CelType> steps;
    private final Structs structs;
    private final Set<String> fieldNames;

    /** The types of objects with known fields, by names of our own. */
    @SuppressWarnings("Immutable") // Grows while a file is read, by one thread; types once defined do not change.
    private static final class Structs implements CelTypeProvider {
        private final Map<String, CelType> types = new LinkedHashMap<>();

        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(types.values());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(types.get(name));
        }

        CelType define(Map<String, CelType> fields) {
            String name = "gantry.T" + types.size();
            ImmutableMap<String, CelType> copy = ImmutableMap.copyOf(fields);
            StructType type = StructType.create(name, copy.keySet(), field -> Optional.ofNullable(copy.get(field)));
            types.put(name, type);
            return type;
        }
    }

    private TypeScope(
            Map<String, CelType> variables, Map<String, CelType> steps, Structs structs, Set<String> fieldNames) {
        this.variables = variables;
        this.steps = steps;
        this.structs = structs;
        this.fieldNames = fieldNames;
    }

    /** Returns what every expression of a workflow sees. */
    static TypeScope of(Iterable<Input> inputs) {
        Structs structs = new Structs();
        TypeScope scope = new TypeScope(new LinkedHashMap<>(), Map.of(), structs, new LinkedHashSet<>());
        Map<String, CelType> fields = new LinkedHashMap<>();
        for (Input input : inputs) {
            boolean mayBeNull = !input.required() && input.defaultValue() == null;
            fields.put(input.name(), scope.type(input.type(), mayBeNull));
        }
        scope.fieldNames.addAll(fields.keySet());
        scope.variables.put("inputs", structs.define(fields));
        Map<String, CelType> run = new LinkedHashMap<>();
        for (String fact : Set.of("id", "workflow", "user", "team", "started_at")) {
            run.put(fact, SimpleType.STRING);
        }
        run.put("hooks", MapType.create(SimpleType.STRING, SimpleType.STRING));
        scope.variables.put("run", structs.define(run));
        return scope;
    }

    /** Returns this scope with the results of the steps of a body. */
    TypeScope with(Body body) {
        Map<String, CelType> all = new LinkedHashMap<>(steps);
        Set<String> names = new LinkedHashSet<>(fieldNames);
        for (Step step : body.steps()) {
            Map<String, CelType> result = new LinkedHashMap<>();
            result.put("output", type(step.action().outputType(), step.mayBeSkipped() || endsWithout(step.action())));
            result.put("state", SimpleType.STRING);
            result.put("error", SimpleType.STRING);
            names.addAll(result.keySet());
            names.add(step.id());
            collect(step.action().outputType(), names);
            all.put(step.id(), structs.define(result));
        }
        Map<String, CelType> named = new LinkedHashMap<>(variables);
        named.put("steps", structs.define(all));
        return new TypeScope(named, all, structs, names);
    }

    /** Returns this scope with one more name. */
    TypeScope with(String name, CelType type) {
        Map<String, CelType> named = new LinkedHashMap<>(variables);
        named.put(name, type);
        return new TypeScope(named, steps, structs, fieldNames);
    }

    /** Returns this scope with {@code loop}. */
    TypeScope withLoop() {
        Map<String, CelType> fields = new LinkedHashMap<>();
        fields.put("index", SimpleType.INT);
        fields.put("output", SimpleType.DYN);
        return with("loop", structs.define(fields));
    }

    /** Returns what checks expressions in this scope. */
    Cel environment() {
        CelBuilder builder = Language.environment().setTypeProvider(structs);
        variables.forEach(builder::addVar);
        return builder.build();
    }

    /** Returns names that can be used, for telling somebody which one they may have meant. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(variables.keySet());
        names.addAll(fieldNames);
        names.addAll(Language.functionNames());
        return names;
    }

    /** A wait whose time may end without what it waited for has no output then. */
    private static boolean endsWithout(Action action) {
        return (action instanceof Action.AwaitWebhook webhook && webhook.continues())
                || action instanceof Action.Branch;
    }

    private static void collect(DataType type, Set<String> names) {
        switch (type) {
            case DataType.Simple _ -> {}
            case DataType.ListOf list -> collect(list.element(), names);
            case DataType.ObjectOf object ->
                object.fields().forEach((name, field) -> {
                    names.add(name);
                    collect(field, names);
                });
        }
    }

    private CelType type(DataType type, boolean mayBeNull) {
        return switch (type) {
            case DataType.Simple.STRING -> nullable(SimpleType.STRING, mayBeNull);
            case DataType.Simple.INTEGER -> nullable(SimpleType.INT, mayBeNull);
            case DataType.Simple.BOOLEAN -> nullable(SimpleType.BOOL, mayBeNull);
            // A number may come as a whole one or not, and the language keeps these apart.
            case DataType.Simple.NUMBER, DataType.Simple.ANY -> SimpleType.DYN;
            case DataType.ListOf list -> mayBeNull ? SimpleType.DYN : ListType.create(type(list.element(), false));
            case DataType.ObjectOf object -> {
                if (object.fields().isEmpty()) {
                    yield mayBeNull ? SimpleType.DYN : MapType.create(SimpleType.STRING, SimpleType.DYN);
                }
                Map<String, CelType> fields = new LinkedHashMap<>();
                object.fields().forEach((name, field) -> fields.put(name, type(field, mayBeNull)));
                yield structs.define(fields);
            }
        };
    }

    private static CelType nullable(CelType type, boolean mayBeNull) {
        return mayBeNull ? NullableType.create(type) : type;
    }
}
