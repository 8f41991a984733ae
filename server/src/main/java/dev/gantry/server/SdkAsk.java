package dev.gantry.server;

import dev.gantry.gateway.Ask;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.provider.ClientSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A request in a schema of OpenAI or Anthropic.
 *
 * @param body read when the caller is known
 * @param headers those that belong to the schema
 */
record SdkAsk(
        Origin origin,
        Credentials credentials,
        Supplier<byte[]> body,
        Map<String, String> headers,
        Exchange exchange,
        ClientSchema schema,
        ReplyFormat format)
        implements Ask {
    private static final List<String> ANTHROPIC_HEADERS = List.of("anthropic-version", "anthropic-beta");

    static SdkAsk of(Inbound inbound, Origin origin, ClientSchema schema, ReplyFormat format) {
        return new SdkAsk(
                origin,
                inbound.credentials(),
                inbound::requireJsonBody,
                headers(inbound, schema),
                inbound.exchange(),
                schema,
                format);
    }

    @Override
    public Prompt prepare(Caller caller) {
        return Prompt.Raw.read(schema, body.get(), headers);
    }

    private static Map<String, String> headers(Inbound inbound, ClientSchema schema) {
        return switch (schema) {
            case OPENAI_CHAT, OPENAI_RESPONSES, OPENAI_EMBEDDINGS -> Map.of();
            case ANTHROPIC_MESSAGES, ANTHROPIC_TOKEN_COUNT -> {
                Map<String, String> headers = new HashMap<>();
                for (String name : ANTHROPIC_HEADERS) {
                    String value = inbound.headers().get(name);
                    if (value != null) {
                        headers.put(name, value);
                    }
                }
                yield headers;
            }
        };
    }
}
