package dev.gantry.provider;

/** The request and reply formats that clients speak. */
public enum ChatSchema {
    /** {@code POST /v1/chat/completions} of OpenAI. */
    OPENAI_CHAT,
    /** {@code POST /v1/messages} of Anthropic. */
    ANTHROPIC_MESSAGES
}
