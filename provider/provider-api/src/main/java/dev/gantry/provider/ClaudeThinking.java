package dev.gantry.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much a Claude is to think, whoever runs it. From version 4.6 on models decide themselves, guided by an effort ("adaptive thinking");
 * older ones take a budget of tokens, which is part of the bound on output.
 *
 * @param effort the effort of newer models; null for none
 * @param adaptive whether a newer model is to think at all
 * @param budget the budget of an older model; 0 for no thinking
 * @param addBudget whether the budget comes on top of the bound, because the caller gave no bound
 */
public record ClaudeThinking(@Nullable String effort, boolean adaptive, int budget, boolean addBudget) {
    /** No thinking. */
    public static final ClaudeThinking NONE = new ClaudeThinking(null, false, 0, false);

    private static final int BUDGET_MIN = 1_024;
    private static final int BUDGET_MEDIUM = 4_096;
    private static final int BUDGET_HIGH = 16_384;

    /** {@code claude-opus-4-5-20251101}, {@code claude-sonnet-4}, {@code claude-3-7-sonnet-latest}. */
    private static final Pattern VERSION =
            Pattern.compile("claude-(?:[a-z]+-)?([0-9]{1,2})(?:[-.]([0-9]{1,2}))?(?![0-9])");

    /**
     * Decides it.
     *
     * @param effort what the caller asked for; null for nothing
     * @param bound the bound on output
     * @param bounded whether the caller gave that bound
     */
    public static ClaudeThinking of(String model, @Nullable String effort, int bound, boolean bounded) {
        if (effort == null || effort.equals("none")) {
            return NONE;
        }
        if (takesBudget(model)) {
            int wanted = switch (effort) {
                case "minimal" -> 0;
                case "low" -> BUDGET_MIN;
                case "medium" -> BUDGET_MEDIUM;
                default -> BUDGET_HIGH;
            };
            int budget = bounded ? Math.min(wanted, bound / 2) : wanted;
            return budget < BUDGET_MIN ? NONE : new ClaudeThinking(null, false, budget, !bounded);
        }
        return effort.equals("minimal")
                ? new ClaudeThinking("low", false, 0, false)
                : new ClaudeThinking(effort, true, 0, false);
    }

    private static boolean takesBudget(String model) {
        Matcher matcher = VERSION.matcher(model);
        if (!matcher.find()) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        return major < 4 || (major == 4 && minor < 6);
    }

    /** Returns whether it thinks at all, which fixes temperature and top_p. */
    public boolean isOn() {
        return adaptive || budget > 0;
    }

    /** Returns the bound on output that leaves room for thinking. */
    public int outputTokensMax(int bound) {
        return addBudget ? bound + budget : bound;
    }

    /** Writes it into the fields of a request that are Anthropic's own. */
    public void writeTo(ObjectNode body) {
        if (adaptive) {
            body.putObject("thinking").put("type", "adaptive");
        } else if (budget > 0) {
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
        }
        if (effort != null) {
            body.withObjectProperty("output_config").put("effort", effort);
        }
    }
}
