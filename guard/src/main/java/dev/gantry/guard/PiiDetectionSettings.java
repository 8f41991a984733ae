package dev.gantry.guard;

import dev.gantry.config.Setting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Section {@code data_governance.pii_detection}.
 *
 * <p>For one kind, team and direction the most exact rule holds: a rule that names the kind before one that names its
 * group before a plain {@code action}; among those the team's for the direction, the team's, the direction's, the general.
 */
public record PiiDetectionSettings(
        @Setting(
                value = "Whether prompts and answers are searched for personal data and secrets",
                defaultValue = "false")
        boolean enabled,

        @Setting(value = "What is done about what is found", defaultValue = "redact")
        Action action,

        @Setting(
                value = "How sure a detector must be, from 0 to 1; lower finds more and errs more often",
                defaultValue = "0.5")
        double minimumConfidence,

        @Setting("Other actions for single kinds or groups of kinds, such as email: warn")
        Map<String, Action> kinds,

        @Setting(
                value = "Whether a caller gets back, in the answer, what was redacted in the prompt; the model never"
                        + " sees it either way",
                defaultValue = "false")
        boolean reversible,

        @Setting("Other actions for prompts") DirectionRules prompt,

        @Setting("Other actions for answers") DirectionRules answer,

        @Setting("Other rules for teams, by the team's name")
        Map<String, TeamRules> teams,

        @Setting("Patterns of your own, by the name that findings and placeholders bear")
        Map<String, OwnPattern> customPatterns,

        @Setting("What is never taken for personal data") AllowList allowList) {
    private static final int CUSTOM_PATTERNS_MAX = 100;

    /** Copies the maps and checks what goes beyond one value. */
    public PiiDetectionSettings {
        if (!(minimumConfidence >= 0 && minimumConfidence <= 1)) {
            throw new IllegalArgumentException("minimum_confidence must be from 0 to 1, not " + minimumConfidence);
        }
        if (customPatterns.size() > CUSTOM_PATTERNS_MAX) {
            throw new IllegalArgumentException("custom_patterns has " + customPatterns.size() + " patterns; at most "
                    + CUSTOM_PATTERNS_MAX + " are supported");
        }
        kinds = ordered(kinds);
        teams = ordered(teams);
        customPatterns = ordered(customPatterns);
    }

    /** What differs in one direction. */
    public record DirectionRules(
            @Setting("What is done about what is found") Optional<Action> action,

            @Setting("Other actions for single kinds or groups of kinds")
            Map<String, Action> kinds) {
        /** Copies the map. */
        public DirectionRules {
            kinds = ordered(kinds);
        }
    }

    /** What differs for one team. */
    public record TeamRules(
            @Setting("Whether the team's prompts and answers are searched; as for everybody when absent")
            Optional<Boolean> enabled,

            @Setting("What is done about what is found") Optional<Action> action,

            @Setting("How sure a detector must be, from 0 to 1")
            Optional<Double> minimumConfidence,

            @Setting("Other actions for single kinds or groups of kinds")
            Map<String, Action> kinds,

            @Setting("Whether the team's callers get redacted values back in answers")
            Optional<Boolean> reversible,

            @Setting("Other actions for prompts") DirectionRules prompt,

            @Setting("Other actions for answers") DirectionRules answer) {
        /** Copies the map and checks the confidence. */
        public TeamRules {
            kinds = ordered(kinds);
            if (minimumConfidence.isPresent() && !(minimumConfidence.get() >= 0 && minimumConfidence.get() <= 1)) {
                throw new IllegalArgumentException(
                        "minimum_confidence must be from 0 to 1, not " + minimumConfidence.get());
            }
        }
    }

    /** A regular expression of the operator. */
    public record OwnPattern(
            @Setting("A regular expression in RE2 syntax, which has no back-references and is matched in linear time")
            String pattern,

            @Setting("What is done about it; as for everything else when absent")
            Optional<Action> action,

            @Setting(
                    value = "Longest match, which is also what an answer in a stream is held back by",
                    unit = "bytes",
                    defaultValue = "128",
                    min = 1,
                    max = 1024)
            int lengthMax,

            @Setting("Whole words of which one must stand near a match; none: a match is enough")
            List<String> context) {
        /** Copies the list. */
        public OwnPattern {
            context = List.copyOf(context);
        }
    }

    /** What is never taken for personal data. */
    public record AllowList(
            @Setting("Values as they are written, such as support@example.com; upper and lower case are the same")
            List<String> values,

            @Setting("Regular expressions in RE2 syntax that a whole value matches")
            List<String> patterns) {
        /** Copies the lists. */
        public AllowList {
            values = List.copyOf(values);
            patterns = List.copyOf(patterns);
        }
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
