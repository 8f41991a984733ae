package dev.gantry.database;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What is done in one transaction. */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
    /** Does it; an exception rolls the transaction back. The handle ends with the transaction. */
    T in(Handle handle) throws SQLException;
}
