package dev.gantry.audit;

import dev.gantry.database.Database;
import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.UUID;

/**
 * The audit log of all organizations. Events are added, never changed or removed; neither the application's database role
 * nor a trigger on the table lets anything else happen. Thread-safe.
 *
 * <p>{@link #append} belongs to the durable kind of queue: an event counts once its commit says so, and whoever must not go
 * on before that awaits it.
 */
public final class AuditLog {
    private final Database database;
    private final GroupCommit.Lane<AuditEvent> lane;

    /** Opens the log in a database whose migrations of module {@code audit} were applied. */
    public AuditLog(Database database) {
        this.database = database;
        this.lane = database.groupCommit().lane("audit", new AuditStore.Insert());
    }

    /**
     * Adds an event to the log of its organization; written together with what others add at the same time.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the queue of the database stays full,
     *     {@link ErrorCode#SHUTTING_DOWN} at the end
     */
    public GroupCommit.Commit append(AuditEvent event) {
        return lane.append(event.organization(), event);
    }

    /**
     * Searches the log of one organization, newest first.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached or the search takes
     *     too long
     */
    public AuditPage query(UUID organization, AuditQuery query) {
        return database.inOrganization(organization, handle -> AuditStore.query(handle, query));
    }
}
