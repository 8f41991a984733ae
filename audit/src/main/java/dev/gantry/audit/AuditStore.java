package dev.gantry.audit;

import dev.gantry.crypto.DataKey;
import dev.gantry.kernel.TimeCursor;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** SQL of the audit log. */
final class AuditStore {
    /** How long a search may keep the database busy. */
    private static final String SET_TIMEOUT = "SET LOCAL statement_timeout = '15s'";

    /** The types of nearly all events, which the index by type leaves out; the same as in the migration. */
    private static final List<String> BULK_TYPES = List.of("model.chat", "pattern.execute");

    private static final Pattern SUBJECT = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private AuditStore() {}

    /** Searches, in a transaction of the organization. */
    static AuditPage query(Handle handle, UUID organization, AuditQuery query, SubjectKeys subjects)
            throws SQLException {
        handle.execute(SET_TIMEOUT);
        UUID actor = null;
        if (query.actor() != null) {
            actor = subject(handle, organization, query.actor(), subjects);
            if (actor == null) {
                return new AuditPage(List.of(), null);
            }
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        String sql = sql(query, actor, resource(handle, organization, query, subjects), parameters);
        try (Query select = handle.createQuery(sql)) {
            select.bindMap(parameters).bind("limit", query.limit() + 1);
            List<AuditEvent> events =
                    readable(handle, organization, select.mapTo(String.class).list(), subjects);
            if (events.size() <= query.limit()) {
                return new AuditPage(events, null);
            }
            events.removeLast();
            AuditEvent last = events.getLast();
            return new AuditPage(events, new TimeCursor(last.timestamp(), last.id()));
        }
    }

    /** Returns which of some events of one request are stored. */
    static Set<UUID> recorded(Handle handle, String requestId, Collection<UUID> events) {
        return handle.createQuery("SELECT id FROM audit_events WHERE request_id = :request AND id = ANY (:ids)")
                .bind("request", requestId)
                .bindArray("ids", UUID.class, events)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    /** Returns the subject of somebody; who was erased is known by the subject only. */
    private static @Nullable UUID subject(Handle handle, UUID organization, String actor, SubjectKeys subjects)
            throws SQLException {
        UUID subject = subjects.find(handle, organization, actor);
        if (subject != null || !SUBJECT.matcher(actor).matches()) {
            return subject;
        }
        return UUID.fromString(actor);
    }

    /** Opens what is personal in stored events, in a transaction of their organization. */
    static List<AuditEvent> readable(Handle handle, UUID organization, List<String> stored, SubjectKeys subjects)
            throws SQLException {
        List<AuditEventReader.Stored> parsed =
                stored.stream().map(AuditEventReader::parse).toList();
        Set<UUID> named = new HashSet<>();
        parsed.forEach(event -> named.addAll(event.sealed().keySet()));
        Map<UUID, DataKey> keys = subjects.open(handle, organization, named);
        List<AuditEvent> events = new ArrayList<>(parsed.size());
        parsed.forEach(event -> events.add(AuditEventReader.read(event, keys)));
        return events;
    }

    /** A resource that names people is stored with their subjects in the names' places. */
    private static @Nullable String resource(Handle handle, UUID organization, AuditQuery query, SubjectKeys subjects)
            throws SQLException {
        String resource = query.resource();
        if (resource == null) {
            return null;
        }
        boolean prefix = resource.endsWith("*");
        String written = prefix ? resource.substring(0, resource.length() - 1) : resource;
        List<AuditPersons.Named> people = AuditPersons.inResource(written);
        Map<String, String> known = new HashMap<>();
        for (AuditPersons.Named named : people) {
            UUID subject = subjects.find(handle, organization, named.person());
            if (subject != null) {
                known.put(named.key(), subject.toString());
            }
        }
        return AuditPersons.replaced(written, people, known) + (prefix ? "*" : "");
    }

    /** Returns the statement and fills its parameters, all but {@code limit}. */
    static String sql(
            AuditQuery query, @Nullable UUID actor, @Nullable String resource, Map<String, Object> parameters) {
        StringBuilder conditions = new StringBuilder();
        add(conditions, parameters, "occurred_at >= :from", "from", query.from());
        add(conditions, parameters, "occurred_at < :to", "to", query.to());
        addPattern(conditions, parameters, "event_type", query.eventType());
        if (query.eventType() != null && !meansBulk(query.eventType())) {
            conditions.append("\n  AND event_type NOT IN ('model.chat', 'pattern.execute')");
        }
        add(conditions, parameters, "subject = :subject", "subject", actor);
        addPattern(conditions, parameters, "resource", resource);
        add(conditions, parameters, "team = :team", "team", query.team());
        AuditResult result = query.result();
        add(conditions, parameters, "result = :result", "result", result == null ? null : result.id());
        if (result != null && result != AuditResult.SUCCESS) {
            conditions.append("\n  AND result <> 'success'");
        }
        add(conditions, parameters, "request_id = :requestId", "requestId", query.requestId());
        TimeCursor after = query.after();
        if (after != null) {
            add(conditions, parameters, "(occurred_at, id) < (:afterTime, :afterId)", "afterTime", after.time());
            parameters.put("afterId", after.id());
        }
        return """
                SELECT event
                FROM audit_events
                WHERE TRUE %s
                ORDER BY occurred_at DESC, id DESC
                LIMIT :limit
                """.formatted(conditions);
    }

    private static boolean meansBulk(String pattern) {
        return pattern.endsWith("*")
                ? BULK_TYPES.stream().anyMatch(type -> type.startsWith(pattern.substring(0, pattern.length() - 1)))
                : BULK_TYPES.contains(pattern);
    }

    private static void add(
            StringBuilder conditions,
            Map<String, Object> parameters,
            String condition,
            String parameter,
            @Nullable Object value) {
        if (value != null) {
            conditions.append("\n  AND ").append(condition);
            parameters.put(parameter, value);
        }
    }

    private static void addPattern(
            StringBuilder conditions, Map<String, Object> parameters, String column, @Nullable String pattern) {
        if (pattern != null && pattern.endsWith("*")) {
            String prefix = pattern.substring(0, pattern.length() - 1);
            String escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
            add(conditions, parameters, column + " LIKE :" + column, column, escaped + "%");
        } else {
            add(conditions, parameters, column + " = :" + column, column, pattern);
        }
    }
}
