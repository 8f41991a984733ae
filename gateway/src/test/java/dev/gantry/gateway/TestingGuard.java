package dev.gantry.gateway;

import dev.gantry.config.DataSize;
import dev.gantry.gateway.AnswerSettings.SchemaCheck;
import dev.gantry.guard.Action;
import dev.gantry.guard.ContentFilteringSettings;
import dev.gantry.guard.DataGovernanceSettings;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardPolicies;
import dev.gantry.guard.InputSanitizingSettings;
import dev.gantry.guard.InputSanitizingSettings.Treatment;
import dev.gantry.guard.PiiDetectionSettings;
import dev.gantry.guard.PiiDetectionSettings.AllowList;
import dev.gantry.guard.PiiDetectionSettings.DirectionRules;
import dev.gantry.guard.PromptInjectionSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Guards for tests of what comes behind them. */
final class TestingGuard {
    private TestingGuard() {}

    /** Returns a request that has passed a guard without rules. */
    static Guarded passed(Admitted admitted) {
        return new Guarded(
                admitted,
                policies(false, Action.WARN).open(null, Direction.PROMPT),
                answers().of(admitted.prompt()));
    }

    static AnswerRules.Book answers() {
        return new AnswerRules.Book(new AnswerSettings(DataSize.parse("1Mi"), SchemaCheck.OFF, Map.of()));
    }

    static GuardPolicies policies(boolean enabled, Action action) {
        DirectionRules none = new DirectionRules(Optional.empty(), Map.of());
        return new GuardPolicies(new DataGovernanceSettings(
                new PiiDetectionSettings(
                        enabled,
                        action,
                        0.5,
                        Map.of(),
                        false,
                        none,
                        none,
                        Map.of(),
                        Map.of(),
                        new AllowList(List.of(), List.of())),
                new ContentFilteringSettings(false, List.of()),
                new InputSanitizingSettings(false, Treatment.OFF, Treatment.OFF, Treatment.OFF),
                new PromptInjectionSettings(false, Action.WARN, Action.BLOCK, 0.6)));
    }
}
