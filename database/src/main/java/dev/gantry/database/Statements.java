package dev.gantry.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Statements of one transaction that travel to the database together, so that they cost one round trip instead of one each.
 * They are executed in the order in which they were added; the first that fails ends the transaction, and none of them has
 * an effect. For one thread.
 */
public final class Statements {
    /** Lists of statements whose joined text is kept; there are as many as there are mixtures of rows in a batch. */
    private static final int TEXTS_MAX = 256;

    private static final String COMMIT = "COMMIT";

    private final Map<List<String>, String> texts = new HashMap<>();
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
     * @param values of the parameters, as JDBC takes them, and arrays made by {@link BatchColumns#arrays}; none is null
     */
    public void add(String sql, List<?> values) {
        waiting.add(sql);
        parameters.addAll(values);
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
        String known = texts.get(waiting);
        if (known != null) {
            return known;
        }
        if (texts.size() >= TEXTS_MAX) {
            texts.clear();
        }
        String joined = String.join(";\n", waiting);
        texts.put(List.copyOf(waiting), joined);
        return joined;
    }
}
