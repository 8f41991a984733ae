package dev.gantry.provider.bedrock;

import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import dev.gantry.provider.UpstreamStream;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A streamed answer as events. It is complete when the stream ends after {@code messageStop}; numbers come behind that. */
final class ConverseStreamReply implements ChatReply {
    private final UpstreamStream stream;
    private final ConverseReplyReader reader;
    private final UpstreamFailures failures;
    private final EventFrames frames;
    private final ArrayDeque<ChatEvent> events = new ArrayDeque<>();
    private boolean ended;

    ConverseStreamReply(UpstreamStream stream, ConverseReplyReader reader, UpstreamFailures failures) {
        this.stream = stream;
        this.reader = reader;
        this.failures = failures;
        this.frames = new EventFrames(failures);
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        while (events.isEmpty() && !ended) {
            EventFrames.Frame frame = frames.poll();
            if (frame != null) {
                events.addAll(reader.event(frame, stream.header("x-amzn-requestid")));
                continue;
            }
            Buffer chunk = stream.read();
            if (chunk != null) {
                frames.add(chunk.getBytes());
                continue;
            }
            ended = true;
            if (frames.isWithinFrame()) {
                throw failures.brokenOff();
            }
            events.add(reader.end());
        }
        return events.poll();
    }

    @Override
    public void close() {
        stream.close();
    }
}
