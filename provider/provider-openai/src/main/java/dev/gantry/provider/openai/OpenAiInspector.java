package dev.gantry.provider.openai;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.EventInspector;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import org.jspecify.annotations.Nullable;

/** Reads the chunks of a streamed completion; withholds the usage chunk that the client did not ask for. */
final class OpenAiInspector implements EventInspector {
    private final UpstreamFailures failures;
    private final boolean withholdUsage;
    private final OpenAiScan scan = new OpenAiScan(true);
    private boolean done;

    OpenAiInspector(UpstreamFailures failures, boolean withholdUsage) {
        this.failures = failures;
        this.withholdUsage = withholdUsage;
    }

    @Override
    public boolean inspect(byte[] bytes, int from, int to) throws ProviderException {
        if (isDone(bytes, from, to)) {
            done = true;
            return true;
        }
        try {
            scan.scan(bytes, from, to);
        } catch (JsonCursor.Malformed malformed) {
            throw failures.badReply("an event of its stream is " + malformed.getMessage());
        }
        if (scan.errorFrom() >= 0) {
            throw OpenAiErrors.of(scan.error(), failures);
        }
        return !(withholdUsage && scan.isUsageOnly());
    }

    /** Whether the data is {@code [DONE]}. */
    static boolean isDone(byte[] bytes, int from, int to) {
        return to - from >= 6 && bytes[from] == '[' && bytes[from + 1] == 'D' && bytes[from + 2] == 'O';
    }

    @Override
    public boolean isComplete() {
        return done || scan.isFinished();
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
