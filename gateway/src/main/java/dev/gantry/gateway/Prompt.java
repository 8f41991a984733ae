package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.EmbeddingRequest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is asked of a model, on whose permission, and for which asset. */
public sealed interface Prompt {
    /** Returns the model as the caller or the asset named it. */
    String model();

    /** Returns whether the caller wants the answer as it is generated. */
    boolean stream();

    /** Returns whether the caller asked for usage numbers in a stream, where that is optional. */
    boolean includeUsage();

    /** Returns what is asked of the model. */
    Operation operation();

    /**
     * Returns the conversation in the words all providers share; reads the body when it has not been read yet. Texts to be
     * embedded are messages of the user.
     */
    ChatRequest conversation();

    /** Returns what the caller should know about how the prompt was read, such as a variable without effect. */
    default List<String> warnings() {
        return List.of();
    }

    /** Returns what this is about, for permissions, audit and the ledger. */
    Subject subject();

    /**
     * What a request is about.
     *
     * @param eventType the audit event, such as {@code pattern.execute}
     * @param pattern qualified name of the pattern; null for a bare request to a model
     * @param patternVersion its version; null likewise
     * @param permissions what the caller needs apart from the model's own permission
     * @param ownModel whether the caller chose the model and so needs {@code models:execute} for it
     */
    record Subject(
            String eventType,
            @Nullable String pattern,
            @Nullable Integer patternVersion,
            List<Permission> permissions,
            boolean ownModel) {
        private static final Map<ClientSchema, Subject> BARE = bare();

        private static Map<ClientSchema, Subject> bare() {
            Map<ClientSchema, Subject> subjects = new EnumMap<>(ClientSchema.class);
            for (ClientSchema schema : ClientSchema.values()) {
                String eventType = switch (schema) {
                    case OPENAI_CHAT, ANTHROPIC_MESSAGES -> "model.chat";
                    case OPENAI_RESPONSES -> "model.response";
                    case OPENAI_EMBEDDINGS -> "model.embed";
                    case ANTHROPIC_TOKEN_COUNT -> "model.count_tokens";
                };
                subjects.put(schema, new Subject(eventType, null, null, List.of(), true));
            }
            return subjects;
        }

        /** Returns the subject of a bare request to a model of the caller's choice. */
        public static Subject of(ClientSchema schema) {
            return Objects.requireNonNull(BARE.get(schema));
        }

        /** Copies the list. */
        public Subject {
            permissions = List.copyOf(permissions);
        }
    }

    /** A body in a client schema, which a provider of the same schema gets byte for byte. */
    final class Raw implements Prompt {
        private final ClientSchema schema;
        private final byte[] body;
        private final RequestHead head;
        private final Map<String, String> headers;
        private @Nullable ChatRequest conversation;
        private @Nullable GivenParameters parameters;
        private @Nullable ObjectNode responseEcho;

        private Raw(ClientSchema schema, byte[] body, RequestHead head, Map<String, String> headers) {
            this.schema = schema;
            this.body = body;
            this.head = head;
            this.headers = headers;
        }

        /**
         * Reads the head of a body; the array is kept and must not change.
         *
         * @param headers headers that belong to the schema
         * @throws dev.gantry.kernel.GantryException if the body is malformed
         */
        public static Raw read(ClientSchema schema, byte[] body, Map<String, String> headers) {
            RequestHead head = RequestHead.scan(body, schema);
            if (schema == ClientSchema.OPENAI_RESPONSES) {
                StatelessResponses.require(body);
            }
            return new Raw(schema, body, head, Map.copyOf(headers));
        }

        /** Returns the same request with another body, which says the same about model and stream. */
        Raw with(byte[] changed) {
            return read(schema, changed, headers);
        }

        ClientSchema schema() {
            return schema;
        }

        byte[] body() {
            return body;
        }

        RequestHead head() {
            return head;
        }

        Map<String, String> headers() {
            return headers;
        }

        @Override
        public String model() {
            return head.model();
        }

        @Override
        public boolean stream() {
            return head.stream() && schema.operation() == Operation.CHAT;
        }

        @Override
        public boolean includeUsage() {
            return head.includeUsage();
        }

        @Override
        public ChatRequest conversation() {
            ChatRequest read = conversation;
            if (read == null) {
                ObjectNode request = Json.readObject(body);
                read = switch (schema) {
                    case OPENAI_CHAT -> OpenAiChatReader.read(request);
                    case OPENAI_RESPONSES -> readResponse(request);
                    case ANTHROPIC_MESSAGES -> AnthropicMessagesReader.read(request);
                    case ANTHROPIC_TOKEN_COUNT -> AnthropicMessagesReader.readForCount(request);
                    case OPENAI_EMBEDDINGS ->
                        asConversation(OpenAiEmbeddingsReader.read(request).request());
                };
                parameters = GivenParameters.of(schema, request);
                conversation = read;
            }
            return read;
        }

        /** Returns what the request says beyond its conversation. */
        GivenParameters parameters() {
            conversation();
            return Objects.requireNonNull(parameters);
        }

        private ChatRequest readResponse(ObjectNode request) {
            ChatRequest read = OpenAiResponsesReader.read(request);
            responseEcho = ResponseEcho.of(request);
            return read;
        }

        /** Returns what a response repeats of this request. */
        ObjectNode responseEcho() {
            if (responseEcho == null) {
                responseEcho = ResponseEcho.of(Json.readObject(body));
            }
            return responseEcho;
        }

        /** Reads the body of a request for embeddings. */
        OpenAiEmbeddingsReader.Wanted embedding() {
            return OpenAiEmbeddingsReader.read(Json.readObject(body));
        }

        private static ChatRequest asConversation(EmbeddingRequest request) {
            return ChatRequest.of(
                    request.model(),
                    request.texts().stream()
                            .map(text -> Message.text(Role.USER, text))
                            .toList());
        }

        @Override
        public Operation operation() {
            return schema.operation();
        }

        @Override
        public Subject subject() {
            return Subject.of(schema);
        }
    }

    /** A conversation that Gantry assembled itself. */
    record Composed(ChatRequest conversation, Subject subject, List<String> warnings) implements Prompt {
        /** Copies the list. */
        public Composed {
            warnings = List.copyOf(warnings);
        }

        /** Returns the same prompt with another conversation. */
        Composed with(ChatRequest changed) {
            return new Composed(changed, subject, warnings);
        }

        @Override
        public Operation operation() {
            return Operation.CHAT;
        }

        @Override
        public String model() {
            return conversation.model();
        }

        @Override
        public boolean stream() {
            return conversation.stream();
        }

        @Override
        public boolean includeUsage() {
            return true;
        }
    }
}
