package dev.gantry.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * Statements of one transaction that travel to the database together, so that they cost one round trip instead of one each.
 * They are executed in the order in which they were added; the first that fails ends the transaction, and none of them has
 * an effect. For one thread.
 */
public final class Statements {
    private static final String COMMIT = "COMMIT";

    /** Lists of statements whose joined text is kept; there are as many as there are mixtures of rows in a batch. */
    private static final int TEXTS_MAX = 256;

    private static final Map<List<String>, String> TEXTS = new ConcurrentHashMap<>();

    private final List<String> waiting = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();
    private final Handle handle;

    /**
     * Creates an empty list.
     *
     * @param handle whose connection does not commit by itself
     */
    public Statements(Handle handle) {
        this.handle = handle;
    }

    /**
     * Returns the transaction itself, for what must be known before a statement can be added. What runs there runs before all
     * statements that were added and not yet sent.
     */
    public Handle handle() {
        return handle;
    }

    /**
     * Adds a statement without a result.
     *
     * @param sql with one {@code ?} a parameter
     * @param values of the parameters, as JDBC takes them, and arrays made by {@link BatchColumns#arrays}; none is null: what
     *     may be is wrapped, as in {@link #text}
     */
    public void add(String sql, List<?> values) {
        waiting.add(sql);
        parameters.addAll(values);
    }

    /** Returns a parameter of a type that is always the same, so that the server need not prepare the statement again. */
    public static Object text(@Nullable String value) {
        return value == null ? new Null("varchar") : value;
    }

    /** The same for a time. */
    public static Object time(@Nullable Instant value) {
        return value == null ? new Null("timestamptz") : value.atOffset(ZoneOffset.UTC);
    }

    /** The same for an id. */
    public static Object id(@Nullable UUID value) {
        return value == null ? new Null("uuid") : value;
    }

    /** The same for bytes. */
    public static Object bytes(byte @Nullable [] value) {
        return value == null ? new Null("bytea") : value;
    }

    /** No value of a type, which the driver would leave open for a plain null. */
    private static final class Null extends PGobject {
        private static final long serialVersionUID = 1;

        Null(String type) {
            setType(type);
        }
    }

    /** Sends what was added and waits until it is done. */
    public void send() throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = handle.getConnection().prepareStatement(text())) {
            int index = 1;
            for (Object parameter : parameters) {
                statement.setObject(index++, parameter);
            }
            statement.execute();
        } finally {
            clear();
        }
    }

    /** Sends what was added and the transaction's end with it, and waits until that is durable. */
    void sendAndCommit() throws SQLException {
        waiting.add(COMMIT);
        send();
    }

    /** Forgets what was not sent. */
    void clear() {
        waiting.clear();
        parameters.clear();
    }

    /** The driver recognises a statement that it prepared by its text, so equal lists get the same one. */
    private String text() {
        String known = TEXTS.get(waiting);
        if (known != null) {
            return known;
        }
        if (TEXTS.size() >= TEXTS_MAX) {
            TEXTS.clear();
        }
        String joined = String.join(";\n", waiting);
        TEXTS.put(List.copyOf(waiting), joined);
        return joined;
    }
}
