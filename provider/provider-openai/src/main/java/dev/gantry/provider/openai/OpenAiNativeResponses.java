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

/** Forwards requests for responses as they are, except that nothing may be stored, and reads the usage in passing. */
final class OpenAiNativeResponses implements NativeEndpoint {
    private final OpenAiAddress address;
    private final Upstream upstream;
    private final ProviderKeys keys;

    OpenAiNativeResponses(OpenAiAddress address, Upstream upstream, ProviderKeys keys) {
        this.address = address;
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public NativeReply send(Buffer body, boolean stream, Map<String, String> headers, CallContext context)
            throws ProviderException {
        Buffer stateless = StoreField.forbid(body);
        if (stream) {
            return keys.use(
                    context,
                    fixed -> NativeStream.of(
                            upstream.stream(
                                    new UpstreamRequest(
                                            address.responsesPath(),
                                            OpenAiProvider.withCall(fixed, context)
                                                    .withClients(headers),
                                            stateless),
                                    context),
                            new EventForwarder(
                                    upstream.failures(), new OpenAiResponsesInspector(upstream.failures()))));
        }
        UpstreamReply reply = keys.use(
                context,
                fixed -> upstream.exchange(
                        new UpstreamRequest(
                                address.responsesPath(),
                                OpenAiProvider.withCall(fixed, context).withClients(headers),
                                stateless),
                        context));
        return whole(reply.body());
    }

    private NativeReply whole(Buffer body) throws ProviderException {
        OpenAiResponsesScan scan = new OpenAiResponsesScan();
        try {
            scan.scanWhole(body, false);
        } catch (JsonCursor.Malformed malformed) {
            throw upstream.failures().badReply("it is " + malformed.getMessage());
        }
        if (scan.hasFailed()) {
            throw OpenAiErrors.of(scan.error("the response failed"), upstream.failures());
        }
        return new NativeBody(body, scan.usage(), () -> producedText(body));
    }

    private static String producedText(Buffer body) {
        OpenAiResponsesScan scan = new OpenAiResponsesScan();
        try {
            scan.scanWhole(body, true);
        } catch (JsonCursor.Malformed impossible) {
            throw new IllegalStateException("A reply that was scanned before is malformed", impossible);
        }
        return scan.producedText();
    }
}
