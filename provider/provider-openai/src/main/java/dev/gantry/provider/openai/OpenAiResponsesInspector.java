package dev.gantry.provider.openai;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.EventInspector;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import org.jspecify.annotations.Nullable;

/** Reads the events of a streamed response. */
final class OpenAiResponsesInspector implements EventInspector {
    private final UpstreamFailures failures;
    private final OpenAiResponsesScan scan = new OpenAiResponsesScan();
    private boolean complete;

    OpenAiResponsesInspector(UpstreamFailures failures) {
        this.failures = failures;
    }

    @Override
    public boolean inspect(byte[] bytes, int from, int to) throws ProviderException {
        if (OpenAiInspector.isDone(bytes, from, to)) {
            return true;
        }
        try {
            scan.scanEvent(bytes, from, to);
        } catch (JsonCursor.Malformed malformed) {
            throw failures.badReply("an event of its stream is " + malformed.getMessage());
        }
        if (scan.hasFailed()) {
            throw OpenAiErrors.of(scan.error("the response failed"), failures);
        }
        complete |= scan.type().equals("response.completed") || scan.type().equals("response.incomplete");
        return true;
    }

    @Override
    public boolean isComplete() {
        return complete;
    }

    @Override
    public @Nullable TokenUsage usage() {
        return scan.usage();
    }

    @Override
    public String producedText() {
        return scan.producedText();
    }
}
