package dev.gantry.gateway;

import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatSchema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is asked of a model, on whose permission, and for which asset. */
public sealed interface Prompt {
    /** Returns the model as the caller or the asset named it. */
    String model();

    /** Returns whether the caller wants the answer as it is generated. */
    boolean stream();

    /** Returns whether the caller asked for usage numbers in a stream, where that is optional. */
    boolean includeUsage();

    /** Returns the conversation in the words all providers share; reads the body when it has not been read yet. */
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
        /** A bare request to a model of the caller's choice. */
        public static final Subject CHAT = new Subject("model.chat", null, null, List.of(), true);

        /** Copies the list. */
        public Subject {
            permissions = List.copyOf(permissions);
        }
    }

    /** A body in a client schema, which a provider of the same schema gets byte for byte. */
    final class Raw implements Prompt {
        private final ChatSchema schema;
        private final byte[] body;
        private final RequestHead head;
        private final Map<String, String> headers;
        private @Nullable ChatRequest conversation;

        private Raw(ChatSchema schema, byte[] body, RequestHead head, Map<String, String> headers) {
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
        public static Raw read(ChatSchema schema, byte[] body, Map<String, String> headers) {
            return new Raw(schema, body, RequestHead.scan(body), Map.copyOf(headers));
        }

        ChatSchema schema() {
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
            return head.stream();
        }

        @Override
        public boolean includeUsage() {
            return head.includeUsage();
        }

        @Override
        public ChatRequest conversation() {
            if (conversation == null) {
                conversation = switch (schema) {
                    case OPENAI_CHAT -> OpenAiChatReader.read(Json.readObject(body));
                    case ANTHROPIC_MESSAGES -> AnthropicMessagesReader.read(Json.readObject(body));
                };
            }
            return conversation;
        }

        @Override
        public Subject subject() {
            return Subject.CHAT;
        }
    }

    /** A conversation that Gantry assembled itself. */
    record Composed(ChatRequest conversation, Subject subject, List<String> warnings) implements Prompt {
        /** Copies the list. */
        public Composed {
            warnings = List.copyOf(warnings);
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
