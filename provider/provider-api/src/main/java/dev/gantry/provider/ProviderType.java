package dev.gantry.provider;

/** The kinds of providers that a configuration can name. */
public enum ProviderType {
    /** OpenAI, and everything that speaks its chat completions: vLLM, LM Studio, OpenRouter and others. */
    OPENAI,
    /** OpenAI's models in Azure. */
    AZURE,
    /** Anthropic. */
    ANTHROPIC,
    /** Amazon Bedrock's Converse. */
    BEDROCK,
    /** Google's Gemini API. */
    GEMINI,
    /** Ollama. */
    OLLAMA,
    /** The extractive summarizer that is part of Gantry and needs no network. */
    OFFLINE
}
