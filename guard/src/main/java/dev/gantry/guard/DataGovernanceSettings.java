package dev.gantry.guard;

import dev.gantry.config.Setting;

/** The parts of section {@code data_governance} that speak of the text of prompts and answers. */
public record DataGovernanceSettings(
        @Setting("Detection of personal data and secrets in prompts and answers")
        PiiDetectionSettings piiDetection,

        @Setting("Content that is refused, whatever else is done about personal data")
        ContentFilteringSettings contentFiltering,

        @Setting("Invisible and control characters in prompts")
        InputSanitizingSettings inputSanitizing,

        @Setting("Words in prompts that try to turn a model against its instructions")
        PromptInjectionSettings promptInjection) {}
