package dev.gantry.provider.ollama;

import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.LineReader;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A streamed answer as events. */
final class OllamaStreamReply implements ChatReply {
    private final LineReader lines;
    private final UpstreamFailures failures;
    private final OllamaReplyReader reader;
    private final ArrayDeque<ChatEvent> events = new ArrayDeque<>();
    private boolean ended;

    OllamaStreamReply(LineReader lines, UpstreamFailures failures) {
        this.lines = lines;
        this.failures = failures;
        this.reader = new OllamaReplyReader(failures);
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        while (events.isEmpty() && !ended) {
            byte[] line = lines.next();
            if (line == null) {
                throw failures.brokenOff();
            }
            events.addAll(reader.read(ReplyJson.object(line, failures)));
            ended = events.peekLast() instanceof ChatEvent.Finished;
        }
        return events.poll();
    }

    @Override
    public void close() {
        lines.close();
    }
}
