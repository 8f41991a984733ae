package dev.gantry.gitsync;

import dev.gantry.kernel.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads and writes the table {@code git_exports}, inside of the transactions of others. */
final class ExportStore {
    private ExportStore() {}

    /** Makes the row of an export, or gives it another task; returns the task that it had. */
    static Optional<UUID> begin(Handle handle, GitExport export, UUID task) {
        Optional<UUID> before = handle.createQuery("SELECT task_id FROM git_exports WHERE export = :export FOR UPDATE")
                .bind("export", export.name())
                .mapTo(UUID.class)
                .findOne();
        handle.createUpdate("""
                        INSERT INTO git_exports (organization_id, export, task_id, commit_id, state, problem)
                        VALUES (:organization, :export, :task, '', 'new', '')
                        ON CONFLICT (organization_id, export) DO UPDATE SET task_id = :task
                        """)
                .bind("organization", export.organization())
                .bind("export", export.name())
                .bind("task", task)
                .execute();
        return before;
    }

    /** Returns the name of the export that a task is about. */
    static Optional<String> exportOf(Handle handle, UUID task) {
        return handle.createQuery("SELECT export FROM git_exports WHERE task_id = :task")
                .bind("task", task)
                .mapTo(String.class)
                .findOne();
    }

    static String commit(Handle handle, String export) {
        return handle.createQuery("SELECT commit_id FROM git_exports WHERE export = :export")
                .bind("export", export)
                .mapTo(String.class)
                .findOne()
                .orElse("");
    }

    /** Notes that the repository has a commit. */
    static void pushed(Handle handle, String export, String commit, Instant now) {
        handle.createUpdate("UPDATE git_exports SET commit_id = :commit, exported_at = :now WHERE export = :export")
                .bind("export", export)
                .bind("commit", commit)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    /** Notes how a look for changes ended; returns whether another one was wanted while it went on. */
    static boolean looked(
            Handle handle, String export, ExportStatus.State state, String problem, Instant begun, Instant now) {
        return handle.createQuery("""
                        UPDATE git_exports SET tried_at = :now, state = :state, problem = :problem,
                            wanted_at = CASE WHEN wanted_at > :begun THEN wanted_at END
                        WHERE export = :export
                        RETURNING wanted_at IS NOT NULL
                        """)
                .bind("export", export)
                .bind("state", state.id())
                .bind("problem", Text.storable(problem, 2_000))
                .bind("begun", begun.atOffset(ZoneOffset.UTC))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /** Notes that somebody wants changes to be looked for now; returns the export's task. */
    static Optional<UUID> want(Handle handle, String export, Instant now) {
        return handle.createQuery("UPDATE git_exports SET wanted_at = :now WHERE export = :export RETURNING task_id")
                .bind("export", export)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .mapTo(UUID.class)
                .findOne();
    }

    static Optional<ExportStatus> status(Handle handle, String export, int assets) {
        return handle.createQuery("SELECT * FROM git_exports WHERE export = :export")
                .bind("export", export)
                .map((row, _) -> new ExportStatus(
                        export,
                        ExportStatus.State.of(row.getString("state")),
                        row.getString("commit_id"),
                        instant(row, "exported_at"),
                        instant(row, "tried_at"),
                        row.getString("problem"),
                        assets,
                        row.getObject("wanted_at") != null))
                .findOne();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
