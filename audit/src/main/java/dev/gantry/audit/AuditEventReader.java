package dev.gantry.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.MicroDollars;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads events back from their canonical JSON; the opposite of {@link AuditEvent#toCanonicalJson()}. */
final class AuditEventReader {
    private AuditEventReader() {}

    static AuditEvent read(String canonicalJson) {
        JsonFields fields = JsonFields.of(Json.readObject(canonicalJson.getBytes(StandardCharsets.UTF_8)));
        JsonFields actor = require(fields, "actor");
        JsonFields metadata = require(fields, "metadata");
        Long cost = count(fields, "cost");
        return new AuditEvent(
                UUID.fromString(fields.requireText("id")),
                Instant.parse(fields.requireText("timestamp")),
                fields.requireText("event_type"),
                new AuditEvent.Actor(actor.text("user"), actor.text("key"), actor.text("address")),
                UUID.fromString(fields.requireText("organization")),
                fields.text("team"),
                fields.text("project"),
                text(fields, "resource"),
                text(fields, "action"),
                AuditResult.valueOf(fields.requireText("result").toUpperCase(Locale.ROOT)),
                fields.text("reason"),
                count(fields, "duration_ms"),
                count(fields, "tokens_used"),
                cost == null ? null : new MicroDollars(cost),
                fields.text("request_id"),
                fields.text("trace_id"),
                details(require(fields, "details").node()),
                new AuditEvent.Origin(text(metadata, "service"), text(metadata, "version"), text(metadata, "node")));
    }

    private static Map<String, AuditDetail> details(ObjectNode node) {
        Map<String, AuditDetail> details = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            details.put(entry.getKey(), detail(entry.getValue()));
        }
        return details;
    }

    private static AuditDetail detail(JsonNode value) {
        if (value.isBoolean()) {
            return AuditDetail.of(value.booleanValue());
        }
        return value.isIntegralNumber() ? AuditDetail.of(value.longValue()) : AuditDetail.of(value.asText());
    }

    private static @Nullable Long count(JsonFields fields, String name) {
        return fields.integer(name, 0, Long.MAX_VALUE);
    }

    private static String text(JsonFields fields, String name) {
        String text = fields.text(name);
        return text == null ? "" : text;
    }

    private static JsonFields require(JsonFields fields, String name) {
        JsonFields object = fields.object(name);
        if (object == null) {
            throw new GantryException(ErrorCode.INTERNAL, "An audit event lacks its field '" + name + "'");
        }
        return object;
    }
}
