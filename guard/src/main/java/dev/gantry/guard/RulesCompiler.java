package dev.gantry.guard;

import dev.gantry.guard.PiiDetectionSettings.DirectionRules;
import dev.gantry.guard.PiiDetectionSettings.OwnPattern;
import dev.gantry.guard.PiiDetectionSettings.TeamRules;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns settings into rules. */
final class RulesCompiler {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    private final DataGovernanceSettings settings;
    private final List<Kind> kinds = new ArrayList<>(Kinds.all());
    private final Set<String> names = new TreeSet<>();
    private final OwnPatterns own;
    private final AllowedValues allowed;

    RulesCompiler(DataGovernanceSettings settings) {
        this.settings = settings;
        PiiDetectionSettings pii = settings.piiDetection();
        List<OwnPatterns.Own> patterns = new ArrayList<>();
        pii.customPatterns().forEach((name, pattern) -> patterns.add(own(name, pattern)));
        own = new OwnPatterns(patterns);
        allowed = new AllowedValues(pii.allowList());
        for (Kind kind : kinds) {
            names.add(kind.id());
            names.addAll(kind.groups());
        }
        names.remove(Kinds.HARMLESS.id());
        names.remove(Kinds.PROMPT_INJECTION.id());
        check("kinds", pii.kinds().keySet());
        check("prompt.kinds", pii.prompt().kinds().keySet());
        check("answer.kinds", pii.answer().kinds().keySet());
        pii.teams().forEach((name, team) -> {
            check("teams." + name + ".kinds", team.kinds().keySet());
            check("teams." + name + ".prompt.kinds", team.prompt().kinds().keySet());
            check("teams." + name + ".answer.kinds", team.answer().kinds().keySet());
        });
        check("block_patterns", settings.contentFiltering().blockPatterns());
    }

    private OwnPatterns.Own own(String name, OwnPattern pattern) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("custom_patterns: '" + Text.shorten(name, 60)
                    + "' must be lower-case letters, digits and underscores, beginning with a letter, at most 40");
        }
        if (kinds.stream()
                .anyMatch(kind -> kind.id().equals(name) || kind.groups().contains(name))) {
            throw new IllegalArgumentException(
                    "custom_patterns: '" + name + "' is the name of a built-in kind; choose another");
        }
        Kind kind = new Kind(kinds.size(), name, name.toUpperCase(Locale.ROOT), List.of());
        kinds.add(kind);
        try {
            return new OwnPatterns.Own(
                    kind,
                    OwnPatterns.compile(pattern.pattern()),
                    pattern.lengthMax(),
                    ContextWords.of(pattern.context()));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("custom_patterns." + name + ": " + wrong.getMessage(), wrong);
        }
    }

    private void check(String key, Collection<String> given) {
        for (String name : given) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(key + ": there is no kind '" + Text.shorten(name, 60) + "'"
                        + Text.didYouMean(name, names) + "; the kinds and groups are " + String.join(", ", names));
            }
        }
    }

    /** Returns the rules of a team, or those of everybody for null. */
    Map<Direction, Rules> compile(@Nullable TeamRules team) {
        Map<Direction, Rules> out = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            out.put(direction, compile(team, direction));
        }
        return out;
    }

    private Rules compile(@Nullable TeamRules team, Direction direction) {
        PiiDetectionSettings pii = settings.piiDetection();
        boolean isEnabled = team == null ? pii.enabled() : team.enabled().orElse(pii.enabled());
        boolean isReversible =
                team == null ? pii.reversible() : team.reversible().orElse(pii.reversible());
        double least = team == null
                ? pii.minimumConfidence()
                : team.minimumConfidence().orElse(pii.minimumConfidence());
        Action[] actions = new Action[kinds.size()];
        boolean isDetecting = false;
        for (Kind kind : kinds) {
            Action action = isEnabled ? action(kind, team, direction) : Action.OFF;
            if (isBlocked(kind)) {
                action = Action.BLOCK;
            }
            if (kind.equals(Kinds.HARMLESS)) {
                action = Action.OFF;
            }
            if (kind.equals(Kinds.PROMPT_INJECTION)) {
                action = injection(direction).action();
            }
            actions[kind.index()] = action;
            isDetecting |= action != Action.OFF;
        }
        isDetecting |= !injection(direction).isOff();
        return new Rules(
                kinds,
                List.of(actions),
                Math.max(1, (int) Math.round(least * 100)),
                isDetecting,
                own,
                allowed,
                isReversible,
                direction == Direction.PROMPT ? invisible() : Rules.Invisible.OFF,
                injection(direction),
                direction);
    }

    private Rules.Invisible invisible() {
        InputSanitizingSettings input = settings.inputSanitizing();
        return input.enabled()
                ? new Rules.Invisible(input.controlCharacters(), input.bidiOverrides(), input.zeroWidth())
                : Rules.Invisible.OFF;
    }

    private Rules.Injection injection(Direction direction) {
        PromptInjectionSettings injection = settings.promptInjection();
        return injection.enabled() && direction == Direction.PROMPT
                ? new Rules.Injection(
                        injection.action(), injection.documents(), (int) Math.round(injection.minimumScore() * 100))
                : Rules.Injection.OFF;
    }

    private boolean isBlocked(Kind kind) {
        ContentFilteringSettings filtering = settings.contentFiltering();
        return filtering.enabled()
                && filtering.blockPatterns().stream()
                        .anyMatch(
                                name -> name.equals(kind.id()) || kind.groups().contains(name));
    }

    /** The most exact rule: by kind, by group, plain; within each the team's for the direction first. */
    private Action action(Kind kind, @Nullable TeamRules team, Direction direction) {
        PiiDetectionSettings pii = settings.piiDetection();
        List<Map<String, Action>> levels = new ArrayList<>();
        List<Optional<Action>> plain = new ArrayList<>();
        if (team != null) {
            DirectionRules exact = direction == Direction.PROMPT ? team.prompt() : team.answer();
            levels.add(exact.kinds());
            levels.add(team.kinds());
            plain.add(exact.action());
            plain.add(team.action());
        }
        DirectionRules general = direction == Direction.PROMPT ? pii.prompt() : pii.answer();
        levels.add(general.kinds());
        levels.add(pii.kinds());
        OwnPattern ownPattern = pii.customPatterns().get(kind.id());
        plain.add(general.action());
        for (Map<String, Action> level : levels) {
            Action named = level.get(kind.id());
            if (named != null) {
                return named;
            }
        }
        if (ownPattern != null && ownPattern.action().isPresent()) {
            return ownPattern.action().get();
        }
        for (Map<String, Action> level : levels) {
            for (String group : kind.groups()) {
                Action named = level.get(group);
                if (named != null) {
                    return named;
                }
            }
        }
        return plain.stream().flatMap(Optional::stream).findFirst().orElse(pii.action());
    }
}
