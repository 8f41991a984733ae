package dev.gantry.quota;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads columns that several tables of budgets share. */
final class BudgetRows {
    private BudgetRows() {}

    static BudgetKey key(ResultSet row) throws SQLException {
        return new BudgetKey(
                BudgetLevel.valueOf(row.getString("level").toUpperCase(Locale.ROOT)),
                row.getString("subject"),
                BudgetPeriod.valueOf(row.getString("period").toUpperCase(Locale.ROOT)),
                BudgetUnit.valueOf(row.getString("unit").toUpperCase(Locale.ROOT)));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(instant(row, column));
    }
}
