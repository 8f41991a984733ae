package dev.gantry.jobs;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What is done in one transaction together with a change of tasks. */
@FunctionalInterface
public interface TaskWork<T extends @Nullable Object> {
    /** Does it; an exception rolls everything back. */
    T in(TaskTransaction transaction) throws SQLException;
}
