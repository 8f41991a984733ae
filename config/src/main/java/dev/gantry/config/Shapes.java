package dev.gantry.config;

import dev.gantry.kernel.Secret;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Derives shapes from settings records. What it refuses is a defect of the program and not of a file, so it throws
 * {@code IllegalStateException} naming the component.
 */
final class Shapes {
    private static final int DEPTH_MAX = 10;
    private static final Map<Class<?>, Shape> SCALARS = Map.ofEntries(
            Map.entry(String.class, Shape.Plain.TEXT),
            Map.entry(int.class, Shape.Plain.INT),
            Map.entry(Integer.class, Shape.Plain.INT),
            Map.entry(long.class, Shape.Plain.LONG),
            Map.entry(Long.class, Shape.Plain.LONG),
            Map.entry(double.class, Shape.Plain.DOUBLE),
            Map.entry(Double.class, Shape.Plain.DOUBLE),
            Map.entry(boolean.class, Shape.Plain.BOOLEAN),
            Map.entry(Boolean.class, Shape.Plain.BOOLEAN),
            Map.entry(BigDecimal.class, Shape.Plain.DECIMAL),
            Map.entry(Duration.class, Shape.Plain.DURATION),
            Map.entry(DataSize.class, Shape.Plain.SIZE),
            Map.entry(Path.class, Shape.Plain.PATH),
            Map.entry(URI.class, Shape.Plain.ADDRESS),
            Map.entry(Secret.class, new Shape.Hidden()));

    private Shapes() {}

    /** Returns the shape of a settings record. */
    static Shape.Fields ofRecord(Class<? extends Record> type) {
        return fields(type, type.getSimpleName(), 0);
    }

    private static Shape.Fields fields(Class<?> type, String place, int depth) {
        if (depth > DEPTH_MAX) {
            throw defect(place, "records contain each other without end");
        }
        List<Shape.Field> fields = new ArrayList<>();
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        for (RecordComponent component : type.getRecordComponents()) {
            fields.add(field(component, place + "." + component.getName(), depth));
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return new Shape.Fields(constructor, List.copyOf(fields));
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Shape.Field field(RecordComponent component, String place, int depth) {
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null || setting.value().isBlank()) {
            throw defect(place, "has no @Setting that says what it means");
        }
        Type type = component.getGenericType();
        Shape.Absence absence = Shape.Absence.NOT_ALLOWED;
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            type = generic.getActualTypeArguments()[0];
            absence = Shape.Absence.EMPTY_OPTIONAL;
        } else if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
            absence = Shape.Absence.NULL;
        }
        Shape shape = shape(type, place, depth + 1);
        Shape.Described described = Shape.Described.of(setting);
        if (described.variable() != null && !shape.isScalar()) {
            throw defect(place, "names an environment variable, which holds a single value only");
        }
        if (described.defaultText() != null && (shape instanceof Shape.Hidden || !shape.isLeaf())) {
            throw defect(place, "has a default, which secrets and records cannot have");
        }
        return new Shape.Field(snakeCase(component.getName()), described, shape, absence);
    }

    private static Shape shape(Type type, String place, int depth) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return new Shape.ListOf(shape(arguments[0], place, depth));
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new Shape.MapOf(shape(arguments[1], place, depth));
            }
        }
        if (type instanceof Class<?> plain) {
            Shape scalar = SCALARS.get(plain);
            if (scalar != null) {
                return scalar;
            }
            if (plain.isEnum()) {
                return choice(plain);
            }
            if (plain.isRecord()) {
                return fields(plain, place, depth);
            }
            if (plain.isSealed()) {
                return oneOf(plain, place, depth);
            }
        }
        throw defect(place, "has a type that cannot be read from a file: " + type.getTypeName());
    }

    private static Shape choice(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT), constant);
        }
        return new Shape.Choice(Collections.unmodifiableMap(constants));
    }

    private static Shape oneOf(Class<?> type, String place, int depth) {
        ChosenBy chosenBy = type.getAnnotation(ChosenBy.class);
        if (chosenBy == null) {
            throw defect(place, type.getSimpleName() + " has no @ChosenBy that names the key to choose by");
        }
        Map<String, Shape.Fields> kinds = new LinkedHashMap<>();
        for (Class<?> kind : type.getPermittedSubclasses()) {
            Kind name = kind.getAnnotation(Kind.class);
            if (name == null || !kind.isRecord()) {
                throw defect(place, kind.getSimpleName() + " is not a record with @Kind");
            }
            Shape.Fields fields = fields(kind, place + "(" + name.value() + ")", depth);
            if (fields.fields().stream().anyMatch(field -> field.name().equals(chosenBy.value()))) {
                throw defect(place, kind.getSimpleName() + " has a component with the name of the key to choose by");
            }
            if (kinds.put(name.value(), fields) != null) {
                throw defect(place, "two alternatives are called " + name.value());
            }
        }
        return new Shape.OneOf(chosenBy.value(), Collections.unmodifiableMap(kinds));
    }

    /** {@code poolSize} to {@code pool_size}. */
    static String snakeCase(String camelCase) {
        StringBuilder out = new StringBuilder(camelCase.length() + 4);
        for (int index = 0; index < camelCase.length(); index++) {
            char letter = camelCase.charAt(index);
            if (Character.isUpperCase(letter)) {
                out.append('_').append(Character.toLowerCase(letter));
            } else {
                out.append(letter);
            }
        }
        return out.toString();
    }

    /** Returns every environment variable that settings within a shape fall back to. */
    static Set<String> variables(Shape shape) {
        Set<String> names = new HashSet<>();
        if (shape instanceof Shape.Fields fields) {
            for (Shape.Field field : fields.fields()) {
                if (field.described().variable() != null) {
                    names.add(field.described().variable());
                }
                names.addAll(variables(field.shape()));
            }
        }
        return names;
    }

    private static IllegalStateException defect(String place, String text) {
        return new IllegalStateException("Settings " + place + " " + text);
    }
}
