package dev.gantry.provider.testing;

import dev.gantry.kernel.Json;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sends one answer, with what is to go wrong with it. For one event loop's thread. */
final class SimulatedReply {
    private static final int FILL_BYTES = 64 * 1024;

    private final Simulator simulator;
    private final Context context;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Wire wire;
    private final Told told;
    private boolean ended;

    SimulatedReply(Simulator simulator, Context context, HttpServerRequest request, Wire wire, Told told) {
        this.simulator = simulator;
        this.context = context;
        this.request = request;
        this.response = request.response();
        this.wire = wire;
        this.told = told;
        simulator.begun();
        response.closeHandler(closed -> over(false));
        response.exceptionHandler(lost -> over(false));
    }

    private void over(boolean completely) {
        if (!ended) {
            ended = true;
            simulator.ended(completely);
        }
    }

    private void closeConnection() {
        over(true);
        request.connection().close();
    }

    void send() {
        if (ended) {
            return;
        }
        boolean stream = told.asked().stream();
        switch (told.scenario().fault()) {
            case Fault.Status fault -> {
                fault.headers().forEach(response::putHeader);
                whole(fault.status(), Json.write(wire.error(fault.status(), fault.type(), fault.message())));
            }
            case Fault.Raw fault -> {
                fault.headers().forEach(response::putHeader);
                whole(fault.status(), fault.body().getBytes(StandardCharsets.UTF_8));
            }
            case Fault.CloseWithoutReply fault -> closeConnection();
            case Fault.WrongContentType fault -> {
                response.putHeader("Content-Type", "text/html");
                end(Buffer.buffer("<html><body>Welcome to the captive portal</body></html>"));
            }
            case Fault.Rubbish fault -> rubbish(stream);
            case Fault.HugeBody fault -> huge(fault.bytes(), stream);
            case Fault.SlowDrip fault -> drip(fault, stream);
            case Fault.None fault -> answer(stream);
            case Fault.StallAfter fault -> partly(stream, fault.pieces(), () -> {});
            case Fault.DieAfter fault -> partly(stream, fault.pieces(), this::closeConnection);
            case Fault.EndAfter fault -> partly(stream, fault.pieces(), () -> end(Buffer.buffer()));
            case Fault.ErrorAfter fault ->
                partly(stream, fault.pieces(), () -> end(wire.errorInStream(fault.type(), fault.message())));
        }
    }

    private void answer(boolean stream) {
        if (told.scenario().answer() instanceof Scenario.Answer.Verbatim verbatim) {
            if (stream) {
                beginStream();
                end(wire.verbatim(verbatim.stream()));
            } else {
                whole(200, verbatim.whole().getBytes(StandardCharsets.UTF_8));
            }
        } else if (stream) {
            beginStream();
            paced(wire.stream(told), 0, () -> end(Buffer.buffer()));
        } else {
            whole(200, Json.write(wire.whole(told)));
        }
    }

    /** Sends the beginning of a stream, or half of a whole reply, and then does something else. */
    private void partly(boolean stream, int pieces, Runnable then) {
        if (stream) {
            beginStream();
            List<Buffer> chunks = wire.stream(told);
            paced(chunks.subList(0, Math.min(chunks.size() - 1, pieces + 1)), 0, then);
            return;
        }
        byte[] body = Json.write(wire.whole(told));
        response.putHeader("Content-Type", "application/json").putHeader("Content-Length", "" + body.length);
        response.write(Buffer.buffer().appendBytes(body, 0, body.length / 2));
        then.run();
    }

    private void beginStream() {
        response.setChunked(true).putHeader("Content-Type", wire.streamType());
    }

    private void paced(List<Buffer> chunks, int from, Runnable then) {
        long paceMs = told.scenario().pace().toMillis();
        for (int index = from; index < chunks.size(); index++) {
            if (ended) {
                return;
            }
            response.write(chunks.get(index));
            int next = index + 1;
            if (paceMs > 0 && next < chunks.size()) {
                context.owner().setTimer(paceMs, timer -> paced(chunks, next, then));
                return;
            }
            if (response.writeQueueFull()) {
                simulator.waits();
                response.drainHandler(drained -> {
                    response.drainHandler(null);
                    paced(chunks, next, then);
                });
                return;
            }
        }
        if (!ended) {
            then.run();
        }
    }

    private void rubbish(boolean stream) {
        if (stream) {
            beginStream();
            end(wire.rubbish());
        } else {
            whole(200, "{\"choices\": oops".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A valid stream, or a whole reply that begins like a valid one, of about this length. */
    private void huge(long bytes, boolean stream) {
        if (stream) {
            List<String> pieces = new ArrayList<>();
            String piece = "x".repeat((int) Math.min(FILL_BYTES, bytes));
            for (long length = 0; length < bytes; length += piece.length()) {
                pieces.add(piece);
            }
            Told longer =
                    new Told(told.id(), told.asked(), told.scenario(), "", pieces, List.of(), Told.End.DONE, null);
            beginStream();
            paced(wire.stream(longer), 0, () -> end(Buffer.buffer()));
            return;
        }
        response.setChunked(true).putHeader("Content-Type", "application/json");
        response.write(Buffer.buffer("{\"filler\":\""));
        fill(bytes);
    }

    private void fill(long left) {
        long rest = left;
        Buffer filler = Buffer.buffer("x".repeat(FILL_BYTES));
        while (rest > 0 && !ended) {
            response.write(filler);
            rest -= FILL_BYTES;
            if (response.writeQueueFull()) {
                long later = rest;
                response.drainHandler(drained -> {
                    response.drainHandler(null);
                    fill(later);
                });
                return;
            }
        }
        if (!ended) {
            end(Buffer.buffer("\"}"));
        }
    }

    private void drip(Fault.SlowDrip fault, boolean stream) {
        Buffer all = Buffer.buffer();
        if (stream) {
            wire.stream(told).forEach(all::appendBuffer);
        } else {
            all.appendBytes(Json.write(wire.whole(told)));
        }
        response.putHeader("Content-Type", stream ? wire.streamType() : "application/json")
                .putHeader("Content-Length", "" + all.length());
        drip(all, 0, fault);
    }

    private void drip(Buffer all, int from, Fault.SlowDrip fault) {
        if (ended) {
            return;
        }
        int to = Math.min(all.length(), from + fault.bytes());
        if (to == all.length()) {
            end(all.getBuffer(from, to));
            return;
        }
        response.write(all.getBuffer(from, to));
        context.owner().setTimer(Math.max(1, fault.pause().toMillis()), timer -> drip(all, to, fault));
    }

    private void whole(int status, byte[] body) {
        response.setStatusCode(status).putHeader("Content-Type", "application/json");
        end(Buffer.buffer(body));
    }

    private void end(Buffer last) {
        if (!ended) {
            over(true);
            response.end(last);
        }
    }
}
