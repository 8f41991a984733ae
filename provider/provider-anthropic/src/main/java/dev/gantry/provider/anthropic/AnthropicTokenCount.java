package dev.gantry.provider.anthropic;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.NativeBody;
import dev.gantry.provider.NativeEndpoint;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderKeys;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Forwards requests to count tokens, which Anthropic does not charge. */
final class AnthropicTokenCount implements NativeEndpoint {
    private static final String PATH = AnthropicProvider.MESSAGES + "/count_tokens";
    private static final byte[] INPUT_TOKENS = "input_tokens".getBytes(StandardCharsets.US_ASCII);

    private final Upstream upstream;
    private final ProviderKeys keys;

    AnthropicTokenCount(Upstream upstream, ProviderKeys keys) {
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public NativeReply send(Buffer body, boolean stream, Map<String, String> headers, CallContext context)
            throws ProviderException {
        UpstreamReply reply = keys.use(
                context,
                fixed -> upstream.exchange(
                        new UpstreamRequest(PATH, AnthropicProvider.withClients(fixed, headers, context), body),
                        context));
        requireCount(reply.body());
        return new NativeBody(reply.body(), TokenUsage.NONE, () -> "");
    }

    private void requireCount(Buffer body) throws ProviderException {
        JsonCursor cursor = new JsonCursor();
        cursor.reset(body);
        try {
            cursor.enterObject();
            while (cursor.nextField()) {
                if (cursor.nameIs(INPUT_TOKENS) && cursor.atNumber()) {
                    return;
                }
                cursor.skip();
            }
        } catch (JsonCursor.Malformed malformed) {
            throw upstream.failures().badReply("it is " + malformed.getMessage());
        }
        throw upstream.failures().badReply("it holds no input_tokens");
    }
}
