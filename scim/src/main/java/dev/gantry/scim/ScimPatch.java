package dev.gantry.scim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes a resource by the operations of a PATCH (RFC 7644, section 3.5.2). What providers really send is understood:
 * operations in any case ({@code Replace}), values without a path, dotted names within such values, a filter that nothing
 * fulfils yet ({@code emails[type eq "work"].value}), and members to be removed that are listed as the value.
 */
public final class ScimPatch {
    private static final int OPERATIONS_MAX = 1_000;
    private static final int VALUES_MAX = 50_000;

    /** How many values all operations together may go through; that of a long filter counts several times. */
    private static final long VISITS_MAX = 5_000_000;

    private static final int PATH_LENGTH_PER_VISIT = 64;
    private static final int PATH_LENGTH_MAX = 1_000;
    private static final Set<String> SEVERAL = Set.of(
            "members", "emails", "phonenumbers", "addresses", "groups", "roles", "entitlements", "ims", "photos");

    private final int values;
    private long visits;

    private ScimPatch(int values) {
        this.values = values;
    }

    /**
     * Returns a changed copy of a resource.
     *
     * @param patch the body
     * @throws ScimException if an operation cannot be carried out; then none is
     */
    public static ObjectNode apply(ObjectNode resource, ObjectNode patch) {
        JsonNode operations = Attributes.get(patch, "Operations");
        if (operations == null || !operations.isArray() || operations.isEmpty()) {
            throw ScimException.invalidSyntax("'Operations' must be an array of at least one operation");
        }
        if (operations.size() > OPERATIONS_MAX) {
            throw ScimException.tooMany("A patch has at most " + OPERATIONS_MAX + " operations");
        }
        int values = 0;
        for (JsonNode operation : operations) {
            values += countValues(Attributes.get(operation, "value"));
        }
        if (values > VALUES_MAX) {
            throw ScimException.tooMany("A patch has at most " + VALUES_MAX + " values; send several");
        }
        ObjectNode changed = resource.deepCopy();
        ScimPatch work = new ScimPatch(values);
        for (JsonNode operation : operations) {
            work.apply(changed, operation);
        }
        return changed;
    }

    /** Returns how many values there are in lists, at whatever depth. */
    private static int countValues(@Nullable JsonNode node) {
        if (node == null) {
            return 0;
        }
        int count = node.isArray() ? node.size() : 0;
        for (JsonNode each : node) {
            count += countValues(each);
        }
        return count;
    }

    /** Returns how many properties and values there are, at whatever depth. */
    private static long countParts(JsonNode node) {
        long count = 0;
        for (JsonNode each : node) {
            count += 1 + countParts(each);
        }
        return count;
    }

    /** Counts that everything in a list or an object is gone through. */
    private void visit(JsonNode container, Path target) {
        charge((container.size() + values) * (1L + target.length() / PATH_LENGTH_PER_VISIT));
    }

    private void charge(long more) {
        visits += more;
        if (visits > VISITS_MAX) {
            throw ScimException.tooMany(
                    "This patch takes too long; send it in several parts, or name the values in fewer operations");
        }
    }

    private void apply(ObjectNode resource, JsonNode operation) {
        JsonNode op = Attributes.get(operation, "op");
        JsonNode path = Attributes.get(operation, "path");
        JsonNode value = Attributes.get(operation, "value");
        String verb = op == null ? "" : op.asText().toLowerCase(Locale.ROOT);
        boolean removes = verb.equals("remove");
        if (!removes && !verb.equals("add") && !verb.equals("replace")) {
            throw ScimException.invalidSyntax("'op' must be add, replace or remove");
        }
        if (!removes && value == null) {
            throw ScimException.invalidValue("An operation to " + verb + " needs a value");
        }
        if (path == null || path.asText().isEmpty()) {
            if (removes) {
                throw ScimException.noTarget("An operation to remove needs a path");
            }
            merge(resource, value, verb.equals("add"));
            return;
        }
        Path target = Path.parse(path.asText());
        if (removes) {
            remove(resource, target, value);
        } else if (value != null) {
            put(resource, target, value, verb.equals("add"));
        }
    }

    /** A value without a path is a part of the resource; its names may be paths themselves. */
    private void merge(ObjectNode resource, @Nullable JsonNode value, boolean adds) {
        if (!(value instanceof ObjectNode part)) {
            throw ScimException.invalidValue("A value without a path must be an object");
        }
        for (Map.Entry<String, JsonNode> property : part.properties()) {
            if (!property.getKey().equalsIgnoreCase("schemas")) {
                put(resource, Path.parse(property.getKey()), property.getValue(), adds);
            }
        }
    }

    private void put(ObjectNode resource, Path target, JsonNode value, boolean adds) {
        ScimFilter filter = target.filter();
        if (filter != null) {
            putAmong(resource, target, filter, value);
            return;
        }
        ObjectNode owner = owner(resource, target.parts());
        visit(owner, target);
        String name = target.parts().getLast();
        String actual = Attributes.nameIn(owner, name);
        String key = actual == null ? name : actual;
        boolean several = SEVERAL.contains(name.toLowerCase(Locale.ROOT));
        if (several && adds) {
            ArrayNode array = array(owner, key);
            visit(array, target);
            Set<String> present = new HashSet<>();
            array.forEach(each -> present.add(identity(each)));
            addTo(array, value, present);
        } else if (several && !value.isArray()) {
            owner.set(key, Json.mapper().createArrayNode().add(value));
        } else if (value instanceof ObjectNode part && owner.get(key) instanceof ObjectNode present) {
            merge(present, part, adds);
        } else {
            owner.set(key, value);
        }
    }

    private void addTo(ArrayNode array, JsonNode value, Set<String> present) {
        if (value.isArray()) {
            value.forEach(each -> addTo(array, each, present));
        } else if (present.add(identity(value))) {
            array.add(value);
        }
    }

    /** Returns what two values have in common that are the same one; of large ones it takes longer. */
    private String identity(JsonNode value) {
        JsonNode id = Attributes.get(value, "value");
        String text = id == null ? "whole " + value : "value " + id.asText().toLowerCase(Locale.ROOT);
        charge(text.length() / PATH_LENGTH_PER_VISIT);
        return text;
    }

    /** Returns the list of a name; made where it is not there. */
    private static ArrayNode array(ObjectNode owner, String name) {
        JsonNode present = owner.get(name);
        if (present == null || present.isNull()) {
            return owner.putArray(name);
        }
        if (present instanceof ArrayNode array) {
            return array;
        }
        throw ScimException.invalidPath("'" + name + "' has one value only");
    }

    /** Returns the object that the last part of a path belongs to; made where it is not there. */
    private static ObjectNode owner(ObjectNode resource, List<String> parts) {
        ObjectNode owner = resource;
        for (String part : parts.subList(0, parts.size() - 1)) {
            String actual = Attributes.nameIn(owner, part);
            JsonNode next = actual == null ? null : owner.get(actual);
            if (next instanceof ObjectNode object) {
                owner = object;
            } else if (next == null || next.isNull()) {
                owner = owner.putObject(actual == null ? part : actual);
            } else {
                throw ScimException.noTarget("'" + part + "' has no parts of its own");
            }
        }
        return owner;
    }

    private void putAmong(ObjectNode resource, Path target, ScimFilter filter, JsonNode value) {
        ObjectNode owner = owner(resource, target.parts());
        String name = target.parts().getLast();
        String actual = Attributes.nameIn(owner, name);
        ArrayNode array = array(owner, actual == null ? name : actual);
        visit(array, target);
        charge(array.size() * countParts(value));
        boolean found = false;
        for (int index = 0; index < array.size(); index++) {
            if (filter.matches(array.get(index)) && array.get(index) instanceof ObjectNode present) {
                found = true;
                change(present, target.part(), value);
            }
        }
        if (!found) {
            // Providers set the value of a work address that is not there yet.
            ObjectNode made = Json.object();
            if (!(filter instanceof ScimFilter.Compare compare && compare.operator() == ScimFilter.Operator.EQ)) {
                throw ScimException.noTarget("No value fulfils the filter of the path");
            }
            made.set(compare.path().getLast(), compare.value());
            change(made, target.part(), value);
            array.add(made);
        }
    }

    private static void change(ObjectNode present, @Nullable String part, JsonNode value) {
        if (part != null) {
            String actual = Attributes.nameIn(present, part);
            present.set(actual == null ? part : actual, value);
        } else if (value instanceof ObjectNode object) {
            present.setAll(object);
        } else {
            throw ScimException.invalidValue("The value of such a path must be an object");
        }
    }

    private void remove(ObjectNode resource, Path target, @Nullable JsonNode value) {
        ObjectNode owner = owner(resource, target.parts());
        String actual = Attributes.nameIn(owner, target.parts().getLast());
        JsonNode present = actual == null ? null : owner.get(actual);
        if (actual == null || present == null) {
            return;
        }
        ScimFilter filter = target.filter();
        if (filter == null && (value == null || !present.isArray())) {
            owner.remove(actual);
            return;
        }
        if (!(present instanceof ArrayNode array)) {
            throw ScimException.noTarget("'" + actual + "' has one value only");
        }
        visit(array, target);
        Predicate<JsonNode> those = filter != null ? filter::matches : listed(value);
        String part = target.part();
        List<JsonNode> kept = new ArrayList<>(array.size());
        for (JsonNode each : array) {
            boolean meant = those.test(each);
            if (meant && part != null && each instanceof ObjectNode object) {
                object.remove(part);
                kept.add(object);
            } else if (!meant) {
                kept.add(each);
            }
        }
        array.removeAll();
        array.addAll(kept);
    }

    /** Entra lists the members to be removed as the value of the operation. */
    private Predicate<JsonNode> listed(@Nullable JsonNode value) {
        Set<String> ids = new HashSet<>();
        for (JsonNode each : value == null ? List.<JsonNode>of() : value.isArray() ? value : List.of(value)) {
            if (Attributes.get(each, "value") == null) {
                throw ScimException.invalidValue("Each value to be removed needs a 'value'");
            }
            ids.add(identity(each));
        }
        if (ids.isEmpty()) {
            throw ScimException.invalidValue("The list of values to be removed is empty");
        }
        return present -> ids.contains(identity(present));
    }

    /** A path: an attribute, perhaps a filter over its values, perhaps a part of these. */
    private record Path(
            List<String> parts,
            @Nullable ScimFilter filter,
            @Nullable String part,
            int length) {
        static Path parse(String text) {
            if (text.length() > PATH_LENGTH_MAX) {
                throw ScimException.invalidPath("A path has at most " + PATH_LENGTH_MAX + " characters");
            }
            int open = text.indexOf('[');
            if (open < 0) {
                return new Path(names(text), null, null, text.length());
            }
            int close = text.lastIndexOf(']');
            String rest = close < 0 ? "" : text.substring(close + 1);
            if (close < open || !(rest.isEmpty() || (rest.startsWith(".") && rest.length() > 1))) {
                throw ScimException.invalidPath("'" + shorten(text) + "' is no path");
            }
            return new Path(
                    names(text.substring(0, open)),
                    ScimFilter.parse(text.substring(open + 1, close)),
                    rest.isEmpty() ? null : rest.substring(1),
                    text.length());
        }

        private static List<String> names(String text) {
            List<String> parts = Attributes.parts(text);
            if (parts.stream().anyMatch(String::isBlank) || parts.size() > 4) {
                throw ScimException.invalidPath("'" + shorten(text) + "' is no path");
            }
            return parts;
        }

        private static String shorten(String text) {
            return dev.gantry.kernel.Text.shorten(text, 80);
        }
    }
}
