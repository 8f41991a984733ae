package dev.gantry.server;

import dev.gantry.gateway.AnthropicMessagesFormat;
import dev.gantry.gateway.Ask;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.OpenAiChatFormat;
import dev.gantry.gateway.OpenAiResponsesFormat;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.identity.Credentials;
import dev.gantry.provider.ClientSchema;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The endpoints whose requests go through the gate, and how each is read and answered. Thread-safe. */
final class GatedRoutes {
    static final String CHAT = "/v1/chat/completions";
    static final String RESPONSES = "/v1/responses";
    static final String EMBEDDINGS = "/v1/embeddings";
    static final String MESSAGES = "/v1/messages";
    static final String COUNT = "/v1/messages/count_tokens";

    private final Map<String, Sdk> sdks = new LinkedHashMap<>();
    private final ExecuteRoute execute;

    /** An endpoint of an SDK. */
    record Sdk(ClientSchema schema, ReplyFormat format) {}

    GatedRoutes(ExecuteRoute execute, Clock clock) {
        this.execute = execute;
        OpenAiChatFormat openAi = new OpenAiChatFormat(clock);
        AnthropicMessagesFormat anthropic = new AnthropicMessagesFormat();
        sdks.put(CHAT, new Sdk(ClientSchema.OPENAI_CHAT, openAi));
        sdks.put(RESPONSES, new Sdk(ClientSchema.OPENAI_RESPONSES, new OpenAiResponsesFormat(clock)));
        sdks.put(EMBEDDINGS, new Sdk(ClientSchema.OPENAI_EMBEDDINGS, openAi));
        sdks.put(MESSAGES, new Sdk(ClientSchema.ANTHROPIC_MESSAGES, anthropic));
        sdks.put(COUNT, new Sdk(ClientSchema.ANTHROPIC_TOKEN_COUNT, anthropic));
    }

    /** Returns the endpoints of SDKs. */
    Set<String> sdkPaths() {
        return sdks.keySet();
    }

    /** Returns how an endpoint of an SDK is read and answered. */
    Sdk sdk(String path) {
        Sdk sdk = sdks.get(path);
        if (sdk == null) {
            throw new IllegalArgumentException("There is no endpoint " + path);
        }
        return sdk;
    }

    /** Returns the route of patterns. */
    ExecuteRoute execute() {
        return execute;
    }

    /** Returns whether there is such an endpoint. */
    boolean has(String path) {
        return sdks.containsKey(path) || path.equals(ExecuteRoute.ENDPOINT);
    }

    /** Returns a request to an endpoint that did not come by HTTP. */
    Ask ask(Origin origin, Credentials credentials, Supplier<byte[]> body, Exchange exchange) {
        if (origin.endpoint().equals(ExecuteRoute.ENDPOINT)) {
            return execute.ask(origin, credentials, body, false, exchange);
        }
        Sdk sdk = sdk(origin.endpoint());
        return new SdkAsk(origin, credentials, body, Map.of(), exchange, sdk.schema(), sdk.format());
    }
}
