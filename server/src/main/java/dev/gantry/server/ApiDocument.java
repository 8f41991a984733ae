package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The OpenAPI 3.1 document, merged from one file for each part of the API. It is the source of the routes, of what each
 * operation needs ({@code x-gantry-permission}), of what is audited ({@code x-gantry-audit}) and of the validation of
 * requests.
 */
final class ApiDocument {
    /** The parts, in the order in which they appear in the merged document. */
    static final List<String> PARTS = List.of(
            "gantry",
            "execute",
            "patterns",
            "assets",
            "reviews",
            "pattern-tests",
            "prompts",
            "git",
            "mirrors",
            "workflows",
            "runs",
            "triggers",
            "organizations",
            "platform",
            "identity",
            "signin",
            "accounts",
            "governance",
            "batches",
            "budgets",
            "gateway");

    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

    private final ObjectNode document;

    private ApiDocument(ObjectNode document) {
        this.document = document;
    }

    /** Reads the parts from the class path. */
    static ApiDocument load() {
        ObjectNode merged = Json.object();
        for (String part : PARTS) {
            merge(merged, part(part));
        }
        inlineParameters(merged);
        return new ApiDocument(merged);
    }

    /** Replaces references to shared parameters by the parameters themselves, so that nobody has to follow them. */
    private static void inlineParameters(ObjectNode document) {
        JsonNode shared = document.path("components").path("parameters");
        for (JsonNode path : document.get("paths")) {
            for (JsonNode level : path) {
                inlineParameters(level.get("parameters"), shared);
            }
            inlineParameters(path.get("parameters"), shared);
        }
    }

    private static void inlineParameters(@Nullable JsonNode parameters, JsonNode shared) {
        if (!(parameters instanceof ArrayNode list)) {
            return;
        }
        for (int index = 0; index < list.size(); index++) {
            String reference = list.get(index).path("$ref").asText("");
            if (!reference.isEmpty()) {
                list.set(index, shared.get(reference.substring(reference.lastIndexOf('/') + 1)));
            }
        }
    }

    /** Returns the whole document. */
    ObjectNode json() {
        return document;
    }

    /** Returns every operation under {@code /api}. */
    List<ApiOperation> operations() {
        List<ApiOperation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            if (!path.getKey().startsWith("/api/")) {
                continue;
            }
            for (String method : METHODS) {
                if (path.getValue().get(method) instanceof ObjectNode operation) {
                    operations.add(ApiOperation.of(method, path.getKey(), path.getValue(), operation));
                }
            }
        }
        return operations;
    }

    private static ObjectNode part(String name) {
        String resource = "/openapi/" + name + ".yaml";
        try (InputStream stream = ApiDocument.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("Missing on the class path: " + resource);
            }
            Object tree = new Load(LoadSettings.builder().setLabel(resource).build()).loadFromInputStream(stream);
            return Json.mapper().valueToTree(tree);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Adds an object to another one, level by level; a value that both hold must be an object in both. */
    private static void merge(ObjectNode target, ObjectNode addition) {
        for (Map.Entry<String, JsonNode> field : addition.properties()) {
            JsonNode present = target.get(field.getKey());
            if (present == null) {
                target.set(field.getKey(), field.getValue());
            } else if (present instanceof ObjectNode object && field.getValue() instanceof ObjectNode more) {
                merge(object, more);
            } else {
                throw new IllegalStateException("Two parts of the API document define '" + field.getKey() + "'");
            }
        }
    }
}
