package dev.gantry.provider;

/** The request and reply formats that clients speak. */
public enum ClientSchema {
    /** {@code POST /v1/chat/completions} of OpenAI. */
    OPENAI_CHAT(Operation.CHAT),
    /** {@code POST /v1/responses} of OpenAI. */
    OPENAI_RESPONSES(Operation.CHAT),
    /** {@code POST /v1/embeddings} of OpenAI. */
    OPENAI_EMBEDDINGS(Operation.EMBEDDINGS),
    /** {@code POST /v1/messages} of Anthropic. */
    ANTHROPIC_MESSAGES(Operation.CHAT),
    /** {@code POST /v1/messages/count_tokens} of Anthropic. */
    ANTHROPIC_TOKEN_COUNT(Operation.TOKEN_COUNT);

    /** What is asked of a model. */
    public enum Operation {
        /** The next message of a conversation. */
        CHAT,
        /** Vectors for texts; nothing is generated. */
        EMBEDDINGS,
        /** How many tokens a conversation has; nothing is generated, and it costs nothing. */
        TOKEN_COUNT
    }

    private final Operation operation;

    ClientSchema(Operation operation) {
        this.operation = operation;
    }

    /** Returns what requests of this schema ask of a model. */
    public Operation operation() {
        return operation;
    }
}
