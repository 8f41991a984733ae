package dev.gantry.guard;

import dev.gantry.guard.InputSanitizingSettings.Treatment;
import dev.gantry.guard.PiiDetectionSettings.AllowList;
import dev.gantry.guard.PiiDetectionSettings.DirectionRules;
import dev.gantry.guard.PiiDetectionSettings.OwnPattern;
import dev.gantry.guard.PiiDetectionSettings.TeamRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of the guard for tests: everything is redacted unless a test says otherwise. */
final class TestingRules {
    private Action action = Action.REDACT;
    private double minimumConfidence = 0.5;
    private boolean isReversible;
    private final Map<String, Action> kinds = new LinkedHashMap<>();
    private final Map<String, TeamRules> teams = new LinkedHashMap<>();
    private final Map<String, OwnPattern> own = new LinkedHashMap<>();
    private List<String> allowedValues = List.of();
    private List<String> allowedPatterns = List.of();
    private List<String> blocked = List.of();
    private DirectionRules prompt = new DirectionRules(Optional.empty(), Map.of());
    private DirectionRules answer = new DirectionRules(Optional.empty(), Map.of());
    private InputSanitizingSettings input =
            new InputSanitizingSettings(false, Treatment.STRIP, Treatment.STRIP, Treatment.STRIP);

    private PromptInjectionSettings injection = new PromptInjectionSettings(false, Action.WARN, Action.BLOCK, 0.6);

    TestingRules injection(Action action, Action documents) {
        injection = new PromptInjectionSettings(true, action, documents, 0.6);
        return this;
    }

    TestingRules action(Action next) {
        action = next;
        return this;
    }

    TestingRules minimumConfidence(double next) {
        minimumConfidence = next;
        return this;
    }

    TestingRules reversible() {
        isReversible = true;
        return this;
    }

    TestingRules kind(String name, Action next) {
        kinds.put(name, next);
        return this;
    }

    TestingRules prompt(Map<String, Action> next) {
        prompt = new DirectionRules(Optional.empty(), next);
        return this;
    }

    TestingRules answer(Map<String, Action> next) {
        answer = new DirectionRules(Optional.empty(), next);
        return this;
    }

    TestingRules team(String name, TeamRules next) {
        teams.put(name, next);
        return this;
    }

    TestingRules own(String name, String pattern, String... context) {
        own.put(name, new OwnPattern(pattern, Optional.empty(), 128, List.of(context)));
        return this;
    }

    TestingRules allowed(String... values) {
        allowedValues = List.of(values);
        return this;
    }

    TestingRules allowedPatterns(String... patterns) {
        allowedPatterns = List.of(patterns);
        return this;
    }

    TestingRules blocked(String... names) {
        blocked = List.of(names);
        return this;
    }

    TestingRules input(Treatment control, Treatment bidi, Treatment zeroWidth) {
        input = new InputSanitizingSettings(true, control, bidi, zeroWidth);
        return this;
    }

    GuardPolicies policies() {
        return new GuardPolicies(new DataGovernanceSettings(
                new PiiDetectionSettings(
                        true,
                        action,
                        minimumConfidence,
                        kinds,
                        isReversible,
                        prompt,
                        answer,
                        teams,
                        own,
                        new AllowList(allowedValues, allowedPatterns)),
                new ContentFilteringSettings(!blocked.isEmpty(), blocked),
                input,
                injection));
    }

    Inspection open(Direction direction) {
        return policies().open(null, direction);
    }

    /** Returns what becomes of a prompt. */
    String redact(String text) {
        String replaced = open(Direction.PROMPT).inspect(text);
        return replaced == null ? text : replaced;
    }
}
