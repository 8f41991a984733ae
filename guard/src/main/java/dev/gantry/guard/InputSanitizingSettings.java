package dev.gantry.guard;

import dev.gantry.config.Setting;

/** Section {@code data_governance.input_sanitizing}. */
public record InputSanitizingSettings(
        @Setting(value = "Whether prompts are searched for characters that nobody sees", defaultValue = "false")
        boolean enabled,

        @Setting(value = "Control characters other than tab, line feed and carriage return", defaultValue = "strip")
        Treatment controlCharacters,

        @Setting(
                value = "Characters that override the direction of text, so that it reads otherwise than it is",
                defaultValue = "strip")
        Treatment bidiOverrides,

        @Setting(
                value = "Zero-width and tag characters; joiners where a script or an emoji needs them always stay",
                defaultValue = "strip")
        Treatment zeroWidth) {
    /** What is done about such characters. */
    public enum Treatment {
        /** Nothing. */
        OFF,
        /** They stay and are reported. */
        WARN,
        /** They are taken out and reported. */
        STRIP,
        /** The request is refused. */
        BLOCK
    }
}
