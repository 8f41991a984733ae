package dev.gantry.provider.openai;

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
import dev.gantry.provider.UpstreamReply;
import dev.gantry.provider.UpstreamRequest;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Forwards chat completions as they are, and reads the usage in passing. */
final class OpenAiNativeChat implements NativeEndpoint {
    private final OpenAiAddress address;
    private final Upstream upstream;
    private final ProviderKeys keys;

    OpenAiNativeChat(OpenAiAddress address, Upstream upstream, ProviderKeys keys) {
        this.address = address;
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public NativeReply send(Buffer body, boolean stream, Map<String, String> headers, CallContext context)
            throws ProviderException {
        String path = address.chatPath(address.namesModelInPath() ? RequestField.text(body, OpenAiScan.MODEL) : "");
        if (!stream) {
            UpstreamReply reply = keys.use(
                    context,
                    fixed -> upstream.exchange(
                            new UpstreamRequest(
                                    path,
                                    OpenAiProvider.withCall(fixed, context).withClients(headers),
                                    body),
                            context));
            return whole(reply.body());
        }
        StreamOptions options = StreamOptions.of(body);
        return keys.use(
                context,
                fixed -> NativeStream.of(
                        upstream.stream(
                                new UpstreamRequest(
                                        path,
                                        OpenAiProvider.withCall(fixed, context).withClients(headers),
                                        options.body()),
                                context),
                        new EventForwarder(
                                upstream.failures(),
                                new OpenAiInspector(upstream.failures(), !options.usageWanted()))));
    }

    private NativeReply whole(Buffer body) throws ProviderException {
        OpenAiScan scan = new OpenAiScan(false);
        try {
            scan.scan(body);
        } catch (JsonCursor.Malformed malformed) {
            throw upstream.failures().badReply("it is " + malformed.getMessage());
        }
        if (scan.errorFrom() >= 0 && !scan.hasChoices()) {
            throw OpenAiErrors.of(scan.error(), upstream.failures());
        }
        return new NativeBody(body, scan.usage(), () -> producedText(body));
    }

    private static String producedText(Buffer body) {
        OpenAiScan scan = new OpenAiScan(true);
        try {
            scan.scan(body);
        } catch (JsonCursor.Malformed impossible) {
            throw new IllegalStateException("A reply that was scanned before is malformed", impossible);
        }
        return scan.producedText();
    }
}
