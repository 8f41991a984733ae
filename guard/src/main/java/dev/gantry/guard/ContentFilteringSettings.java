package dev.gantry.guard;

import dev.gantry.config.Setting;
import java.util.List;

/** Section {@code data_governance.content_filtering}. */
public record ContentFilteringSettings(
        @Setting(value = "Whether prompts and answers with one of block_patterns are refused", defaultValue = "false")
        boolean enabled,

        @Setting("Kinds or groups of kinds that are refused, such as credit_card, ssn, api_keys; also own patterns by"
                + " name. No team can weaken it")
        List<String> blockPatterns) {
    /** Copies the list. */
    public ContentFilteringSettings {
        blockPatterns = List.copyOf(blockPatterns);
    }
}
