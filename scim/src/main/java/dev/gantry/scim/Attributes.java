package dev.gantry.scim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds attributes by name, whose case does not matter, and whose schema may go before them. */
final class Attributes {
    private static final List<String> CORE =
            List.of("urn:ietf:params:scim:schemas:core:2.0:user:", "urn:ietf:params:scim:schemas:core:2.0:group:");

    private static final Pattern VERSIONED = Pattern.compile(":\\d+\\.\\d+$");

    private Attributes() {}

    /** Returns the attribute's name as an object has it; null if it has none. */
    static @Nullable String nameIn(ObjectNode object, String name) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            if (property.getKey().equalsIgnoreCase(name)) {
                return property.getKey();
            }
        }
        return null;
    }

    static @Nullable JsonNode get(JsonNode node, String name) {
        if (!(node instanceof ObjectNode object)) {
            return null;
        }
        String actual = nameIn(object, name);
        JsonNode value = actual == null ? null : object.get(actual);
        return value == null || value.isNull() ? null : value;
    }

    /** Splits a dotted name; the schema of the core goes, that of an extension stays as the first part, or the only one. */
    static List<String> parts(String text) {
        for (String core : CORE) {
            if (text.regionMatches(true, 0, core, 0, core.length())) {
                return List.of(text.substring(core.length()).split("\\.", -1));
            }
        }
        if (text.regionMatches(true, 0, "urn:", 0, 4)) {
            int colon = text.lastIndexOf(':');
            if (VERSIONED.matcher(text.substring(0, colon)).find()) {
                // The extension itself, as in urn:…:enterprise:2.0:User.
                return List.of(text);
            }
            List<String> parts = new ArrayList<>();
            parts.add(text.substring(0, colon));
            parts.addAll(List.of(text.substring(colon + 1).split("\\.", -1)));
            return parts;
        }
        return List.of(text.split("\\.", -1));
    }

    /** Returns every value that a dotted name leads to; through several values, all of theirs. */
    static List<JsonNode> values(JsonNode node, List<String> parts) {
        if (node.isArray()) {
            List<JsonNode> all = new ArrayList<>();
            node.forEach(each -> all.addAll(values(each, parts)));
            return all;
        }
        if (parts.isEmpty()) {
            return List.of(node);
        }
        JsonNode value = get(node, parts.getFirst());
        return value == null ? List.of() : values(value, parts.subList(1, parts.size()));
    }
}
