package dev.gantry.provider.gemini;

import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.EventReader;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A streamed answer as events. There is no end mark: the answer is complete when a reason for its end has come. */
final class GeminiStreamReply implements ChatReply {
    private final EventReader source;
    private final UpstreamFailures failures;
    private final GeminiReplyReader reader;
    private final ArrayDeque<ChatEvent> events = new ArrayDeque<>();
    private boolean ended;

    GeminiStreamReply(EventReader source, String model, UpstreamFailures failures) {
        this.source = source;
        this.failures = failures;
        this.reader = new GeminiReplyReader(model, failures);
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        while (events.isEmpty() && !ended) {
            byte[] data = source.next();
            if (data == null) {
                ended = true;
                events.addAll(reader.end());
            } else {
                events.addAll(reader.read(ReplyJson.object(data, failures)));
            }
        }
        return events.poll();
    }

    @Override
    public void close() {
        source.close();
    }
}
