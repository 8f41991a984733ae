package dev.gantry.config;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Binds nodes to shapes. Goes on after an error, so that one run names all of them; what it returns is meaningless once
 * there was one. Not thread-safe.
 */
final class Binder {
    private final Problems problems;
    private final KnownKeys knownKeys;
    private final Map<String, String> environment;
    private final Substitution substitution;
    private final LiveSecrets live;
    private final SecretReader secrets;
    private final List<Explanation> settings = new ArrayList<>();
    private final Map<String, Origin> origins = new LinkedHashMap<>();

    Binder(
            Problems problems,
            KnownKeys knownKeys,
            Map<String, String> environment,
            LiveSecrets live,
            @Nullable StoreSection<?> storeSection) {
        this.problems = problems;
        this.knownKeys = knownKeys;
        this.environment = environment;
        this.substitution = new Substitution(environment);
        this.live = live;
        this.secrets = new SecretReader(problems, substitution, live, storeSection);
    }

    /** Every setting that was bound, in order. */
    List<Explanation> settings() {
        return settings;
    }

    /** Where every key was found, containers included. */
    Map<String, Origin> origins() {
        return origins;
    }

    /** Binds the keys of a mapping and refuses those that are not among the fields. */
    Map<String, @Nullable Object> fields(
            List<Shape.Field> fields, List<YamlNode.Entry> entries, Key key, Origin place, Set<String> alsoKnown) {
        Map<String, YamlNode.Entry> given = new LinkedHashMap<>();
        Set<String> names = fields.stream().map(Shape.Field::name).collect(Collectors.toCollection(LinkedHashSet::new));
        names.addAll(alsoKnown);
        for (YamlNode.Entry entry : entries) {
            given.put(entry.key(), entry);
            if (!names.contains(entry.key())) {
                Key unknown = key.child(entry.key());
                problems.add(entry.keyOrigin(), unknown.shown(), knownKeys.refusal(unknown.declared(), names));
            }
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Shape.Field field : fields) {
            values.put(field.name(), field(field, given.get(field.name()), key.child(field.name()), place));
        }
        return values;
    }

    private @Nullable Object field(Shape.Field field, YamlNode.@Nullable Entry entry, Key key, Origin place) {
        if (entry == null) {
            return absent(field, key, place);
        }
        if (entry.value().isAbsent() && !field.shape().isScalar()) {
            return absent(field, key, entry.keyOrigin());
        }
        origins.put(key.shown(), entry.keyOrigin());
        Object value = value(field.shape(), entry.value(), key, field.described());
        if (field.shape().isLeaf() && value != null) {
            Origin origin = origins.getOrDefault(key.shown(), entry.keyOrigin());
            settings.add(Explanation.of(key.shown(), field, Values.show(value), origin));
        }
        return field.absence() == Shape.Absence.EMPTY_OPTIONAL ? Optional.ofNullable(value) : value;
    }

    /** What holds for a field that no file gives. */
    private @Nullable Object absent(Shape.Field field, Key key, Origin place) {
        Shape shape = field.shape();
        String variable = field.described().variable();
        String text = variable == null ? "" : environment.getOrDefault(variable, "");
        Object value = null;
        Origin origin = new Origin.BuiltIn();
        if (variable != null && !text.isEmpty()) {
            origin = new Origin.InEnvironment(variable);
            value = scalar(shape, text, key, field.described(), origin, null, false);
        } else if (field.described().defaultText() != null) {
            value = Defaults.read(shape, field.described(), key);
        } else if (isContainer(field) || (shape instanceof Shape.Fields && isGivenByEnvironment(shape))) {
            value = emptyContainer(shape, key, place);
        } else if (field.isRequired()) {
            problems.add(
                    place,
                    key.shown(),
                    "is required and missing; give it a value (" + Values.words(shape, field.described()) + ")"
                            + (variable == null ? "" : ", or set the environment variable " + variable));
        }
        origins.put(key.shown(), place);
        if (shape.isLeaf() || value == null || !(shape instanceof Shape.Fields)) {
            settings.add(Explanation.of(key.shown(), field, value == null ? null : Values.show(value), origin));
        }
        return field.absence() == Shape.Absence.EMPTY_OPTIONAL ? Optional.ofNullable(value) : value;
    }

    private static boolean isContainer(Shape.Field field) {
        boolean isRequired = field.absence() == Shape.Absence.NOT_ALLOWED;
        return isRequired && !field.shape().isScalar() && !(field.shape() instanceof Shape.OneOf);
    }

    private boolean isGivenByEnvironment(Shape shape) {
        return Shapes.variables(shape).stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    }

    private @Nullable Object emptyContainer(Shape shape, Key key, Origin place) {
        return switch (shape) {
            case Shape.ListOf _ -> List.of();
            case Shape.MapOf _ -> Map.of();
            case Shape.Fields fields -> record(fields, List.of(), key, place, Set.of());
            case Shape.Plain _, Shape.Choice _, Shape.Hidden _, Shape.OneOf _ -> null;
        };
    }

    /** Binds a node; null after an error. */
    @Nullable
    Object value(Shape shape, YamlNode node, Key key, Shape.Described described) {
        return switch (shape) {
            case Shape.Hidden _ when node instanceof YamlNode.Mapping mapping -> secrets.fromMapping(mapping, key);
            case Shape.Plain _, Shape.Choice _, Shape.Hidden _ -> scalar(shape, node, key, described);
            case Shape.ListOf list -> list(list, node, key, described);
            case Shape.MapOf map -> map(map, node, key, described);
            case Shape.Fields fields -> {
                YamlNode.Mapping mapping = mapping(node, key);
                yield mapping == null ? null : record(fields, mapping.entries(), key, node.origin(), Set.of());
            }
            case Shape.OneOf oneOf -> oneOf(oneOf, node, key);
        };
    }

    private @Nullable Object list(Shape.ListOf shape, YamlNode node, Key key, Shape.Described described) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            problems.add(node.origin(), key.shown(), "must be a list; begin each item with '- '");
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int index = 0; index < sequence.items().size(); index++) {
            Key element = key.element(index);
            YamlNode item = sequence.items().get(index);
            origins.put(element.shown(), item.origin());
            Object value = value(shape.element(), item, element, described);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    private @Nullable Object map(Shape.MapOf shape, YamlNode node, Key key, Shape.Described described) {
        YamlNode.Mapping mapping = mapping(node, key);
        if (mapping == null) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            Key name = key.entry(entry.key());
            origins.put(name.shown(), entry.keyOrigin());
            Object value = entry.value().isAbsent() && !shape.value().isScalar()
                    ? emptyContainer(shape.value(), name, entry.keyOrigin())
                    : value(shape.value(), entry.value(), name, described);
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        return Collections.unmodifiableMap(values);
    }

    private @Nullable Object oneOf(Shape.OneOf shape, YamlNode node, Key key) {
        YamlNode.Mapping mapping = mapping(node, key);
        if (mapping == null) {
            return null;
        }
        String discriminator = shape.discriminator();
        Optional<YamlNode.Entry> chosen = mapping.entries().stream()
                .filter(entry -> entry.key().equals(discriminator))
                .findFirst();
        Key chosenKey = key.child(discriminator);
        String names = String.join(", ", shape.kinds().keySet());
        if (chosen.isEmpty() || !(chosen.get().value() instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            problems.add(
                    chosen.map(entry -> (Origin) entry.keyOrigin()).orElse(node.origin()),
                    chosenKey.shown(),
                    "is required; one of " + names);
            return null;
        }
        Shape.Fields fields = shape.kinds().get(scalar.text());
        if (fields == null) {
            problems.add(
                    scalar.origin(),
                    chosenKey.shown(),
                    knownKeys
                            .later(key.kind(scalar.text()).declared())
                            .orElseGet(
                                    () -> "must be one of " + names + ", not '" + Text.shorten(scalar.text(), 60) + "'"
                                            + Text.didYouMean(
                                                    scalar.text(), shape.kinds().keySet())));
            return null;
        }
        return record(fields, mapping.entries(), key.kind(scalar.text()), node.origin(), Set.of(discriminator));
    }

    private YamlNode.@Nullable Mapping mapping(YamlNode node, Key key) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        problems.add(node.origin(), key.shown(), "must be a mapping: names, each followed by ':' and its value");
        return null;
    }

    private @Nullable Object record(
            Shape.Fields shape, List<YamlNode.Entry> entries, Key key, Origin place, Set<String> alsoKnown) {
        int before = problems.count();
        Map<String, @Nullable Object> values = fields(shape.fields(), entries, key, place, alsoKnown);
        return problems.count() > before ? null : construct(shape, values, key, place);
    }

    /** Makes the record, whose constructor may refuse what only shows when all values are together. */
    @Nullable
    Object construct(Shape.Fields shape, Map<String, @Nullable Object> values, Key key, Origin place) {
        Object[] arguments =
                shape.fields().stream().map(field -> values.get(field.name())).toArray();
        try {
            Object made = shape.constructor().newInstance(arguments);
            live.usedBy(shape.constructor(), arguments);
            return made;
        } catch (InvocationTargetException refused) {
            Throwable cause = refused.getCause();
            if (cause instanceof IllegalArgumentException || cause instanceof GantryException) {
                problems.add(place, key.shown(), String.valueOf(cause.getMessage()));
                return null;
            }
            throw new IllegalStateException("Settings " + key.shown() + " cannot be made", cause);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private @Nullable Object scalar(Shape shape, YamlNode node, Key key, Shape.Described described) {
        if (!(node instanceof YamlNode.Scalar scalar)) {
            problems.add(node.origin(), key.shown(), "must be a single value: " + Values.words(shape, described));
            return null;
        }
        if (scalar.isNull()) {
            problems.add(
                    node.origin(),
                    key.shown(),
                    "has no value; give it one (" + Values.words(shape, described) + ") or remove the key");
            return null;
        }
        if (secrets.namesStore(scalar.text())) {
            return fromStore(shape, scalar, key);
        }
        return switch (substitution.expand(scalar.text())) {
            case Substitution.Result.Failed failed -> {
                problems.add(node.origin(), key.shown(), failed.text());
                yield null;
            }
            case Substitution.Result.Expanded expanded -> {
                Origin.InFile origin = node.origin().with(expanded.variables());
                origins.put(key.shown(), origin);
                if (shape instanceof Shape.Hidden) {
                    yield secrets.fromText(scalar.text(), expanded, key, described, origin);
                }
                Path base = origin.file().toAbsolutePath().getParent();
                yield scalar(
                        shape,
                        expanded.text(),
                        key,
                        described,
                        origin,
                        base,
                        expanded.variables().isEmpty());
            }
        };
    }

    private @Nullable Object fromStore(Shape shape, YamlNode.Scalar scalar, Key key) {
        if (!(shape instanceof Shape.Hidden)) {
            problems.add(
                    scalar.origin(),
                    key.shown(),
                    "is no secret, and only secrets come from the secret store; write the value itself");
            return null;
        }
        return secrets.fromStore(scalar.text(), key, scalar.origin());
    }

    private @Nullable Object scalar(
            Shape shape,
            String text,
            Key key,
            Shape.Described described,
            Origin origin,
            @Nullable Path base,
            boolean mayQuote) {
        try {
            return Values.read(shape, text, described, base);
        } catch (Values.WrongValueException wrong) {
            String not = mayQuote
                    ? ", not '" + Text.shorten(text, 60) + "'"
                    : "; what the environment gives is something else";
            problems.add(origin, key.shown(), "must be " + wrong.expected() + not);
            return null;
        }
    }
}
