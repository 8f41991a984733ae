package dev.gantry.audit;

import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.TimeCursor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** SQL of the audit log. */
final class AuditStore {
    /** How long a search may keep the database busy. */
    private static final String SET_TIMEOUT = "SET LOCAL statement_timeout = '15s'";

    /** The types of nearly all events, which the index by type leaves out; the same as in the migration. */
    private static final List<String> BULK_TYPES = List.of("model.chat", "pattern.execute");

    private AuditStore() {}

    static AuditPage query(Handle handle, AuditQuery query) {
        handle.execute(SET_TIMEOUT);
        Map<String, Object> parameters = new LinkedHashMap<>();
        String sql = sql(query, parameters);
        try (Query select = handle.createQuery(sql)) {
            select.bindMap(parameters).bind("limit", query.limit() + 1);
            List<AuditEvent> events = new ArrayList<>(
                    select.mapTo(String.class).map(AuditEventReader::read).list());
            if (events.size() <= query.limit()) {
                return new AuditPage(events, null);
            }
            events.removeLast();
            AuditEvent last = events.getLast();
            return new AuditPage(events, new TimeCursor(last.timestamp(), last.id()));
        }
    }

    /** Returns the statement and fills its parameters, all but {@code limit}. */
    static String sql(AuditQuery query, Map<String, Object> parameters) {
        StringBuilder conditions = new StringBuilder();
        add(conditions, parameters, "occurred_at >= :from", "from", query.from());
        add(conditions, parameters, "occurred_at < :to", "to", query.to());
        addPattern(conditions, parameters, "event_type", query.eventType());
        if (query.eventType() != null && !meansBulk(query.eventType())) {
            conditions.append("\n  AND event_type NOT IN ('model.chat', 'pattern.execute')");
        }
        add(conditions, parameters, "actor = :actor", "actor", query.actor());
        addPattern(conditions, parameters, "resource", query.resource());
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

    /** Writes a batch in one statement. Used by the one writer of the group commit. */
    static final class Insert implements GroupCommit.BatchInsert<AuditEvent> {
        /** In the select list, {@code unnest} streams; in FROM it would first collect every column on its own. */
        private static final String SQL = """
                INSERT INTO audit_events (organization_id, occurred_at, id, event_type, actor, resource, team, result,
                                          request_id, event)
                SELECT ?, timestamptz 'epoch' + occurred_at_us * interval '1 microsecond', id, event_type, actor, resource,
                       team, result, request_id, event
                FROM (SELECT unnest(?::bigint[]) AS occurred_at_us, unnest(?::uuid[]) AS id,
                             unnest(?::text[]) AS event_type, unnest(?::text[]) AS actor, unnest(?::text[]) AS resource,
                             unnest(?::text[]) AS team, unnest(?::text[]) AS result, unnest(?::text[]) AS request_id,
                             unnest(?::text[]) AS event) AS rows
                """;

        @Override
        public void insert(Handle handle, UUID organization, List<AuditEvent> rows) {
            Connection connection = handle.getConnection();
            try (PreparedStatement statement = connection.prepareStatement(SQL)) {
                statement.setObject(1, organization);
                setArray(statement, 2, "int8", column(rows, Long[]::new, event -> microseconds(event.timestamp())));
                setArray(statement, 3, "uuid", column(rows, UUID[]::new, AuditEvent::id));
                setArray(statement, 4, "text", column(rows, String[]::new, AuditEvent::eventType));
                setArray(
                        statement,
                        5,
                        "text",
                        column(rows, String[]::new, event -> event.actor().user()));
                setArray(statement, 6, "text", column(rows, String[]::new, AuditEvent::resource));
                setArray(statement, 7, "text", column(rows, String[]::new, AuditEvent::team));
                setArray(
                        statement,
                        8,
                        "text",
                        column(rows, String[]::new, event -> event.result().id()));
                setArray(statement, 9, "text", column(rows, String[]::new, AuditEvent::requestId));
                setArray(statement, 10, "text", column(rows, String[]::new, AuditEvent::toCanonicalJson));
                statement.executeUpdate();
            } catch (SQLException failure) {
                throw new InsertFailure(failure);
            }
        }

        private static void setArray(PreparedStatement statement, int index, String type, @Nullable Object[] values)
                throws SQLException {
            statement.setArray(index, statement.getConnection().createArrayOf(type, values));
        }

        private static <T> @Nullable T[] column(
                List<AuditEvent> rows, IntFunction<@Nullable T[]> array, Function<AuditEvent, @Nullable T> value) {
            @Nullable T[] column = array.apply(rows.size());
            for (int index = 0; index < column.length; index++) {
                column[index] = value.apply(rows.get(index));
            }
            return column;
        }

        private static long microseconds(Instant time) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, time);
        }
    }

    /** The statement failed; the group commit decides by its cause what that means for the rows. */
    static final class InsertFailure extends RuntimeException {
        InsertFailure(SQLException cause) {
            super(cause);
        }
    }
}
