package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Ids;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BatchColumnsTest {
    private static final String ECHO = """
            SELECT unnest(?::bigint[]) AS number, unnest(?::bigint[]) AS micros, unnest(?::integer[]) AS small,
                   unnest(?::boolean[]) AS flag, unnest(?::uuid[]) AS id, unnest(?::text[]) AS name
            """;

    private static Database database;

    private final BatchColumns<Row> columns = new BatchColumns.Builder<Row>()
            .longs(Row::number)
            .micros(Row::time)
            .integers(Row::small)
            .booleans(Row::flag)
            .uuids(Row::id)
            .texts(Row::name)
            .build();

    record Row(
            long number,
            Instant time,
            @Nullable Integer small,
            boolean flag,
            @Nullable UUID id,
            @Nullable String name) {}

    @BeforeAll
    static void open() {
        database = Database.open(SharedPostgres.newDatabase());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void shouldBringEveryValueToTheServerAsItIs() {
        List<Row> rows = List.of(
                new Row(0, Instant.EPOCH, null, false, null, null),
                new Row(Long.MAX_VALUE, Instant.parse("2026-11-21T09:41:03.659433Z"), -1, true, Ids.next(), ""),
                new Row(
                        Long.MIN_VALUE,
                        Instant.parse("1969-12-31T23:59:59.999999Z"),
                        Integer.MIN_VALUE,
                        true,
                        Ids.next(),
                        "{\"a\",NULL}"),
                new Row(-1, Instant.EPOCH, 7, false, new UUID(-1, -1), "München 🦊 " + "x".repeat(100_000)));

        assertThat(echo(rows)).isEqualTo(rows);
    }

    @Test
    void shouldForgetTheBatchBefore() {
        Row wide = new Row(1, Instant.EPOCH, null, true, Ids.next(), "a long name");
        Row narrow = new Row(2, Instant.EPOCH, 3, false, null, "b");

        assertThat(echo(List.of(wide, wide, wide))).hasSize(3);
        assertThat(echo(List.of(narrow))).containsExactly(narrow);
        assertThat(echo(List.of())).isEmpty();
    }

    private List<Row> echo(List<Row> rows) {
        return database.unscoped(handle -> {
            List<Row> seen = new ArrayList<>();
            try (PreparedStatement statement = handle.getConnection().prepareStatement(ECHO)) {
                int index = 1;
                for (Object array : columns.arrays(rows)) {
                    statement.setObject(index++, array);
                }
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        seen.add(row(result));
                    }
                }
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
            return seen;
        });
    }

    private static Row row(ResultSet result) throws SQLException {
        long micros = result.getLong("micros");
        return new Row(
                result.getLong("number"),
                Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L),
                result.getObject("small", Integer.class),
                result.getBoolean("flag"),
                result.getObject("id", UUID.class),
                result.getString("name"));
    }
}
