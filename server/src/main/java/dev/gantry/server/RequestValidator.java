package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.Text;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Checks requests against the API document before any handler sees them. Thread-safe. */
final class RequestValidator {
    private static final String BASE = "urn:gantry:";
    private static final int ERRORS_MAX = 20;
    private static final char NUL = 0;
    private static final String NUL_REFUSED = "must not contain the character U+0000";
    private static final int QUERY_PARAMETERS_MAX = 50;

    private final JsonObject components;
    private final ConcurrentHashMap<String, Validator> validators = new ConcurrentHashMap<>();

    RequestValidator(ApiDocument document) {
        JsonNode schemas = document.json().path("components").path("schemas");
        this.components = new JsonObject(schemas.isMissingNode() ? "{}" : schemas.toString());
    }

    /**
     * Reads and checks the parameters and the body.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with a pointer to each wrong place
     */
    ApiRequest validate(ApiOperation operation, Map<String, String> path, Inbound inbound) {
        Map<String, String> query = query(operation, inbound.query());
        List<FieldError> errors = new ArrayList<>();
        for (Map.Entry<String, ObjectNode> parameter : operation.parameters().entrySet()) {
            checkParameter(operation, parameter.getKey(), parameter.getValue(), path, query, inbound.headers(), errors);
        }
        refuse(errors);
        return new ApiRequest(path, query, inbound.headers(), body(operation, inbound));
    }

    private ObjectNode body(ApiOperation operation, Inbound inbound) {
        ObjectNode schema = operation.bodySchema();
        if (schema == null) {
            inbound.requireBody();
            return ApiRequest.noBody();
        }
        byte[] bytes = inbound.requireJsonBody();
        if (bytes.length == 0 && !operation.bodyRequired()) {
            return ApiRequest.noBody();
        }
        ObjectNode body = Json.readObject(bytes);
        Validator validator = validators.computeIfAbsent(operation.id(), id -> validator(id, schema));
        List<FieldError> errors = new ArrayList<>();
        collect(validator.validate(new JsonObject(body.toString())), errors);
        errors.addAll(JsonFields.nulCharacters(body, Math.max(0, ERRORS_MAX - errors.size())));
        refuse(errors);
        return body;
    }

    private void checkParameter(
            ApiOperation operation,
            String name,
            ObjectNode parameter,
            Map<String, String> path,
            Map<String, String> query,
            MultiMap headers,
            List<FieldError> errors) {
        String place = parameter.path("in").asText();
        String value = switch (place) {
            case "path" -> path.get(name);
            case "query" -> query.get(name);
            default -> headers.get(name);
        };
        String pointer = "/" + place + "/" + name;
        if (value == null) {
            if (parameter.path("required").asBoolean(false)) {
                errors.add(new FieldError(pointer, "is required"));
            }
            return;
        }
        if (value.indexOf(NUL) >= 0) {
            errors.add(new FieldError(pointer, NUL_REFUSED));
            return;
        }
        JsonNode schema = parameter.path("schema");
        Object typed = typed(schema.path("type").asText("string"), value);
        if (typed == null) {
            errors.add(new FieldError(
                    pointer,
                    "must be of type " + schema.path("type").asText() + ", not '" + Text.shorten(value, 60) + "'"));
            return;
        }
        String key = operation.id() + "/" + place + "/" + name;
        Validator validator = validators.computeIfAbsent(key, id -> validator(id, (ObjectNode) schema));
        List<FieldError> found = new ArrayList<>();
        collect(validator.validate(typed), found);
        found.forEach(error -> errors.add(new FieldError(pointer, error.message())));
    }

    private static @Nullable Object typed(String type, String value) {
        try {
            return switch (type) {
                case "integer" -> Integer.valueOf(value);
                case "number" -> Double.valueOf(value);
                case "boolean" -> value.equals("true") ? Boolean.TRUE : value.equals("false") ? Boolean.FALSE : null;
                default -> value;
            };
        } catch (NumberFormatException malformed) {
            return null;
        }
    }

    private Validator validator(String id, ObjectNode schema) {
        JsonObject root = new JsonObject(schema.toString());
        root.put("$id", BASE + id.replace('/', ':'));
        root.put("components", new JsonObject().put("schemas", components.copy()));
        SchemaRepository repository = SchemaRepository.create(new JsonSchemaOptions()
                .setBaseUri(BASE)
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic));
        return repository.dereference(JsonSchema.of(root)).validator(JsonSchema.of(root));
    }

    /** Only the innermost errors say something to a person; the others repeat that a level above fails. */
    private static void collect(OutputUnit result, List<FieldError> errors) {
        if (Boolean.TRUE.equals(result.getValid())) {
            return;
        }
        List<OutputUnit> units = result.getErrors() == null ? List.of(result) : result.getErrors();
        Set<String> seen = new LinkedHashSet<>();
        for (OutputUnit unit : units) {
            String message = unit.getError() == null ? "is invalid" : unit.getError();
            boolean wrapper = (message.startsWith("Property \"") && message.contains("does not match schema"))
                    || message.startsWith("Items did not match")
                    || message.startsWith("A subschema had errors");
            String pointer = pointer(unit.getInstanceLocation());
            if (!wrapper && errors.size() < ERRORS_MAX && seen.add(pointer + message)) {
                errors.add(new FieldError(pointer, Text.shorten(message, 200)));
            }
        }
        if (errors.isEmpty()) {
            errors.add(new FieldError("", "does not match the schema of this operation"));
        }
    }

    private static String pointer(@Nullable String location) {
        return location == null ? "" : location.startsWith("#") ? location.substring(1) : location;
    }

    private static void refuse(List<FieldError> errors) {
        if (!errors.isEmpty()) {
            FieldError first = errors.getFirst();
            String where = first.pointer().isEmpty() ? "The body" : "'" + first.pointer() + "'";
            throw new GantryException(ErrorCode.INVALID_REQUEST, where + ": " + first.message(), errors, null, null);
        }
    }

    private static Map<String, String> query(ApiOperation operation, @Nullable String query) {
        Map<String, String> values = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return values;
        }
        String[] pairs = query.split("&", -1);
        if (pairs.length > QUERY_PARAMETERS_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "The query has more than " + QUERY_PARAMETERS_MAX + " parameters");
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            ObjectNode parameter = operation.parameters().get(name);
            if (parameter == null || !parameter.path("in").asText().equals("query")) {
                throw unknownParameter(operation, name);
            }
            if (values.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "'" + name + "' stands in the query twice");
            }
        }
        return values;
    }

    private static GantryException unknownParameter(ApiOperation operation, String name) {
        List<String> known = operation.parameters().entrySet().stream()
                .filter(entry -> entry.getValue().path("in").asText().equals("query"))
                .map(Map.Entry::getKey)
                .toList();
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + Text.shorten(name, 60) + "' is not a parameter of this operation" + Text.didYouMean(name, known),
                List.of(new FieldError("/query/" + Text.shorten(name, 60), "is not known")),
                null,
                null);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The query is not validly percent-encoded");
        }
    }
}
