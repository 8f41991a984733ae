package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;
import dev.gantry.kernel.MicroDollars;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as canonical JSON (RFC 8785): absent fields are left out, cost is in micro-dollars. Members are written in
 * their order, so that nothing is sorted or collected first.
 */
final class EventWriter {
    private EventWriter() {}

    /** Writes an event with its names readable, as the API shows it. */
    static void readable(CanonicalJson json, AuditEvent event) {
        head(json, event);
        AuditEvent.Actor actor = event.actor();
        json.begin("actor")
                .putIfPresent("address", actor.address())
                .putIfPresent("key", actor.key())
                .putIfPresent("user", actor.user())
                .end();
        middle(json, event);
        tail(json, event, event.resource(), event.reason());
    }

    /** Writes an event as it is stored, with what is personal in it sealed. */
    static void sealed(CanonicalJson json, AuditEvent event, SealedPersons persons) {
        head(json, event);
        json.begin("actor")
                .putIfPresent("key", event.actor().key())
                .putIfPresent("subject", persons.actorText())
                .end();
        middle(json, event);
        persons.write(json);
        tail(json, event, persons.resource(), persons.reason(event));
    }

    private static void head(CanonicalJson json, AuditEvent event) {
        json.put("action", event.action());
    }

    private static void middle(CanonicalJson json, AuditEvent event) {
        MicroDollars cost = event.cost();
        putIfPresent(json, "cost", cost == null ? null : cost.value());
        json.begin("details");
        for (Map.Entry<String, AuditDetail> detail : event.details().entrySet()) {
            put(json, detail.getKey(), detail.getValue());
        }
        json.end();
        putIfPresent(json, "duration_ms", event.durationMs());
        json.put("event_type", event.eventType())
                .put("id", event.id().toString())
                .begin("metadata")
                .put("node", event.metadata().node())
                .put("service", event.metadata().service())
                .put("version", event.metadata().version())
                .end()
                .put("organization", event.organization().toString());
    }

    private static void tail(CanonicalJson json, AuditEvent event, String resource, @Nullable String reason) {
        json.putIfPresent("project", event.project())
                .putIfPresent("reason", reason)
                .putIfPresent("request_id", event.requestId())
                .put("resource", resource)
                .put("result", event.result().id())
                .putIfPresent("team", event.team())
                .put("timestamp", event.timestamp().toString());
        putIfPresent(json, "tokens_used", event.tokensUsed());
        json.putIfPresent("trace_id", event.traceId()).close();
    }

    private static void put(CanonicalJson json, String name, AuditDetail detail) {
        switch (detail) {
            case AuditDetail.Text text -> json.put(name, text.value());
            case AuditDetail.Count count -> json.put(name, count.value());
            case AuditDetail.Flag flag -> json.put(name, flag.value());
        }
    }

    private static void putIfPresent(CanonicalJson json, String name, @Nullable Long value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
