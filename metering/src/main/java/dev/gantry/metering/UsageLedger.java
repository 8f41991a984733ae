package dev.gantry.metering;

import dev.gantry.database.Database;
import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TimeCursor;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who consumed what, and what it cost. Lines are added, never changed or removed. Thread-safe.
 *
 * <p>{@link #append} belongs to the durable kind of queue: a line counts once its commit says so, and an answer to a caller
 * who pays for it waits for that.
 */
public final class UsageLedger {
    /** Most lines of a summary or of a page of it, and longest page of a list. */
    public static final int LINES_MAX = 1_000;

    /** Most groupings at a time. */
    public static final int GROUPINGS_MAX = 3;

    private final Database database;
    private final GroupCommit.Lane<UsageRecord> lane;

    /** Opens the ledger in a database whose migrations of module {@code metering} were applied. */
    public UsageLedger(Database database) {
        this(database, UsageFollower.NONE);
    }

    /**
     * Opens the ledger.
     *
     * @param follower is told of new lines in the transactions that write them
     */
    public UsageLedger(Database database, UsageFollower follower) {
        this.database = database;
        this.lane = database.groupCommit().lane("usage", new UsageInsert(follower));
    }

    /**
     * Adds a line; written together with what others add at the same time.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the queue of the database stays full,
     *     {@link ErrorCode#SHUTTING_DOWN} at the end
     */
    public GroupCommit.Commit append(UsageRecord usage) {
        return lane.append(usage.organization(), usage);
    }

    /**
     * Adds up the lines of an organization.
     *
     * @param groupings what to add up by, at most {@link #GROUPINGS_MAX}, none twice; none at all gives the total alone
     * @param linesMax most lines that are wanted, 1 to {@link #LINES_MAX}
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} for impossible bounds,
     *     {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached or adding up takes too long
     */
    public UsageSummary summarize(UUID organization, UsageFilter filter, List<UsageGrouping> groupings, int linesMax) {
        requireLimit(linesMax);
        requireGroupings(groupings);
        return database.inOrganization(
                organization, handle -> UsageStore.summarize(handle, filter, groupings, null, linesMax));
    }

    /**
     * Adds up the same and returns the lines in the order of their keys, page by page, so that nothing is left out however many
     * there are.
     *
     * @param groupings at least one
     * @param after where the page before ended; for the first page one of {@link UsageCursor#first}, which also says what is
     *     added up
     * @throws GantryException as {@link #summarize}
     */
    public UsageSummary page(
            UUID organization, UsageFilter filter, List<UsageGrouping> groupings, UsageCursor after, int linesMax) {
        requireLimit(linesMax);
        requireGroupings(groupings);
        if (groupings.isEmpty() || (!after.key().isEmpty() && after.key().size() != groupings.size())) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'cursor' belongs to a summary by something else; begin again without it");
        }
        return database.inOrganization(
                organization,
                handle -> UsageStore.summarize(handle, after.over(filter), groupings, after.key(), linesMax));
    }

    private static void requireGroupings(List<UsageGrouping> groupings) {
        if (groupings.size() > GROUPINGS_MAX || Set.copyOf(groupings).size() < groupings.size()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Usage is grouped by at most " + GROUPINGS_MAX + " different things at a time");
        }
    }

    /**
     * Lists lines of an organization, newest first.
     *
     * @param after the cursor of the previous page; null for the first
     * @param limit longest page, 1 to {@link #LINES_MAX}
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} for an impossible limit,
     *     {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached or the search takes too long
     */
    public UsagePage list(UUID organization, UsageFilter filter, @Nullable TimeCursor after, int limit) {
        requireLimit(limit);
        return database.inOrganization(
                organization, handle -> UsageStore.list(handle, organization, filter, after, limit));
    }

    private static void requireLimit(int limit) {
        if (limit < 1 || limit > LINES_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'limit' must be from 1 to " + LINES_MAX + ", not " + limit);
        }
    }
}
