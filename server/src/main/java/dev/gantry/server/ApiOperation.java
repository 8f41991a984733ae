package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API document.
 *
 * @param id its {@code operationId}
 * @param method in upper case
 * @param path the template, such as {@code /api/v1/patterns/{name}/versions}
 * @param access what it needs, from {@code x-gantry-permission}
 * @param auditEvent the event that success writes, from {@code x-gantry-audit}; empty for reads
 * @param parameters its path, query and header parameters by name
 * @param bodySchema JSON Schema of the body; null when it takes none
 * @param bodyRequired whether there must be a body
 */
record ApiOperation(
        String id,
        String method,
        String path,
        Access access,
        String auditEvent,
        Map<String, ObjectNode> parameters,
        @Nullable ObjectNode bodySchema,
        boolean bodyRequired) {

    /** What an operation needs of its caller. */
    sealed interface Access {
        /** Nothing, not even authentication. */
        record Anyone() implements Access {}

        /** A known caller; the operation itself shows only what that caller may see. */
        record Authenticated() implements Access {}

        /**
         * A permission that depends on the namespace in which a plain name is found, so that the registry checks it.
         *
         * @param permission for the reader of the document
         */
        record ByRegistry(String permission) implements Access {}

        /**
         * A permission.
         *
         * @param nameParameter the path parameter that names the object; empty for the action as such
         */
        record Needs(String resource, String action, String nameParameter) implements Access {}

        /** A permission that has an effect only in the organization which runs the installation. */
        record Platform(String resource, String action) implements Access {}
    }

    static ApiOperation of(String method, String path, JsonNode item, ObjectNode operation) {
        Map<String, ObjectNode> parameters = new LinkedHashMap<>();
        addParameters(parameters, item.get("parameters"));
        addParameters(parameters, operation.get("parameters"));
        JsonNode body = operation.path("requestBody");
        JsonNode schema = body.path("content").path("application/json").path("schema");
        return new ApiOperation(
                operation.get("operationId").textValue(),
                method.toUpperCase(Locale.ROOT),
                path,
                access(path, operation),
                operation.path("x-gantry-audit").asText(""),
                parameters,
                schema instanceof ObjectNode object ? object : null,
                body.path("required").asBoolean(false));
    }

    private static void addParameters(Map<String, ObjectNode> parameters, @Nullable JsonNode list) {
        if (list == null) {
            return;
        }
        for (JsonNode parameter : list) {
            parameters.put(parameter.get("name").textValue(), (ObjectNode) parameter);
        }
    }

    /** {@code anyone}, {@code authenticated}, {@code [registry |platform ]resource:action} or {@code …:{parameter}}. */
    private static Access access(String path, ObjectNode operation) {
        String text = operation.path("x-gantry-permission").asText("");
        if (text.equals("anyone")) {
            return new Access.Anyone();
        }
        if (text.equals("authenticated")) {
            return new Access.Authenticated();
        }
        if (text.startsWith("registry ")) {
            return new Access.ByRegistry(text.substring("registry ".length()));
        }
        boolean platform = text.startsWith("platform ");
        String[] parts = (platform ? text.substring("platform ".length()) : text).split(":", -1);
        if (parts.length < 2 || parts.length > (platform ? 2 : 3)) {
            throw new IllegalStateException("No usable x-gantry-permission at " + path + ": '" + text + "'");
        }
        if (platform) {
            return new Access.Platform(parts[0], parts[1]);
        }
        String parameter = parts.length == 3 ? parts[2].substring(1, parts[2].length() - 1) : "";
        return new Access.Needs(parts[0], parts[1], parameter);
    }

    /**
     * Returns the values of the template's parameters, in its order, if a path matches, else null. A parameter marked with
     * {@code x-gantry-slashes} takes several segments, as many as the rest of the template leaves.
     */
    @Nullable
    Map<String, String> match(String requestPath) {
        LinkedHashMap<String, String> values = new LinkedHashMap<>();
        return match(segments(path), 0, segments(requestPath), 0, values) ? values : null;
    }

    private boolean match(
            List<String> template, int at, List<String> actual, int from, LinkedHashMap<String, String> values) {
        if (at == template.size()) {
            return from == actual.size();
        }
        if (from == actual.size()) {
            return false;
        }
        String expected = template.get(at);
        if (!expected.startsWith("{")) {
            return expected.equals(actual.get(from)) && match(template, at + 1, actual, from + 1, values);
        }
        String name = expected.substring(1, expected.length() - 1);
        int most = takesSlashes(name) ? actual.size() - from : 1;
        for (int count = most; count >= 1; count--) {
            if (match(template, at + 1, actual, from + count, values)) {
                // From the last to the first.
                values.putFirst(name, decode(actual.subList(from, from + count)));
                return true;
            }
        }
        return false;
    }

    private boolean takesSlashes(String name) {
        ObjectNode parameter = parameters.get(name);
        return parameter != null && parameter.path("x-gantry-slashes").asBoolean(false);
    }

    /** How many of the template's segments are literal: of two templates that match, the more literal one is meant. */
    int literalSegments() {
        return (int) segments(path).stream()
                .filter(segment -> !segment.startsWith("{"))
                .count();
    }

    private static List<String> segments(String path) {
        return new ArrayList<>(Arrays.asList(path.substring(1).split("/", -1)));
    }

    /** Undoes percent encoding; {@code +} is itself in a path. Malformed encoding stays as it is and names nothing. */
    private static String decode(List<String> segments) {
        String joined = String.join("/", segments);
        try {
            return URLDecoder.decode(joined.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return joined;
        }
    }
}
