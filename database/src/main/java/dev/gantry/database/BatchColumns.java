package dev.gantry.database;

import dev.gantry.kernel.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * The rows of a batch as one array a column, for a statement over {@code unnest}. The arrays are written in PostgreSQL's
 * binary form (array_send in its sources) straight from the rows: that spares the objects and texts of
 * {@link java.sql.Connection#createArrayOf}, and the server the parsing. For one thread at a time.
 *
 * @param <R> a row
 */
public final class BatchColumns<R> {
    private static final int NO_NULLS = 0;
    private static final int SOME_NULLS = 1;

    private final List<Column<R>> columns;

    private BatchColumns(List<Column<R>> columns) {
        this.columns = List.copyOf(columns);
    }

    /**
     * Returns the arrays, one a column in the order in which they were declared. They are parameters of a statement, and valid
     * until the next call.
     */
    public List<Object> arrays(List<? extends R> rows) {
        List<Object> arrays = new ArrayList<>(columns.size());
        for (Column<R> column : columns) {
            arrays.add(column.fill(rows));
        }
        return arrays;
    }

    /** Writes one row's value. */
    private interface Writer<R> {
        /** Returns whether the value is not null. */
        boolean write(R row, Column<R> column);
    }

    /** An array of PostgreSQL, as the driver takes it. The bytes are used again by the next batch. */
    private static final class Column<R> extends PGobject implements PGBinaryObject {
        private static final int HEADER_BYTES = 20;

        private final transient Writer<R> writer;
        private final int elementType;
        private byte[] bytes = new byte[HEADER_BYTES + 64];
        private int length;

        Column(String arrayType, int elementType, Writer<R> writer) {
            setType(arrayType);
            this.elementType = elementType;
            this.writer = writer;
        }

        Column<R> fill(List<? extends R> rows) {
            length = HEADER_BYTES;
            int nulls = NO_NULLS;
            for (R row : rows) {
                int start = length;
                putInt(0);
                if (writer.write(row, this)) {
                    setInt(start, length - start - Integer.BYTES);
                } else {
                    setInt(start, -1);
                    nulls = SOME_NULLS;
                }
            }
            setInt(0, 1);
            setInt(4, nulls);
            setInt(8, elementType);
            setInt(12, rows.size());
            setInt(16, 1);
            return this;
        }

        void putByte(int value) {
            ensure(1);
            bytes[length++] = (byte) value;
        }

        void putInt(int value) {
            ensure(Integer.BYTES);
            setInt(length, value);
            length += Integer.BYTES;
        }

        void putLong(long value) {
            putInt((int) (value >>> 32));
            putInt((int) value);
        }

        void putText(String text) {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            putBytes(encoded, encoded.length);
        }

        void putBytes(byte[] more, int count) {
            ensure(count);
            System.arraycopy(more, 0, bytes, length, count);
            length += count;
        }

        private void setInt(int at, int value) {
            bytes[at] = (byte) (value >>> 24);
            bytes[at + 1] = (byte) (value >>> 16);
            bytes[at + 2] = (byte) (value >>> 8);
            bytes[at + 3] = (byte) value;
        }

        private void ensure(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
            }
        }

        @Override
        public void setByteValue(byte[] value, int offset) {
            throw new UnsupportedOperationException("Columns are only written");
        }

        @Override
        public int lengthInBytes() {
            return length;
        }

        @Override
        public void toBytes(byte[] target, int offset) {
            System.arraycopy(bytes, 0, target, offset, length);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /**
     * Declares columns in the order of the statement's parameters.
     *
     * @param <R> a row
     */
    public static final class Builder<R> {
        private static final int BOOL = 16;
        private static final int BYTEA = 17;
        private static final int INT8 = 20;
        private static final int INT4 = 23;
        private static final int TEXT = 25;
        private static final int UUID_TYPE = 2950;

        private final List<Column<R>> columns = new ArrayList<>();

        /** Adds a {@code bigint[]} without nulls. */
        public Builder<R> longs(ToLongFunction<R> value) {
            return add("_int8", INT8, (row, column) -> {
                column.putLong(value.applyAsLong(row));
                return true;
            });
        }

        /** Adds a {@code bigint[]} of microseconds since 1970. */
        public Builder<R> micros(Function<R, Instant> value) {
            return longs(row -> ChronoUnit.MICROS.between(Instant.EPOCH, value.apply(row)));
        }

        /** The same where there may be none. */
        public Builder<R> microsOrNull(Function<R, @Nullable Instant> value) {
            return add("_int8", INT8, (row, column) -> {
                Instant time = value.apply(row);
                if (time != null) {
                    column.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, time));
                }
                return time != null;
            });
        }

        /** Adds a {@code bytea[]}. */
        public Builder<R> bytes(Function<R, byte @Nullable []> value) {
            return add("_bytea", BYTEA, (row, column) -> {
                byte[] bytes = value.apply(row);
                if (bytes != null) {
                    column.putBytes(bytes, bytes.length);
                }
                return bytes != null;
            });
        }

        /** Adds an {@code integer[]}. */
        public Builder<R> integers(Function<R, @Nullable Integer> value) {
            return add("_int4", INT4, (row, column) -> {
                Integer number = value.apply(row);
                if (number != null) {
                    column.putInt(number);
                }
                return number != null;
            });
        }

        /** Adds a {@code boolean[]} without nulls. */
        public Builder<R> booleans(Predicate<R> value) {
            return add("_bool", BOOL, (row, column) -> {
                column.putByte(value.test(row) ? 1 : 0);
                return true;
            });
        }

        /** Adds a {@code uuid[]}. */
        public Builder<R> uuids(Function<R, @Nullable UUID> value) {
            return add("_uuid", UUID_TYPE, (row, column) -> {
                UUID id = value.apply(row);
                if (id != null) {
                    column.putLong(id.getMostSignificantBits());
                    column.putLong(id.getLeastSignificantBits());
                }
                return id != null;
            });
        }

        /** Adds a {@code text[]}; the texts must not hold U+0000. */
        public Builder<R> texts(Function<R, @Nullable String> value) {
            return add("_text", TEXT, (row, column) -> {
                String text = value.apply(row);
                if (text != null) {
                    column.putText(text);
                }
                return text != null;
            });
        }

        /**
         * Adds a {@code text[]} of JSON.
         *
         * @param value returns the finished writer, which may be the same one for every row
         */
        public Builder<R> json(Function<R, CanonicalJson> value) {
            return add("_text", TEXT, (row, column) -> {
                CanonicalJson json = value.apply(row);
                column.putBytes(json.buffer(), json.length());
                return true;
            });
        }

        private Builder<R> add(String arrayType, int elementType, Writer<R> writer) {
            columns.add(new Column<>(arrayType, elementType, writer));
            return this;
        }

        /** Returns the columns. */
        public BatchColumns<R> build() {
            return new BatchColumns<>(columns);
        }
    }
}
