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

/** A request in a schema of OpenAI or Anthropic. */
record SdkAsk(Inbound inbound, Origin origin, ClientSchema schema, ReplyFormat format) implements Ask {
    private static final List<String> ANTHROPIC_HEADERS = List.of("anthropic-version", "anthropic-beta");

    @Override
    public Credentials credentials() {
        return inbound.credentials();
    }

    @Override
    public Prompt prepare(Caller caller) {
        return Prompt.Raw.read(schema, inbound.requireJsonBody(), schemaHeaders());
    }

    @Override
    public Exchange exchange() {
        return inbound.exchange();
    }

    private Map<String, String> schemaHeaders() {
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
