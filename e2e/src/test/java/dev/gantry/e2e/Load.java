package dev.gantry.e2e;

import dev.gantry.testing.Eventually;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask on and on, and remember what they were told. */
final class Load {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Client client;
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Client.Answer> refused = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    private Load(Client client) {
        this.client = client;
    }

    /** Starts so many clients. */
    static Load start(Client client, int clients) {
        Load load = new Load(client);
        for (int index = 0; index < clients; index++) {
            load.threads.add(Thread.ofVirtual().start(load::ask));
        }
        return load;
    }

    private void ask() {
        while (!stopping) {
            String requestId = "load-" + UUID.randomUUID();
            try {
                Client.Answer answer = client.send(client.request("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .header("X-Request-Id", requestId)
                        .POST(HttpRequest.BodyPublishers.ofString(Requests.chat("openai-echo", "one two three", false)))
                        .build());
                if (answer.status() == 200) {
                    acknowledged.add(requestId);
                } else {
                    refused.add(answer);
                }
            } catch (UncheckedIOException gone) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** The ids of the requests that were answered. */
    List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** What was refused, and how. */
    List<Client.Answer> refused() {
        return List.copyOf(refused);
    }

    /** Waits until so many more requests were answered. */
    void awaitMore(int count) {
        int from = acknowledged.size();
        Eventually.holds(count + " further requests are answered", () -> acknowledged.size() >= from + count);
    }

    /** Lets the clients finish what they are at. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
