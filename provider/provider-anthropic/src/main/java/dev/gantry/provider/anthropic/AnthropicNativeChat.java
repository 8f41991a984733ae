package dev.gantry.provider.anthropic;

import dev.gantry.provider.CallContext;
import dev.gantry.provider.EventForwarder;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.NativeBody;
import dev.gantry.provider.NativeEndpoint;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.NativeStream;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderKeys;
import dev.gantry.provider.Upstream;
import dev.gantry.provider.UpstreamFailures;
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Forwards messages as they are, and reads the usage in passing. */
final class AnthropicNativeChat implements NativeEndpoint {
    private final Upstream upstream;
    private final ProviderKeys keys;

    AnthropicNativeChat(Upstream upstream, ProviderKeys keys) {
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public NativeReply send(Buffer body, boolean stream, Map<String, String> headers, CallContext context)
            throws ProviderException {
        UpstreamFailures failures = upstream.failures();
        if (stream) {
            return keys.use(
                    context,
                    fixed -> NativeStream.of(
                            upstream.stream(
                                    new UpstreamRequest(
                                            AnthropicProvider.MESSAGES,
                                            AnthropicProvider.withClients(fixed, headers, context),
                                            body),
                                    context),
                            new EventForwarder(failures, new AnthropicInspector(failures))));
        }
        UpstreamReply reply = keys.use(
                context,
                fixed -> upstream.exchange(
                        new UpstreamRequest(
                                AnthropicProvider.MESSAGES,
                                AnthropicProvider.withClients(fixed, headers, context),
                                body),
                        context));
        Buffer content = reply.body();
        AnthropicScan scan = new AnthropicScan(false);
        try {
            scan.scan(content);
        } catch (JsonCursor.Malformed malformed) {
            throw failures.badReply("it is " + malformed.getMessage());
        }
        if (scan.hasError()) {
            throw AnthropicErrors.of(scan.error(), failures);
        }
        return new NativeBody(content, scan.usage(), () -> producedText(content));
    }

    private static String producedText(Buffer content) {
        AnthropicScan scan = new AnthropicScan(true);
        try {
            scan.scan(content);
        } catch (JsonCursor.Malformed impossible) {
            throw new IllegalStateException("A reply that was scanned before is malformed", impossible);
        }
        return scan.producedText();
    }
}
