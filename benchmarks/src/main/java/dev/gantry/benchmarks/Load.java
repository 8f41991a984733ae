package dev.gantry.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Clients with a thread and a connection each: requests at a fixed rate, or streams one after another. */
final class Load {
    private Load() {}

    /** Times in microseconds, sorted. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Times(long[] sorted) {
        double percentile(double share) {
            return sorted.length == 0
                    ? Double.NaN
                    : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))];
        }
    }

    /** What streams gave: how many ended well, chunks in all, seconds, and the times to the first chunk. */
    record Streams(int completed, long chunks, double seconds, Times first) {}

    private interface Client {
        void run(Connection connection, int number) throws IOException;
    }

    /**
     * Sends requests at a fixed rate. A request counts from the moment at which it was due when its client was still busy
     * with the one before, otherwise from when it was sent, so that no wait for the server is left out.
     */
    static Times atRate(Target target, int perSecond, int seconds) throws Exception {
        int clients = 16;
        int each = perSecond * seconds / clients;
        long[] times = new long[clients * each];
        long begin = System.nanoTime() + 50_000_000;
        long interval = 1_000_000_000L * clients / perSecond;
        inParallel(target, clients, (connection, client) -> {
            for (int request = 0; request < each; request++) {
                long due = begin + request * interval + client * interval / clients;
                long now = System.nanoTime();
                long counted = now > due ? due : 0;
                while (now < due) {
                    LockSupport.parkNanos(due - now);
                    now = System.nanoTime();
                }
                connection.send();
                connection.readWhole();
                times[client * each + request] = (System.nanoTime() - (counted == 0 ? now : counted)) / 1_000;
            }
        });
        Arrays.sort(times);
        return new Times(times);
    }

    /** Lets clients read streams, one after another, until the time is over. */
    static Streams streams(Target target, int clients, int seconds) throws Exception {
        List<Long> first = new ArrayList<>();
        long[] chunks = new long[clients];
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        inParallel(target, clients, (connection, client) -> {
            while (System.nanoTime() < end) {
                long sent = System.nanoTime();
                connection.send();
                long[] stream = connection.readStream();
                chunks[client] += stream[1];
                synchronized (first) {
                    first.add((stream[0] - sent) / 1_000);
                }
            }
        });
        double elapsed = (System.nanoTime() - begin) / 1e9;
        long[] sorted = first.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Streams(first.size(), Arrays.stream(chunks).sum(), elapsed, new Times(sorted));
    }

    private static void inParallel(Target target, int clients, Client client) throws Exception {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<?>> running = new ArrayList<>();
            for (int number = 0; number < clients; number++) {
                int own = number;
                running.add(threads.submit(() -> {
                    try (Connection connection = new Connection(target)) {
                        client.run(connection, own);
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
    }

    /** As much of HTTP/1.1 as the measured programs speak. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket;
        private final InputStream input;
        private final byte[] request;

        Connection(Target target) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), target.port());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            input = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
            request = target.bytes();
        }

        void send() throws IOException {
            socket.getOutputStream().write(request);
        }

        void readWhole() throws IOException {
            int length = readHead();
            if (length >= 0) {
                input.skipNBytes(length);
            } else {
                while (readChunk().length > 0) {
                    // A whole reply may come in chunks too.
                }
            }
        }

        /** Returns when the first event came, and how many came. */
        long[] readStream() throws IOException {
            readHead();
            long firstAt = 0;
            long events = 0;
            String tail = "";
            while (true) {
                byte[] chunk = readChunk();
                if (chunk.length == 0) {
                    break;
                }
                if (firstAt == 0) {
                    firstAt = System.nanoTime();
                }
                tail = new String(chunk, StandardCharsets.ISO_8859_1);
                events += occurrences(tail, "\"content\":");
            }
            if (!tail.contains("[DONE]")) {
                throw new IOException("A stream ended early: " + tail);
            }
            return new long[] {firstAt, events};
        }

        private static int occurrences(String text, String what) {
            int count = 0;
            for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) {
                count++;
            }
            return count;
        }

        /** Returns the length of the body, or -1 for chunks. */
        private int readHead() throws IOException {
            String status = readLine();
            int length = -1;
            for (String line = readLine(); !line.isEmpty(); line = readLine()) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            if (!status.contains(" 200 ")) {
                String body = length > 0 ? new String(input.readNBytes(length), StandardCharsets.UTF_8) : "";
                throw new IOException("Refused: " + status + " " + body);
            }
            return length;
        }

        private byte[] readChunk() throws IOException {
            int length = Integer.parseInt(readLine(), 16);
            byte[] chunk = input.readNBytes(length);
            readLine();
            return chunk;
        }

        private String readLine() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = input.read(); next != '\n'; next = input.read()) {
                if (next < 0) {
                    throw new IOException("The connection ended");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
