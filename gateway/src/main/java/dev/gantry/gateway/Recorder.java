package dev.gantry.gateway;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Listens to what providers say before the guard does, up to a bound, so that it can be kept. Attempts at several models may
 * run at a time; of a model the last one counts. Thread-safe.
 */
final class Recorder {
    private final int bytesMax;
    private final Map<String, Take> takes = new ConcurrentHashMap<>();

    Recorder(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** What was heard of one attempt. */
    sealed interface Take {}

    /** A reply in the client's own schema. */
    static final class Bytes implements Take {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
        private final int bytesMax;
        private boolean tooMany;

        private Bytes(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        private synchronized void add(Buffer more) {
            if (tooMany || bytes.size() + more.length() > bytesMax) {
                tooMany = true;
                bytes.reset();
                return;
            }
            bytes.writeBytes(more.getBytes());
        }

        /** Returns everything that was said; null if it was more than is kept. */
        synchronized byte @Nullable [] all() {
            return tooMany || bytes.size() == 0 ? null : bytes.toByteArray();
        }
    }

    /** An answer in the words that all schemas share. */
    record Words(ChatAnswer.Builder received) implements Take {}

    /** Returns what was heard of a model; null when nothing was. */
    @Nullable
    Take of(Model model) {
        return takes.get(model.name());
    }

    void listen(Model model, ChatAnswer.Builder received) {
        takes.put(model.name(), new Words(received));
    }

    NativeReply over(Model model, NativeReply reply) {
        Bytes take = new Bytes(bytesMax);
        takes.put(model.name(), take);
        return new Overheard(reply, take);
    }

    private record Overheard(NativeReply reply, Bytes take) implements NativeReply {
        @Override
        public Buffer body() throws ProviderException {
            Buffer body = reply.body();
            take.add(body);
            return body;
        }

        @Override
        public void pipeTo(ClientStream client) throws ProviderException {
            reply.pipeTo(new Ear(client, take));
        }

        @Override
        public @Nullable TokenUsage usage() {
            return reply.usage();
        }

        @Override
        public String producedText() {
            return reply.producedText();
        }

        @Override
        public void close() {
            reply.close();
        }
    }

    private record Ear(ClientStream client, Bytes take) implements ClientStream {
        @Override
        public void write(Buffer bytes) {
            take.add(bytes);
            client.write(bytes);
        }

        @Override
        public boolean isFull() {
            return client.isFull();
        }

        @Override
        public void onDrain(Runnable action) {
            client.onDrain(action);
        }

        @Override
        public boolean isGone() {
            return client.isGone();
        }

        @Override
        public void onGone(Runnable action) {
            client.onGone(action);
        }

        @Override
        public boolean isCut() {
            return client.isCut();
        }

        @Override
        public void abort() {
            client.abort();
        }
    }
}
