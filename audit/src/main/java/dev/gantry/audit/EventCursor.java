package dev.gantry.audit;

import dev.gantry.proof.CompactRange;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** The events of one organization in the order of their batches, as bytes. Used by one thread. */
final class EventCursor implements AutoCloseable {
    private static final int ROWS = 5_000;

    /** Makes the driver take results in binary form from the first on, which spares both sides the conversion. */
    private static final int ALWAYS_BINARY = -1;

    private static final int SHARD = 1;
    private static final int BATCH = 2;
    private static final int LEAF = 3;
    private static final int ID = 4;
    private static final int OCCURRED_AT = 5;
    private static final int SUBJECT = 6;
    private static final int EVENT_TYPE = 7;
    private static final int RESOURCE = 8;
    private static final int TEAM = 9;
    private static final int RESULT = 10;
    private static final int REQUEST_ID = 11;
    private static final int EVENT = 12;

    private final PreparedStatement select;
    private @Nullable ResultSet rows;
    private boolean ended;
    private int shard;
    private long batch;
    private int leaf;
    private byte[] event = new byte[0];

    /** Reads events that were recorded from one time on and before another; null is no bound. */
    EventCursor(Connection connection, UUID organization, @Nullable Instant from, @Nullable Instant to)
            throws SQLException {
        select = connection.prepareStatement("""
                SELECT shard, batch, leaf, id, occurred_at, subject, event_type, resource, team, result, request_id, event
                FROM audit_events
                WHERE organization_id = ? AND recorded_at >= ? AND recorded_at < ?
                ORDER BY shard, batch, leaf
                """);
        select.unwrap(PGStatement.class).setPrepareThreshold(ALWAYS_BINARY);
        select.setFetchSize(ROWS);
        select.setObject(1, organization);
        select.setObject(2, start(from));
        select.setObject(3, end(to));
    }

    /** Returns a time from which on to read, as the database takes it; null is no bound. */
    static OffsetDateTime start(@Nullable Instant from) {
        return from == null ? OffsetDateTime.MIN : from.atOffset(ZoneOffset.UTC);
    }

    /** Returns a time before which to read, as the database takes it; null is no bound. */
    static OffsetDateTime end(@Nullable Instant to) {
        return to == null ? OffsetDateTime.MAX : to.atOffset(ZoneOffset.UTC);
    }

    /** Goes to the next event, or behind the last. */
    void advance() throws SQLException {
        ResultSet current = rows;
        if (current == null) {
            current = select.executeQuery();
            rows = current;
        }
        ended = !current.next();
        if (!ended) {
            shard = current.getInt(SHARD);
            batch = current.getLong(BATCH);
            leaf = current.getInt(LEAF);
            event = current.getBytes(EVENT);
        }
    }

    private ResultSet row() {
        ResultSet current = rows;
        if (current == null || ended) {
            throw new IllegalStateException("The cursor is at no event");
        }
        return current;
    }

    boolean isOf(int ofShard, long ofBatch) {
        return !ended && shard == ofShard && batch == ofBatch;
    }

    boolean isBefore(int beforeShard, long beforeBatch) {
        return !ended && (shard < beforeShard || (shard == beforeShard && batch < beforeBatch));
    }

    int shard() {
        return shard;
    }

    long batch() {
        return batch;
    }

    int leaf() {
        return leaf;
    }

    UUID id() throws SQLException {
        return row().getObject(ID, UUID.class);
    }

    byte[] event() {
        return event;
    }

    void appendTo(CompactRange tree) {
        tree.appendData(event, 0, event.length);
    }

    /** Returns the name of a column that says something else than the event; null when none does. */
    @Nullable
    String alteredColumn() throws SQLException {
        ResultSet current = row();
        CanonicalMembers members = new CanonicalMembers(event);
        UUID subject = current.getObject(SUBJECT, UUID.class);
        if (!members.actorHas("subject", subject == null ? null : text(subject))) {
            return "subject";
        }
        if (!members.is("event_type", current.getBytes(EVENT_TYPE))) {
            return "event_type";
        }
        if (!members.is("id", text(current.getObject(ID, UUID.class)))) {
            return "id";
        }
        if (!members.is("request_id", current.getBytes(REQUEST_ID))) {
            return "request_id";
        }
        if (!members.is("resource", current.getBytes(RESOURCE))) {
            return "resource";
        }
        if (!members.is("result", current.getBytes(RESULT))) {
            return "result";
        }
        if (!members.is("team", current.getBytes(TEAM))) {
            return "team";
        }
        Instant occurredAt =
                current.getObject(OCCURRED_AT, OffsetDateTime.class).toInstant();
        return members.is("timestamp", text(occurredAt)) ? null : "occurred_at";
    }

    private static byte[] text(Object value) {
        return value.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws SQLException {
        select.close();
    }

    /** Looks at members of canonical JSON without reading all of it. Members must be asked for in their order. */
    private static final class CanonicalMembers {
        private final byte[] json;
        private final int limit;
        private int position;

        CanonicalMembers(byte[] json) {
            this(json, 0, json.length);
        }

        private CanonicalMembers(byte[] json, int start, int limit) {
            this.json = json;
            this.position = start + 1;
            this.limit = limit;
        }

        /** Returns whether the outermost object has a text member of this value; null stands for no such member. */
        boolean is(String name, byte @Nullable [] value) {
            while (position < limit - 1) {
                int order = compareName(name);
                if (order > 0) {
                    break;
                }
                int start = position + nameLength() + 3;
                int end = skipValue(start);
                if (order == 0) {
                    return value != null && equalText(start, end, value);
                }
                position = end < json.length && json[end] == ',' ? end + 1 : end;
            }
            return value == null;
        }

        /** The same of the object {@code actor}, which comes before all other members that are asked for. */
        boolean actorHas(String name, byte @Nullable [] value) {
            while (position < limit - 1) {
                int order = compareName("actor");
                if (order > 0) {
                    break;
                }
                int start = position + nameLength() + 3;
                int end = skipValue(start);
                if (order == 0) {
                    return new CanonicalMembers(json, start, end).is(name, value);
                }
                position = end < json.length && json[end] == ',' ? end + 1 : end;
            }
            return value == null;
        }

        private int nameLength() {
            int end = position + 1;
            while (end < json.length && json[end] != '"') {
                end++;
            }
            return end - position - 1;
        }

        /** Compares the member at hand with a name: below 0 when it comes before. */
        private int compareName(String name) {
            int at = position + 1;
            for (int index = 0; index < name.length(); index++, at++) {
                int actual = at < json.length ? json[at] : 0;
                if (actual != name.charAt(index)) {
                    return actual == '"' ? -1 : actual - name.charAt(index);
                }
            }
            return at < json.length && json[at] == '"' ? 0 : 1;
        }

        private int skipValue(int start) {
            int depth = 0;
            for (int at = start; at < json.length; at++) {
                byte character = json[at];
                if (character == '"') {
                    at = skipText(at);
                } else if (character == '{' || character == '[') {
                    depth++;
                } else if (character == '}' || character == ']') {
                    if (depth == 0) {
                        return at;
                    }
                    depth--;
                } else if (character == ',' && depth == 0) {
                    return at;
                }
            }
            return json.length;
        }

        private int skipText(int start) {
            int at = start + 1;
            while (at < json.length && json[at] != '"') {
                at += json[at] == '\\' ? 2 : 1;
            }
            return at;
        }

        private boolean equalText(int start, int end, byte[] value) {
            if (Arrays.equals(json, start + 1, end - 1, value, 0, value.length)) {
                return true;
            }
            String quoted = new String(json, start, end - start, StandardCharsets.UTF_8);
            return quoted.indexOf('\\') >= 0
                    && dev.gantry.kernel.Json.read(quoted).asText().equals(new String(value, StandardCharsets.UTF_8));
        }
    }
}
