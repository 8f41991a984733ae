package dev.gantry.audit;

import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of bulk events: to the database, and when it does not take them in time, to the spill file, from where they are
 * read in order once it does. An event that is in both is recognised by its id when it is read. Thread-safe.
 */
final class Spilling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spilling.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration BACK_MAX = Duration.ofSeconds(60);
    private static final int BATCH = 1_000;

    private final GroupCommit.Lane<BatchWriter.Row> lane;
    private final SpillFile file;
    private final Duration after;
    private final Thread reader;
    private volatile boolean closing;

    Spilling(GroupCommit.Lane<BatchWriter.Row> lane, SpillFile file, Duration after) {
        this.lane = lane;
        this.file = file;
        this.after = after;
        this.reader = Thread.ofVirtual().name("gantry-audit-spill").start(this::run);
    }

    GroupCommit.Commit append(AuditEvent event) {
        try {
            return new Either(event, lane.append(event.organization(), new BatchWriter.Row(event, false)));
        } catch (GantryException refused) {
            if (refused.code() != ErrorCode.DATABASE_UNAVAILABLE) {
                throw refused;
            }
            file.append(event);
            return new Spilled();
        }
    }

    void spill(AuditEvent event) {
        file.append(event);
    }

    /** Returns how many events wait in the file. */
    long waiting() {
        return file.waiting();
    }

    /** Returns how large the file is. */
    long bytes() {
        return file.bytes();
    }

    /** Returns how many events were ever put into the file. */
    long total() {
        return file.total();
    }

    /** An event that lies in the file. */
    private record Spilled() implements GroupCommit.Commit {
        @Override
        public void await(Duration timeout) {
            // It is durable already.
        }

        @Override
        public boolean isDurable() {
            return true;
        }
    }

    /** An event on its way to the database, or after a while in the file too. */
    private final class Either implements GroupCommit.Commit {
        private final AuditEvent event;
        private final GroupCommit.Commit written;
        private boolean spilled;

        Either(AuditEvent event, GroupCommit.Commit written) {
            this.event = event;
            this.written = written;
        }

        @Override
        public synchronized void await(Duration timeout) {
            if (spilled) {
                return;
            }
            try {
                written.await(timeout.compareTo(after) < 0 ? timeout : after);
            } catch (GantryException failure) {
                if (failure.code() != ErrorCode.DATABASE_UNAVAILABLE && failure.code() != ErrorCode.SHUTTING_DOWN) {
                    throw failure;
                }
                file.append(event);
                spilled = true;
            }
        }

        @Override
        public synchronized boolean isDurable() {
            return spilled || written.isDurable();
        }
    }

    private void run() {
        while (!closing) {
            try {
                Thread.sleep(POLL);
                if (file.waiting() > 0) {
                    drain();
                }
            } catch (InterruptedException stopping) {
                return;
            } catch (IOException | RuntimeException failure) {
                LOG.warn("Spilled audit events are not in the database yet: {}", failure.getMessage());
                file.rewind();
            }
        }
    }

    /** Brings everything into the database, in order; what was not confirmed is read again. */
    private void drain() throws IOException {
        long count = 0;
        for (List<AuditEvent> events = file.next(BATCH); !events.isEmpty(); events = file.next(BATCH)) {
            List<GroupCommit.Commit> commits = new ArrayList<>(events.size());
            for (AuditEvent event : events) {
                commits.add(lane.append(event.organization(), new BatchWriter.Row(event, true)));
            }
            commits.forEach(commit -> commit.await(BACK_MAX));
            count += events.size();
        }
        file.release();
        LOG.info("{} spilled audit events are in the database", count);
    }

    @Override
    public void close() throws IOException {
        closing = true;
        reader.interrupt();
        try {
            reader.join(POLL.multipliedBy(4));
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }
}
