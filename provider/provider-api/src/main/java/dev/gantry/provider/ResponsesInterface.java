package dev.gantry.provider;

/** Whether a server that speaks OpenAI's chat completions also speaks OpenAI's responses. */
public enum ResponsesInterface {
    /** {@code NATIVE} for OpenAI's own servers and Azure's {@code /openai/v1}, {@code TRANSLATED} for all others. */
    AUTO,
    /** Requests for responses are forwarded as they are. */
    NATIVE,
    /** Requests for responses become chat completions. */
    TRANSLATED
}
