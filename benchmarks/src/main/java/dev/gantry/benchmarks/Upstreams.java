package dev.gantry.benchmarks;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The providers that are asked: nginx with a fixed reply, and a program of ours that takes its time. */
final class Upstreams implements Subject {
    static final int CHUNKS = 50;
    private static final int PACE_MS = 10;
    private static final int DELAY_MS = 50;

    private final Map<Upstream, Integer> ports = new EnumMap<>(Upstream.class);
    private final Conversation conversation;

    Upstreams(Workplace workplace, Conversation conversation) throws Exception {
        this.conversation = conversation;
        String reply = conversation.reply();
        ports.put(Upstream.FAST, Workplace.freePort());
        Nginx.start(workplace, "upstream", List.of(workplace.require("nginx")), """
                server {
                    listen 127.0.0.1:%d backlog=4096 reuseport;
                    default_type application/json;
                    location / { return 200 '%s'; }
                }
                """.formatted(
                        ports.get(Upstream.FAST), reply));
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        ports.put(
                Upstream.SLOW,
                listen(
                        vertx,
                        request -> vertx.setTimer(
                                DELAY_MS,
                                due -> request.response()
                                        .putHeader("Content-Type", "application/json")
                                        .end(reply))));
        ports.put(Upstream.STREAM, listen(vertx, request -> {
            HttpServerResponse response = request.response()
                    .putHeader("Content-Type", "text/event-stream")
                    .setChunked(true);
            sendChunk(response, 0);
            int[] sent = {1};
            vertx.setPeriodic(PACE_MS, timer -> {
                if (sent[0] < CHUNKS && !response.closed()) {
                    sendChunk(response, sent[0]++);
                    return;
                }
                vertx.cancelTimer(timer);
                response.end("""
                        data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench",\
                        "choices":[],"usage":{"prompt_tokens":34,"completion_tokens":50,"total_tokens":84}}

                        data: [DONE]

                        """);
            });
        }));
    }

    private static void sendChunk(HttpServerResponse response, int number) {
        response.write("""
                data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench",\
                "choices":[{"index":0,"delta":{"content":" word%d"},"logprobs":null,"finish_reason":null}]}

                """.formatted(number));
    }

    /** The reply starts when the whole request is there, as a provider's does. */
    private static int listen(Vertx vertx, Handler<HttpServerRequest> answer) throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setTcpNoDelay(true)
                .setAcceptBacklog(4_096));
        server.requestHandler(request ->
                request.endHandler(complete -> answer.handle(request)).resume());
        return server.listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    /** Returns the chat request that everyone gets. */
    String body(Upstream upstream) {
        return conversation.request(upstream);
    }

    int port(Upstream upstream) {
        return ports.getOrDefault(upstream, 0);
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public Target target(Upstream upstream) {
        return new Target(port(upstream), "/v1/chat/completions", Map.of(), body(upstream));
    }
}
