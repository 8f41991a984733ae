package dev.gantry.database;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What is done in one {@link Transaction}. */
@FunctionalInterface
public interface TransactionWork<T extends @Nullable Object> {
    /** Does it; an exception rolls everything back. */
    T in(Transaction transaction) throws SQLException;
}
