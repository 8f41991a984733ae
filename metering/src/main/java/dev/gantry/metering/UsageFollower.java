package dev.gantry.metering;

import dev.gantry.database.Statements;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Learns of lines in the transaction that writes them, so that what it counts agrees with the ledger whatever happens.
 * Called by the one writer of the group commit, in a transaction that may be rolled back and run again.
 */
@FunctionalInterface
public interface UsageFollower {
    /** Follows nothing. */
    UsageFollower NONE = (_, _, _) -> {};

    /**
     * Writes what follows from new lines; must do nothing else and hold no lock that other nodes wait for.
     *
     * @param statements of the transaction, in which the organization is set
     * @param lines of that organization; never empty
     */
    void follow(Statements statements, UUID organization, List<UsageRecord> lines) throws SQLException;
}
