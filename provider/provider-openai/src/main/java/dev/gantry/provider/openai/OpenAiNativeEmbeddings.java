package dev.gantry.provider.openai;

import dev.gantry.provider.CallContext;
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

/** Forwards requests for embeddings as they are, arrays of tokens included, and sees to the form of the vectors. */
final class OpenAiNativeEmbeddings implements NativeEndpoint {
    private static final byte[] ENCODING_FORMAT = "encoding_format".getBytes(StandardCharsets.US_ASCII);

    private final OpenAiAddress address;
    private final Upstream upstream;
    private final ProviderKeys keys;

    OpenAiNativeEmbeddings(OpenAiAddress address, Upstream upstream, ProviderKeys keys) {
        this.address = address;
        this.upstream = upstream;
        this.keys = keys;
    }

    @Override
    public NativeReply send(Buffer body, boolean stream, Map<String, String> headers, CallContext context)
            throws ProviderException {
        String path =
                address.embeddingsPath(address.namesModelInPath() ? RequestField.text(body, OpenAiScan.MODEL) : "");
        UpstreamReply reply = keys.use(
                context,
                fixed -> upstream.exchange(
                        new UpstreamRequest(
                                path, OpenAiProvider.withCall(fixed, context).withClients(headers), body),
                        context));
        EmbeddingsReply embeddings = EmbeddingsReply.read(reply.body(), upstream.failures());
        boolean base64 = RequestField.text(body, ENCODING_FORMAT).equals("base64");
        return new NativeBody(embeddings.in(base64, upstream.failures()), embeddings.usage(), () -> "");
    }
}
