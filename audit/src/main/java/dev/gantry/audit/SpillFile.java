package dev.gantry.audit;

import dev.gantry.crypto.DataKey;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that the database did not take in time, in a local file, encrypted, in the order in which they were given up on.
 * An event is durable when {@link #append} returns; what many threads add at the same time shares one write to the disk.
 * Thread-safe.
 *
 * <p>A record is its length and the CRC-32C of the rest, four bytes each, then nonce, ciphertext and tag. What a crash left
 * unfinished at the end is cut off at the next start: nobody was told that it was durable. A record that was damaged among others is
 * passed over, and the file kept aside before it is emptied.
 */
final class SpillFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpillFile.class);
    private static final int HEADER_LENGTH = 8;
    private static final int RECORD_MAX = 1 << 20;
    private static final byte[] BOUND_TO = "gantry audit spill v1".getBytes(StandardCharsets.US_ASCII);

    private final Path path;
    private final DataKey key;
    private final long sizeMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition synced = lock.newCondition();
    private final FileChannel channel;
    private long end;
    private long durable;
    private long read;
    private boolean syncing;
    private boolean aside;
    private long waiting;
    private long total;

    private SpillFile(Path path, DataKey key, long sizeMax, FileChannel channel) {
        this.path = path;
        this.key = key;
        this.sizeMax = sizeMax;
        this.channel = channel;
    }

    /** Opens the file, or makes it, and cuts off what is unfinished. */
    static SpillFile open(Path path, DataKey key, long sizeMax) throws IOException {
        boolean fresh = Files.notExists(path);
        FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (fresh) {
            Durable.syncFolder(Durable.folder(path));
        }
        SpillFile file = new SpillFile(path, key, sizeMax, channel);
        file.recover();
        return file;
    }

    private void recover() throws IOException {
        long sound = 0;
        long size = channel.size();
        for (long position = 0; position >= 0; position = next(position, size)) {
            if (recordAt(position, size) != null) {
                waiting++;
                sound = next(position, size);
            }
        }
        if (sound < size) {
            LOG.warn("{} has {} unfinished bytes at its end, which are cut off", path, size - sound);
            keepAside();
            aside = false;
            channel.truncate(sound);
        }
        end = sound;
        durable = sound;
    }

    /** Returns where the record after one begins, whether that is sound or not; negative when there is none. */
    private long next(long position, long limit) throws IOException {
        int length = lengthAt(position, limit);
        return length < 0 ? -1 : position + HEADER_LENGTH + length;
    }

    /**
     * Adds an event and returns when it is on the disk.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the file is full or cannot be written
     */
    void append(AuditEvent event) {
        byte[] sealed = key.seal(event.toCanonicalJson().getBytes(StandardCharsets.UTF_8), BOUND_TO);
        ByteBuffer record = ByteBuffer.allocate(HEADER_LENGTH + sealed.length)
                .putInt(sealed.length)
                .putInt(checksum(sealed))
                .put(sealed)
                .flip();
        lock.lock();
        try {
            if (end + record.remaining() > sizeMax) {
                throw unavailable("The database does not take audit events, and the local file for them is full.");
            }
            long target = end + record.remaining();
            while (record.hasRemaining()) {
                channel.write(record, target - record.remaining());
            }
            end = target;
            waiting++;
            total++;
            awaitDurable(target);
        } catch (IOException failure) {
            throw unavailable("The database does not take audit events, and the local file for them cannot be written: "
                    + failure.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** The first who needs it writes through to the disk for all who wait. */
    private void awaitDurable(long target) throws IOException {
        while (durable < target) {
            if (syncing) {
                synced.awaitUninterruptibly();
                continue;
            }
            syncing = true;
            long reached = end;
            lock.unlock();
            try {
                channel.force(false);
            } finally {
                lock.lock();
                syncing = false;
                synced.signalAll();
            }
            durable = Math.max(durable, reached);
        }
    }

    private static GantryException unavailable(String message) {
        return new GantryException(ErrorCode.DATABASE_UNAVAILABLE, message);
    }

    private static int checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    /** Returns the next events that were not yet read, oldest first. */
    List<AuditEvent> next(int countMax) throws IOException {
        lock.lock();
        try {
            List<AuditEvent> events = new ArrayList<>();
            while (events.size() < countMax && next(read, durable) >= 0) {
                AuditEvent event = eventAt(read);
                if (event == null) {
                    keepAside();
                } else {
                    events.add(event);
                }
                read = next(read, durable);
            }
            return events;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable AuditEvent eventAt(long position) throws IOException {
        byte[] sealed = recordAt(position, durable);
        if (sealed == null) {
            return null;
        }
        try {
            return AuditEventReader.read(new String(key.open(sealed, BOUND_TO), StandardCharsets.UTF_8));
        } catch (GantryException forged) {
            return null;
        }
    }

    /** Copies the file before what cannot be read of it is lost, once for each time that it is filled. */
    private void keepAside() throws IOException {
        if (aside) {
            return;
        }
        Path copy = path.resolveSibling(path.getFileName() + ".damaged-" + System.currentTimeMillis());
        Files.copy(path, copy);
        aside = true;
        LOG.error("{} holds what cannot be read as audit events; all that it held is kept in {}", path, copy);
    }

    /** Returns how long the record at a place says it is; negative when it has no length that it could have. */
    private int lengthAt(long position, long limit) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH);
        if (limit - position < HEADER_LENGTH || channel.read(header, position) < HEADER_LENGTH) {
            return -1;
        }
        int length = header.getInt(0);
        return length <= 0 || length > RECORD_MAX || limit - position - HEADER_LENGTH < length ? -1 : length;
    }

    /** Returns the sealed event at a place; null when that is not what was written. */
    private byte @Nullable [] recordAt(long position, long limit) throws IOException {
        int length = lengthAt(position, limit);
        if (length < 0) {
            return null;
        }
        ByteBuffer record = ByteBuffer.allocate(Integer.BYTES + length);
        while (record.hasRemaining()) {
            if (channel.read(record, position + Integer.BYTES + record.position()) < 0) {
                return null;
            }
        }
        byte[] sealed = Arrays.copyOfRange(record.array(), Integer.BYTES, record.capacity());
        return checksum(sealed) == record.getInt(0) ? sealed : null;
    }

    /** Starts to read from the beginning: what was read did not all reach the database. */
    void rewind() {
        lock.lock();
        try {
            read = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Empties the file if everything in it was read; to be called when all that was read is in the database. */
    void release() throws IOException {
        lock.lock();
        try {
            if (read == end && end > 0) {
                channel.truncate(0);
                channel.force(true);
                end = 0;
                durable = 0;
                read = 0;
                waiting = 0;
                aside = false;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many events lie in the file; those that are in the database already count until all are. */
    long waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how large the file is. */
    long bytes() {
        lock.lock();
        try {
            return end;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many events were added since it was opened. */
    long total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
