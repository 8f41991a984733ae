package dev.gantry.provider;

/** Which of OpenAI's two names for the bound on generated tokens a server understands. */
public enum OutputLimitField {
    /** {@code max_completion_tokens} for OpenAI's own servers and Azure, {@code max_tokens} for all others. */
    AUTO,
    /** The older name, which compatible servers know. */
    MAX_TOKENS,
    /** The newer name, which OpenAI's reasoning models insist on. */
    MAX_COMPLETION_TOKENS
}
