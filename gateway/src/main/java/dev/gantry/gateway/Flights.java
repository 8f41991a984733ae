package dev.gantry.gateway;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests under way whose answers others wait for. As many as there are requests, which are bounded. Thread-safe.
 */
final class Flights {
    private final ConcurrentHashMap<Key, Flight> flights = new ConcurrentHashMap<>();

    /** Bytes that are compared by their content. */
    @SuppressWarnings("ArrayRecordComponent") // Compared below.
    private record Key(byte[] bytes) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    /** What came of a flight. */
    enum End {
        /** An answer that may be given to all. */
        ANSWERED,
        /** Nothing, for reasons of whoever asked: another may ask in its place. */
        ABANDONED,
        /** A failure, or an answer that is for nobody else: whoever asks next would get the same. */
        FAILED
    }

    /** One request that asks, and those that wait for it. */
    final class Flight {
        private final Key key;
        private final CountDownLatch landed = new CountDownLatch(1);
        private volatile End end = End.ABANDONED;
        private volatile @Nullable CacheEntry entry;

        private Flight(Key key) {
            this.key = key;
        }

        /** Tells those that wait how it ended; only the first end counts. */
        void land(End how, @Nullable CacheEntry answer) {
            if (flights.remove(key, this)) {
                entry = answer;
                end = how;
                landed.countDown();
            }
        }

        /**
         * Waits for the end.
         *
         * @return false if there is none after {@code patience}
         */
        boolean await(Duration patience) throws InterruptedException {
            return landed.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        End end() {
            return end;
        }

        /** Returns the answer of a flight that has one. */
        @Nullable
        CacheEntry entry() {
            return entry;
        }
    }

    /** A flight, and whether the one who boarded it asks for all. */
    record Seat(Flight flight, boolean leads) {}

    /** Boards the flight of a key; whoever is the first leads and must land it. */
    Seat board(byte[] bytes) {
        Flight mine = new Flight(new Key(bytes));
        Flight others = flights.putIfAbsent(mine.key, mine);
        return new Seat(others == null ? mine : others, others == null);
    }
}
