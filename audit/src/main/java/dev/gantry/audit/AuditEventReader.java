package dev.gantry.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.DataKey;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.MicroDollars;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads events back from their canonical JSON; the opposite of {@link AuditEvent#toCanonicalJson()}. */
final class AuditEventReader {
    private AuditEventReader() {}

    /** What is shown in place of a name whose key was destroyed. */
    static final String ERASED = "(erased %s)";

    /** An event as it is stored, before what is personal in it is opened. */
    record Stored(JsonFields fields, Map<UUID, byte[]> sealed) {}

    static Stored parse(String stored) {
        JsonFields fields = JsonFields.of(Json.readObject(stored.getBytes(StandardCharsets.UTF_8)));
        Map<UUID, byte[]> sealed = new HashMap<>();
        JsonFields personal = fields.object("personal");
        if (personal != null) {
            for (Map.Entry<String, JsonNode> entry : personal.node().properties()) {
                sealed.put(
                        UUID.fromString(entry.getKey()),
                        Base64.getUrlDecoder().decode(entry.getValue().asText()));
            }
        }
        return new Stored(fields, sealed);
    }

    /** Returns an event whose text holds everything readable, as {@link AuditEvent#toCanonicalJson()} gives it. */
    static AuditEvent read(String readable) {
        return read(parse(readable), Map.of());
    }

    /**
     * Returns an event with its names.
     *
     * @param keys of the subjects whom it names; a key that is missing was destroyed
     */
    static AuditEvent read(Stored stored, Map<UUID, DataKey> keys) {
        JsonFields fields = stored.fields();
        JsonFields actor = require(fields, "actor");
        String user = actor.text("user");
        String address = actor.text("address");
        String resource = text(fields, "resource");
        String subject = actor.text("subject");
        String reason = fields.text("reason");
        Map<String, String> names = new HashMap<>();
        for (Map.Entry<UUID, byte[]> entry : stored.sealed().entrySet()) {
            DataKey key = keys.get(entry.getKey());
            boolean ofActor = entry.getKey().toString().equals(subject);
            if (key == null) {
                user = ofActor ? ERASED.formatted(subject) : user;
                continue;
            }
            JsonFields texts =
                    JsonFields.of(Json.readObject(key.open(entry.getValue(), SubjectKeys.boundTo(entry.getKey()))));
            if (ofActor) {
                user = texts.text("user");
                address = texts.text("address");
                putIfPresent(names, subject, user);
            }
            putIfPresent(names, entry.getKey().toString(), texts.text("name"));
            String readable = texts.text("resource");
            if (readable != null) {
                resource = readable;
                List<AuditPersons.Named> people = AuditPersons.inResource(readable);
                putIfPresent(
                        names,
                        entry.getKey().toString(),
                        people.isEmpty() ? null : people.getFirst().person());
            }
        }
        for (Map.Entry<String, String> known : names.entrySet()) {
            reason = AuditPersons.renamed(reason, known.getKey(), known.getValue());
            resource = String.valueOf(AuditPersons.renamed(resource, known.getKey(), known.getValue()));
        }
        JsonFields metadata = require(fields, "metadata");
        Long cost = count(fields, "cost");
        return new AuditEvent(
                UUID.fromString(fields.requireText("id")),
                Instant.parse(fields.requireText("timestamp")),
                fields.requireText("event_type"),
                new AuditEvent.Actor(user, actor.text("key"), address),
                UUID.fromString(fields.requireText("organization")),
                fields.text("team"),
                fields.text("project"),
                resource,
                text(fields, "action"),
                AuditResult.valueOf(fields.requireText("result").toUpperCase(Locale.ROOT)),
                reason,
                count(fields, "duration_ms"),
                count(fields, "tokens_used"),
                cost == null ? null : new MicroDollars(cost),
                fields.text("request_id"),
                fields.text("trace_id"),
                details(require(fields, "details").node()),
                new AuditEvent.Origin(text(metadata, "service"), text(metadata, "version"), text(metadata, "node")));
    }

    /** Keeps what a subject is called; the first name counts. */
    private static void putIfPresent(Map<String, String> names, @Nullable String subject, @Nullable String name) {
        if (subject != null && name != null) {
            names.putIfAbsent(subject, name);
        }
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
