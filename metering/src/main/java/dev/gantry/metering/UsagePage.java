package dev.gantry.metering;

import dev.gantry.kernel.TimeCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the ledger.
 *
 * @param records newest first
 * @param next where the next page begins; null when this is the last
 */
public record UsagePage(List<UsageRecord> records, @Nullable TimeCursor next) {
    /** Copies the list. */
    public UsagePage {
        records = List.copyOf(records);
    }
}
