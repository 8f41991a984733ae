package dev.gantry.provider;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * Forwards a request in the client's own schema to a provider that speaks it: bytes in, bytes out, fields that Gantry
 * does not know included. Thread-safe.
 */
public interface NativeEndpoint {
    /**
     * Sends the request and waits for the head of the reply.
     *
     * @param body the client's body with the upstream model name in place
     * @param stream whether the body asks for a stream
     * @param headers headers of the client that belong to the schema ({@code anthropic-beta}, {@code anthropic-version})
     * @return a successful reply, to be closed
     * @throws ProviderException if the provider cannot be reached or answers with an error status
     */
    NativeReply send(Buffer body, boolean stream, Map<String, String> headers, CallContext context)
            throws ProviderException;
}
