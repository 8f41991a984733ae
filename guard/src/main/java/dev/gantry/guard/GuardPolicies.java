package dev.gantry.guard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operator's rules on text, compiled once from the configuration. Immutable and thread-safe; every request opens
 * inspections of its own.
 */
public final class GuardPolicies {
    private final Map<String, Map<Direction, Rules>> teams = new HashMap<>();
    private final Map<Direction, Rules> everybody;

    /**
     * Compiles settings.
     *
     * @throws IllegalArgumentException if they name a kind that does not exist or hold an unusable expression; the message
     *     says which and what would be right
     */
    public GuardPolicies(DataGovernanceSettings settings) {
        RulesCompiler compiler = new RulesCompiler(settings);
        everybody = compiler.compile(null);
        settings.piiDetection().teams().forEach((name, rules) -> teams.put(name, compiler.compile(rules)));
    }

    /**
     * Opens an inspection of the texts of one request.
     *
     * @param team whose rules hold; null, or a team without rules of its own, means the rules of everybody
     */
    public Inspection open(@Nullable String team, Direction direction) {
        return new Inspection(rules(team, direction), rules(team, Direction.ANSWER), new Placeholders());
    }

    /** Returns whether nothing is ever looked at for a team in a direction, so that text need not even be gathered. */
    public boolean isOff(@Nullable String team, Direction direction) {
        return rules(team, direction).isOff();
    }

    /** Returns the names that findings may bear: the built-in kinds and the operator's own patterns. */
    public List<String> kinds() {
        return rules(null, Direction.PROMPT).kinds().stream().map(Kind::id).toList();
    }

    /** Returns the names of the teams that have rules of their own, sorted. */
    public List<String> teams() {
        return teams.keySet().stream().sorted().toList();
    }

    /**
     * Tells the rules of a team, for people who want to know them.
     *
     * @param team null, or a team without rules of its own, means the rules of everybody
     */
    public GuardRules show(@Nullable String team) {
        return GuardRules.of(rules(team, Direction.PROMPT), rules(team, Direction.ANSWER));
    }

    private Rules rules(@Nullable String team, Direction direction) {
        Map<Direction, Rules> rules = team == null ? everybody : teams.getOrDefault(team, everybody);
        return Objects.requireNonNull(rules.get(direction));
    }
}
