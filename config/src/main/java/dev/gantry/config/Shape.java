package dev.gantry.config;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a setting's value looks like, derived once from the Java type that it is bound to. */
sealed interface Shape {
    /** A value that is written as one scalar. */
    enum Plain implements Shape {
        TEXT("text"),
        INT("whole number"),
        LONG("whole number"),
        DOUBLE("number"),
        DECIMAL("number"),
        BOOLEAN("true or false"),
        DURATION("duration"),
        SIZE("size"),
        PATH("path"),
        ADDRESS("address");

        private final String words;

        Plain(String words) {
            this.words = words;
        }

        @Override
        public String words() {
            return words;
        }
    }

    /**
     * One of a closed list of names.
     *
     * @param constants the constants by their names in the file, in the order of their declaration
     */
    record Choice(Map<String, Object> constants) implements Shape {
        @Override
        public String words() {
            return "one of " + String.join(", ", constants.keySet());
        }
    }

    /** A {@link dev.gantry.kernel.Secret}. */
    record Hidden() implements Shape {
        @Override
        public String words() {
            return "secret";
        }
    }

    /** A list. */
    record ListOf(Shape element) implements Shape {
        @Override
        public String words() {
            return "list of " + element.words();
        }
    }

    /** A mapping whose keys are names that the operator chooses. */
    record MapOf(Shape value) implements Shape {
        @Override
        public String words() {
            return "names, each with " + value.words();
        }
    }

    /** A mapping whose keys are given. */
    record Fields(Constructor<?> constructor, List<Field> fields) implements Shape {
        @Override
        public String words() {
            return "settings";
        }
    }

    /**
     * A mapping whose keys depend on one of them.
     *
     * @param discriminator that key
     * @param kinds the alternatives by their names in the file, in the order of their declaration
     */
    record OneOf(String discriminator, Map<String, Fields> kinds) implements Shape {
        @Override
        public String words() {
            return "settings of " + discriminator + " " + String.join(", ", kinds.keySet());
        }
    }

    /** What holds when nothing is given. */
    enum Absence {
        /** It must be given, or has a default, or is a container that is then empty. */
        NOT_ALLOWED,
        /** The component is an {@code Optional}. */
        EMPTY_OPTIONAL,
        /** The component is marked {@code @Nullable}. */
        NULL
    }

    /** A component of a record, or a section. */
    record Field(String name, Described described, Shape shape, Absence absence) {
        /** Whether leaving it out is a mistake, unless an environment variable gives it. */
        boolean isRequired() {
            return absence == Absence.NOT_ALLOWED
                    && described.defaultText() == null
                    && (shape.isScalar() || shape instanceof OneOf);
        }
    }

    /** What {@link Setting} says, or a section's own words. */
    record Described(
            String meaning,
            @Nullable String defaultText,
            String unit,
            long min,
            long max,
            @Nullable String variable) {
        static Described of(Setting setting) {
            return new Described(
                    setting.value(),
                    setting.defaultValue().isEmpty() ? null : setting.defaultValue(),
                    setting.unit(),
                    setting.min(),
                    setting.max(),
                    setting.environment().isEmpty() ? null : setting.environment());
        }

        static Described section(String meaning) {
            return new Described(meaning, null, "", Long.MIN_VALUE, Long.MAX_VALUE, null);
        }
    }

    /** What is expected, in words. */
    String words();

    /** Whether the value is one setting to explain, rather than a container of several. */
    default boolean isLeaf() {
        return switch (this) {
            case Plain _, Choice _, Hidden _ -> true;
            case ListOf list -> list.element().isLeaf();
            case MapOf map -> map.value().isLeaf();
            case Fields _, OneOf _ -> false;
        };
    }

    /** Whether the value is written as one scalar. */
    default boolean isScalar() {
        return this instanceof Plain || this instanceof Choice || this instanceof Hidden;
    }
}
