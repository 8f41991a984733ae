package dev.gantry.guard;

import dev.gantry.config.Setting;

/** Section {@code data_governance.prompt_injection}. */
public record PromptInjectionSettings(
        @Setting(
                value = "Whether prompts are searched for words that try to turn a model against its instructions",
                defaultValue = "false")
        boolean enabled,

        @Setting(value = "What is done about them in what people write", defaultValue = "warn")
        Action action,

        @Setting(
                value =
                        "What is done about them in results of tools, which bring text of others and where scores count a"
                                + " quarter more",
                defaultValue = "block")
        Action documents,

        @Setting(
                value =
                        "Least score of a text, from 0 to 1; several signs add up. Lower finds more and errs more often",
                defaultValue = "0.6")
        double minimumScore) {
    /** Checks the score. */
    public PromptInjectionSettings {
        if (!(minimumScore > 0 && minimumScore <= 1)) {
            throw new IllegalArgumentException(
                    "prompt_injection.minimum_score must be above 0 and at most 1, not " + minimumScore);
        }
    }
}
