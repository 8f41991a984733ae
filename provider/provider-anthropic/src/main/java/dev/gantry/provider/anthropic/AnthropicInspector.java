package dev.gantry.provider.anthropic;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.EventInspector;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import org.jspecify.annotations.Nullable;

/** Reads the events of a streamed message. */
final class AnthropicInspector implements EventInspector {
    private final UpstreamFailures failures;
    private final AnthropicScan scan = new AnthropicScan(true);

    AnthropicInspector(UpstreamFailures failures) {
        this.failures = failures;
    }

    @Override
    public boolean inspect(byte[] bytes, int from, int to) throws ProviderException {
        try {
            scan.scan(bytes, from, to);
        } catch (JsonCursor.Malformed malformed) {
            throw failures.badReply("an event of its stream is " + malformed.getMessage());
        }
        if (scan.hasError()) {
            throw AnthropicErrors.of(scan.error(), failures);
        }
        return true;
    }

    @Override
    public boolean isComplete() {
        return scan.isStopped();
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
