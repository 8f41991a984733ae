package dev.gantry.provider.offline;

import ai.onnxruntime.OrtException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.EmbeddingRequest;
import dev.gantry.provider.Embeddings;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Vectors by {@link MiniLm}, which is loaded for the first request and stays. A text that is longer than the model's window
 * is cut into windows, whose vectors are averaged by their length; all vectors have length one. Native code cannot give way
 * to other virtual threads, so it runs on a few threads of its own, window by window; these end when there is nothing to do.
 * Thread-safe.
 */
final class OfflineEmbedder implements Embedder, AutoCloseable {
    /** The longest text, in pieces, as at OpenAI. */
    static final int TEXT_PIECES_MAX = 8_192;

    /** All texts of a request, in pieces, as at OpenAI. */
    static final int REQUEST_PIECES_MAX = 300_000;

    private static final int IDLE_SECONDS = 10;

    private final LongSupplier nanoTime;
    private final ReentrantLock loading = new ReentrantLock();
    private final ThreadPoolExecutor workers;
    private volatile @Nullable MiniLm model;

    OfflineEmbedder(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        // Each request in flight has at most one window in the queue, and requests in flight are bounded.
        this.workers = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("gantry-embedding-", 0).factory());
        workers.allowCoreThreadTimeOut(true);
    }

    @Override
    public Embeddings embed(EmbeddingRequest request, CallContext context) throws ProviderException {
        if (!request.model().equals(OfflineProvider.EMBEDDING_MODEL)) {
            throw new ProviderException(
                    Failure.UNKNOWN_MODEL,
                    "The provider 'offline' has no embedding model '" + request.model() + "'; its only one is '"
                            + OfflineProvider.EMBEDDING_MODEL + "'",
                    null);
        }
        if (request.dimensions() != null && request.dimensions() != MiniLm.DIMENSIONS) {
            throw new ProviderException(
                    Failure.UNSUPPORTED,
                    "The model offline/" + OfflineProvider.EMBEDDING_MODEL + " has vectors of " + MiniLm.DIMENSIONS
                            + " dimensions and no others",
                    null);
        }
        Pace pace = new Pace(nanoTime, context.timeout());
        MiniLm loaded = loaded(pace);
        List<int[]> texts = cut(loaded, request.texts(), pace);
        long tokens = 0;
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int[] text : texts) {
            vectors.add(vector(loaded, text, pace));
            tokens += text.length + 2L * windows(text);
        }
        return new Embeddings(OfflineProvider.EMBEDDING_MODEL, vectors, new TokenUsage(tokens, 0, 0, 0, 0, false));
    }

    private MiniLm loaded(Pace pace) throws ProviderException {
        MiniLm known = model;
        if (known != null) {
            return known;
        }
        loading.lock();
        try {
            MiniLm made = model == null ? call(MiniLm::load, pace) : model;
            model = made;
            return made;
        } finally {
            loading.unlock();
        }
    }

    private static List<int[]> cut(MiniLm model, List<String> texts, Pace pace) throws ProviderException {
        List<int[]> cut = new ArrayList<>(texts.size());
        long all = 0;
        for (int index = 0; index < texts.size(); index++) {
            int[] pieces = model.pieces(texts.get(index));
            all += pieces.length;
            if (pieces.length > TEXT_PIECES_MAX) {
                throw rejected("text " + index + " has " + pieces.length + " tokens; at most " + TEXT_PIECES_MAX
                        + " are possible: send it in parts");
            }
            if (all > REQUEST_PIECES_MAX) {
                throw rejected("the texts have more than " + REQUEST_PIECES_MAX
                        + " tokens together: send them in several requests");
            }
            cut.add(pieces);
            pace.check();
        }
        return cut;
    }

    private static ProviderException rejected(String problem) {
        return new ProviderException(
                Failure.REJECTED, "offline/" + OfflineProvider.EMBEDDING_MODEL + ": " + problem, null);
    }

    private float[] vector(MiniLm model, int[] text, Pace pace) throws ProviderException {
        float[] sum = new float[MiniLm.DIMENSIONS];
        for (int window = 0; window < windows(text); window++) {
            int from = window * MiniLm.WINDOW;
            int to = Math.min(text.length, from + MiniLm.WINDOW);
            float[] part = call(() -> model.embed(text, from, to), pace);
            for (int index = 0; index < sum.length; index++) {
                sum[index] += part[index] * Math.max(1, to - from);
            }
        }
        return normalized(sum);
    }

    /** Even a text without any piece has one, empty window. */
    private static int windows(int[] text) {
        return Math.max(1, Math.ceilDiv(text.length, MiniLm.WINDOW));
    }

    private static float[] normalized(float[] vector) {
        double squares = 0;
        for (float number : vector) {
            squares += (double) number * number;
        }
        float length = (float) Math.sqrt(squares);
        if (length > 0) {
            for (int index = 0; index < vector.length; index++) {
                vector[index] /= length;
            }
        }
        return vector;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException, OrtException;
    }

    /** Runs work on one of the embedder's own threads and waits for it. */
    private <T> T call(Work<T> work, Pace pace) throws ProviderException {
        pace.check();
        Future<T> future = workers.submit(work::run);
        try {
            return future.get(Math.max(1, pace.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            future.cancel(false);
            throw new ProviderException(
                    Failure.TIMEOUT, "The provider 'offline' did not finish within the time allowed", late);
        } catch (InterruptedException cancelled) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new ProviderException(
                    Failure.UNAVAILABLE, "The provider 'offline' was interrupted before it had an answer", cancelled);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new ProviderException(
                    Failure.UNAVAILABLE,
                    "The embedding model of the provider 'offline' failed: " + cause.getMessage(),
                    cause);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
