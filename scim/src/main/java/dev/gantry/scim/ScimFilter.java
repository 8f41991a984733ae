package dev.gantry.scim;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A filter over resources (RFC 7644, section 3.4.2.2). Immutable. */
public sealed interface ScimFilter {
    /** Returns whether a resource is among those that are asked for. */
    boolean matches(JsonNode resource);

    /**
     * Reads a filter.
     *
     * @throws ScimException {@code invalidFilter} if it cannot be read or goes beyond the bounds
     */
    static ScimFilter parse(String text) {
        return new FilterParser(text).parse();
    }

    /** Returns the filters all of which must match for this one to match; itself when it has no such parts. */
    default List<ScimFilter> conjuncts() {
        List<ScimFilter> all = new ArrayList<>();
        ScimFilter rest = this;
        while (rest instanceof And both) {
            all.add(both.right());
            rest = both.left();
        }
        all.add(rest);
        return all.reversed();
    }

    /**
     * An attribute and what it has to equal.
     *
     * @param attribute its dotted name in lower case
     */
    record Equality(String attribute, JsonNode value) {}

    /** Returns what has to equal what, when the filter asks for that and nothing else, so that an index can answer it. */
    default Optional<Equality> equality() {
        return this instanceof Compare compare && compare.operator() == Operator.EQ
                ? Optional.of(new Equality(String.join(".", compare.path()).toLowerCase(Locale.ROOT), compare.value()))
                : Optional.empty();
    }

    /** How an attribute is compared. */
    enum Operator {
        /** Equal. */
        EQ,
        /** Not equal. */
        NE,
        /** Contains. */
        CO,
        /** Starts with. */
        SW,
        /** Ends with. */
        EW,
        /** Greater than. */
        GT,
        /** At least. */
        GE,
        /** Less than. */
        LT,
        /** At most. */
        LE
    }

    /** Both. */
    record And(ScimFilter left, ScimFilter right) implements ScimFilter {
        @Override
        public boolean matches(JsonNode resource) {
            return left.matches(resource) && right.matches(resource);
        }
    }

    /** At least one. */
    record Or(ScimFilter left, ScimFilter right) implements ScimFilter {
        @Override
        public boolean matches(JsonNode resource) {
            return left.matches(resource) || right.matches(resource);
        }
    }

    /** The others. */
    record Not(ScimFilter inner) implements ScimFilter {
        @Override
        public boolean matches(JsonNode resource) {
            return !inner.matches(resource);
        }
    }

    /** Has a value that is not empty. */
    record Present(List<String> path) implements ScimFilter {
        /** Copies the path. */
        public Present {
            path = List.copyOf(path);
        }

        @Override
        public boolean matches(JsonNode resource) {
            return Attributes.values(resource, path).stream()
                    .anyMatch(value -> value.isTextual()
                            ? !value.textValue().isEmpty()
                            : !value.isContainerNode() || !value.isEmpty());
        }
    }

    /** One of several values fulfils a filter of its own, such as {@code emails[type eq "work"]}. */
    record Among(List<String> path, ScimFilter inner) implements ScimFilter {
        /** Copies the path. */
        public Among {
            path = List.copyOf(path);
        }

        @Override
        public boolean matches(JsonNode resource) {
            return Attributes.values(resource, path).stream().anyMatch(inner::matches);
        }
    }

    /** Compares; texts without case, as all attributes that this service has compare so. */
    record Compare(List<String> path, Operator operator, JsonNode value) implements ScimFilter {
        /** Copies the path. */
        public Compare {
            path = List.copyOf(path);
        }

        @Override
        public boolean matches(JsonNode resource) {
            List<JsonNode> actual = Attributes.values(resource, path);
            if (operator == Operator.NE) {
                return actual.stream().noneMatch(each -> holds(each, Operator.EQ));
            }
            return actual.stream().anyMatch(each -> holds(each, operator));
        }

        private boolean holds(JsonNode given, Operator comparison) {
            // A complex value is compared by its part "value": members eq "id".
            JsonNode part = given.isObject() ? Attributes.get(given, "value") : null;
            JsonNode actual = part == null ? given : part;
            if (actual.isTextual() && value.isTextual()) {
                return holds(actual.textValue(), value.textValue(), comparison);
            }
            if (actual.isNumber() && value.isNumber()) {
                return holds(Double.compare(actual.doubleValue(), value.doubleValue()), comparison);
            }
            // Some providers quote truth values.
            boolean truth = actual.isBoolean() && (value.isBoolean() || value.isTextual());
            return truth && comparison == Operator.EQ && actual.asText().equalsIgnoreCase(value.asText());
        }

        private static boolean holds(String actual, String wanted, Operator comparison) {
            String left = actual.toLowerCase(Locale.ROOT);
            String right = wanted.toLowerCase(Locale.ROOT);
            return switch (comparison) {
                case EQ -> left.equals(right);
                case NE -> !left.equals(right);
                case CO -> left.contains(right);
                case SW -> left.startsWith(right);
                case EW -> left.endsWith(right);
                case GT, GE, LT, LE -> holds(order(actual, wanted), comparison);
            };
        }

        private static boolean holds(int order, Operator comparison) {
            return switch (comparison) {
                case EQ -> order == 0;
                case NE -> order != 0;
                case GT -> order > 0;
                case GE -> order >= 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case CO, SW, EW -> false;
            };
        }

        /** Times by their moment, anything else by its letters. */
        private static int order(String actual, String wanted) {
            try {
                return moment(actual).compareTo(moment(wanted));
            } catch (DateTimeParseException noTime) {
                return actual.compareToIgnoreCase(wanted);
            }
        }

        private static Instant moment(String text) {
            return OffsetDateTime.parse(text).toInstant();
        }
    }
}
