package dev.gantry.provider;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A successful reply whose body comes bit by bit. It is either read by the waiting thread ({@link #read()}) or piped to a
 * client on the event loop ({@link #pipe}). Used by one thread at a time; must be closed.
 */
public final class UpstreamStream implements AutoCloseable {
    private static final Buffer NOTHING = Buffer.buffer(0);
    private static final long QUEUED_BYTES_MAX = 512 * 1024;
    private static final long QUEUED_BYTES_RESUME = 128 * 1024;
    private static final long AFTER_GONE_MS = 1_000;

    /** What a stream goes through on its way to a client. Called on the event loop only. */
    public interface Filter {
        /**
         * Takes the next chunk.
         *
         * @return what the client is to get now; may be the chunk itself, may be empty
         */
        Buffer filter(Buffer chunk);

        /** Returns why the stream must end here, because it holds an error or rubbish; null when it need not. */
        @Nullable
        ProviderException refusal();

        /**
         * Learns that the provider has ended the stream properly.
         *
         * @return what the client is still to get; may be empty
         * @throws ProviderException if the answer in it is not complete
         */
        Buffer end() throws ProviderException;
    }

    private final UpstreamCall call;
    private final UpstreamFailures failures;
    private @Nullable Reader reader;

    UpstreamStream(UpstreamCall call, UpstreamFailures failures) {
        this.call = call;
        this.failures = failures;
    }

    /** Returns a header of the reply, or null. */
    public @Nullable String header(String name) {
        return call.headers().get(name);
    }

    /**
     * Waits for the next chunk. The provider is asked to wait when chunks are not fetched.
     *
     * @return null at the end of the stream
     * @throws ProviderException if the provider breaks off or is silent for too long
     */
    public @Nullable Buffer read() throws ProviderException {
        Reader source = reader;
        if (source == null) {
            Reader fresh = new Reader();
            reader = fresh;
            source = fresh;
            call.onLoop(() -> call.drainInto(fresh));
        }
        try {
            return source.next();
        } catch (InterruptedException cancelled) {
            call.cancel();
            Thread.currentThread().interrupt();
            throw failures.transport(cancelled, true);
        }
    }

    /**
     * Sends the stream to a client, each chunk as it comes, and waits for its end. When the client goes away, the stream
     * is read on for at most a second, for the sake of the provider's closing numbers, and then cancelled.
     *
     * @throws ProviderException if the provider breaks off, is silent for too long, or {@code filter} refuses a chunk
     */
    public void pipe(Filter filter, ClientStream client) throws ProviderException {
        Pipe pipe = new Pipe(filter, client);
        call.onLoop(() -> call.drainInto(pipe));
        client.onGone(() -> call.onLoop(pipe::clientGone));
        try {
            call.await(UpstreamCall.DONE);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw failures.transport(cancelled, true);
        }
        if (!pipe.abandoned) {
            refuseFailure();
        }
    }

    /** Cancels the call if the stream has not ended. Idempotent. */
    @Override
    public void close() {
        call.cancel();
    }

    private void refuseFailure() throws ProviderException {
        Throwable failure = call.failure();
        if (failure instanceof ProviderException refused) {
            throw refused;
        }
        if (failure != null) {
            throw failures.transport(failure, true);
        }
    }

    /** Chunks that wait for a thread to fetch them. */
    private final class Reader implements UpstreamCall.Sink {
        private final LinkedBlockingQueue<Buffer> queue = new LinkedBlockingQueue<>();
        private final AtomicLong queuedBytes = new AtomicLong();
        private volatile boolean holdingBack;

        @Override
        public void chunk(Buffer chunk) {
            if (chunk.length() > 0) {
                queue.add(chunk);
            }
            if (queuedBytes.addAndGet(chunk.length()) > QUEUED_BYTES_MAX) {
                holdingBack = true;
                call.holdBack();
            }
        }

        @Override
        public void end() {
            // done() follows.
        }

        @Override
        public void done() {
            queue.add(NOTHING);
        }

        @Override
        public void stalled() {
            call.fail(new IllegalStateException("the answer was not read"));
        }

        @Nullable
        Buffer next() throws InterruptedException, ProviderException {
            Buffer chunk = queue.take();
            if (chunk.length() == 0) {
                queue.add(NOTHING);
                refuseFailure();
                return null;
            }
            if (queuedBytes.addAndGet(-chunk.length()) < QUEUED_BYTES_RESUME && holdingBack) {
                holdingBack = false;
                call.onLoop(call::letCome);
            }
            return chunk;
        }
    }

    /** The way from the provider's connection to the client's. For the event loop only. */
    private final class Pipe implements UpstreamCall.Sink {
        private final Filter filter;
        private final ClientStream client;
        private volatile boolean abandoned;

        Pipe(Filter filter, ClientStream client) {
            this.filter = filter;
            this.client = client;
        }

        @Override
        public void chunk(Buffer chunk) throws ProviderException {
            send(filter.filter(chunk));
            ProviderException refusal = filter.refusal();
            if (refusal != null) {
                throw refusal;
            }
            if (client.isFull() && !client.isGone()) {
                call.holdBack();
                client.onDrain(() -> call.onLoop(call::letCome));
                if (!client.isFull()) {
                    call.letCome();
                }
            }
        }

        @Override
        public void end() throws ProviderException {
            send(filter.end());
        }

        @Override
        public void done() {
            // The waiting thread sees it from the call.
        }

        @Override
        public void stalled() {
            abandoned = true;
            client.abort();
            call.fail(new IllegalStateException("the client did not read the answer"));
        }

        /** Reads on for a moment, then gives up. */
        void clientGone() {
            if (abandoned || call.isDone()) {
                return;
            }
            abandoned = true;
            call.letCome();
            call.failAfter(client.isCut() ? 1 : AFTER_GONE_MS);
        }

        private void send(Buffer bytes) {
            if (bytes.length() > 0 && !client.isGone()) {
                client.write(bytes);
            }
        }
    }
}
