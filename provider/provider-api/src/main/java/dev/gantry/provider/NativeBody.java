package dev.gantry.provider;

import dev.gantry.kernel.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A reply that is not a stream and has come in full.
 *
 * @param body the reply as it came
 * @param usage what the provider counted; null when it gave no numbers
 * @param produced finds the model's words in the body, when they are asked for
 */
public record NativeBody(Buffer body, @Nullable TokenUsage usage, Supplier<String> produced) implements NativeReply {
    /** Not for such a reply: sends it as one piece. */
    @Override
    public void pipeTo(ClientStream client) {
        client.write(body);
    }

    @Override
    public String producedText() {
        return produced.get();
    }

    @Override
    public void close() {
        // Nothing is under way any more.
    }
}
