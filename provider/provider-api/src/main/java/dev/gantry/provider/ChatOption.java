package dev.gantry.provider;

/** An option of a conversation that not every provider, or not every model of one, knows. */
public enum ChatOption {
    /** {@link ChatRequest#temperature()}. */
    TEMPERATURE(false),
    /** {@link ChatRequest#topP()}. */
    TOP_P(false),
    /** {@link ChatRequest.Sampling#topK()}. */
    TOP_K(false),
    /** {@link ChatRequest.Sampling#presencePenalty()}. */
    PRESENCE_PENALTY(false),
    /** {@link ChatRequest.Sampling#frequencyPenalty()}. */
    FREQUENCY_PENALTY(false),
    /** {@link ChatRequest#stop()}. */
    STOP(false),
    /** {@link ChatRequest#reasoningEffort()}. */
    REASONING_EFFORT(false),
    /** {@link ChatRequest#seed()}; even where it is known, nobody promises the same answer twice. */
    SEED(true),
    /** {@link ChatRequest#endUser()}. */
    END_USER(true);

    private final boolean hint;

    /** What a provider makes of an option. */
    public enum Support {
        /** The model gets it. */
        TAKEN,
        /** It means nothing to this model, or nothing beside the other options of the request: it is left out. */
        WITHOUT_EFFECT,
        /** The provider has no such option. */
        MISSING
    }

    ChatOption(boolean hint) {
        this.hint = hint;
    }

    /** Returns whether an answer is what its caller asked for where the option is left out. */
    public boolean isHint() {
        return hint;
    }
}
