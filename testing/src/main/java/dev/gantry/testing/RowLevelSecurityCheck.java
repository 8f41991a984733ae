package dev.gantry.testing;

import dev.gantry.database.ConnectionTarget;
import dev.gantry.kernel.Ids;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Proves for every table of a migrated database that an organization's rows are neither visible nor writable from another
 * organization and from no organization, and that they are visible to their own.
 *
 * <p>It does so with a real row in each table, made in a transaction that is rolled back: there it first takes away the
 * constraints that would refuse a row of nothing but an organization, and leaves the policies and privileges as they are.
 *
 * @param superuserJdbcUrl address with the credentials of a superuser
 * @param globalTables names of the tables that belong to no organization; every other one must have
 *     {@code organization_id}
 */
public record RowLevelSecurityCheck(String superuserJdbcUrl, Set<String> globalTables) {
    private static final String ROLE = ConnectionTarget.APPLICATION_ROLE;
    private static final String REFUSED = "42501";

    /** Copies the set. */
    public RowLevelSecurityCheck {
        globalTables = Set.copyOf(globalTables);
    }

    /**
     * Checks all tables.
     *
     * @return the names of the tables that were checked, so that a test can see that there were any
     * @throws AssertionError naming every table that fails, and how
     */
    public Set<String> verify() {
        List<String> problems = new ArrayList<>();
        Set<String> checked = new TreeSet<>();
        try (Connection connection = DriverManager.getConnection(superuserJdbcUrl)) {
            connection.setAutoCommit(false);
            for (String table : tables(connection)) {
                if (!globalTables.contains(table)) {
                    checked.add(table);
                    check(connection, table, problems);
                    connection.rollback();
                }
            }
            for (String partition : partitions(connection)) {
                checked.add(partition);
                checkPartition(connection, partition, problems);
            }
        } catch (SQLException failure) {
            throw new AssertionError("The check itself failed: " + failure.getMessage(), failure);
        }
        if (!problems.isEmpty()) {
            throw new AssertionError("Row-level security has gaps:\n" + String.join("\n", problems));
        }
        return checked;
    }

    private static List<String> tables(Connection connection) throws SQLException {
        return strings(connection, """
                SELECT relname FROM pg_class
                WHERE relnamespace = '%s'::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE 'flyway\\_%%'
                  AND NOT relispartition
                ORDER BY relname
                """.formatted(ConnectionTarget.SCHEMA));
    }

    private static List<String> partitions(Connection connection) throws SQLException {
        return strings(connection, """
                SELECT relname FROM pg_class
                WHERE relnamespace = '%s'::regnamespace AND relkind IN ('r', 'p') AND relispartition
                ORDER BY relname
                """.formatted(ConnectionTarget.SCHEMA));
    }

    /**
     * A partition is reached through its table, whose policies hold then; reached by its own name it has only policies of its
     * own. So the application must have no privilege on it at all.
     */
    private static void checkPartition(Connection connection, String partition, List<String> problems)
            throws SQLException {
        if (!isTrue(
                connection,
                "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '" + partition
                        + "'::regclass")) {
            problems.add(partition + ": row-level security is not both enabled and forced");
        }
        for (String privilege : List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")) {
            if (isTrue(
                    connection,
                    "SELECT has_table_privilege('" + ROLE + "', '" + partition + "', '" + privilege + "')")) {
                problems.add(partition + ": the application may " + privilege + " past its table's policies");
            }
        }
    }

    private static void check(Connection connection, String table, List<String> problems) throws SQLException {
        if (strings(connection, """
                        SELECT attname FROM pg_attribute
                        WHERE attrelid = '%s'::regclass AND attname = 'organization_id' AND attnotnull
                        """.formatted(table)).isEmpty()) {
            problems.add(table + ": has no organization_id that is NOT NULL, and is not listed as global");
            return;
        }
        if (!isTrue(
                connection,
                "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '" + table + "'::regclass")) {
            problems.add(table + ": row-level security is not both enabled and forced");
        }
        UUID owner = Ids.next();
        loosen(connection, table);
        execute(connection, "INSERT INTO " + table + " (organization_id) VALUES ('" + owner + "')");
        execute(connection, "SET LOCAL ROLE " + ROLE);
        Attempt attempt = new Attempt(connection, table, owner, problems);
        attempt.ofTheOwner();
        attempt.ofAStranger("another organization", Ids.next().toString());
        attempt.ofAStranger("no organization", "");
    }

    /** Takes away, until the rollback, what refuses an incomplete row. */
    private static void loosen(Connection connection, String table) throws SQLException {
        execute(connection, "ALTER TABLE " + table + " DISABLE TRIGGER USER");
        for (String constraint : strings(
                connection,
                "SELECT quote_ident(conname) FROM pg_constraint WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND conrelid = '"
                        + table + "'::regclass ORDER BY contype = 'p'")) {
            execute(connection, "ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + constraint + " CASCADE");
        }
        for (String column : strings(connection, """
                SELECT quote_ident(attname) FROM pg_attribute
                WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull
                  AND attidentity = '' AND attname <> 'organization_id'
                """.formatted(table))) {
            execute(connection, "ALTER TABLE " + table + " ALTER COLUMN " + column + " DROP NOT NULL");
        }
    }

    /** What one caller can do to a table. */
    private record Attempt(Connection connection, String table, UUID owner, List<String> problems) {
        void ofTheOwner() throws SQLException {
            enter(owner.toString());
            if (affected("SELECT 1 FROM " + table + " WHERE organization_id = '" + owner + "'") != 1) {
                problems.add(table + ": its own organization does not see the row, so that nothing is proved");
            }
        }

        void ofAStranger(String who, String organization) throws SQLException {
            enter(organization);
            String ofOwner = " WHERE organization_id = '" + owner + "'";
            expectNone(who + " sees the row", "SELECT 1 FROM " + table);
            String change = "UPDATE " + table + " SET organization_id = ";
            expectNone(who + " can change the row", change + "organization_id" + ofOwner);
            if (!organization.isEmpty()) {
                expectNone(who + " can take the row over", change + "'" + organization + "'" + ofOwner);
            }
            expectNone(who + " can delete the row", "DELETE FROM " + table + ofOwner);
            expectNone(
                    who + " can add a row to it",
                    "INSERT INTO " + table + " (organization_id) VALUES ('" + owner + "')");
            expectNone(who + " can empty the table", "TRUNCATE " + table + " CASCADE");
        }

        private void expectNone(String gap, String statement) throws SQLException {
            if (affected(statement) > 0) {
                problems.add(table + ": " + gap);
            }
        }

        private void enter(String organization) throws SQLException {
            execute(connection, "SELECT set_config('gantry.organization', '" + organization + "', true)");
        }

        /** Returns how many rows a statement concerns, 0 if it is refused; leaves no change behind. */
        private int affected(String statement) throws SQLException {
            Savepoint before = connection.setSavepoint();
            try (Statement sql = connection.createStatement()) {
                if (sql.execute(statement)) {
                    int count = 0;
                    try (ResultSet rows = sql.getResultSet()) {
                        while (rows.next()) {
                            count++;
                        }
                    }
                    return count;
                }
                return statement.startsWith("TRUNCATE") ? 1 : sql.getUpdateCount();
            } catch (SQLException failure) {
                if (!REFUSED.equals(failure.getSQLState())) {
                    throw failure;
                }
                return 0;
            } finally {
                connection.rollback(before);
            }
        }
    }

    private static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static boolean isTrue(Connection connection, String query) throws SQLException {
        return strings(connection, query).equals(List.of("t"));
    }

    private static void execute(Connection connection, String statement) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }
}
