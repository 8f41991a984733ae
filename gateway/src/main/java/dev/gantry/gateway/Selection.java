package dev.gantry.gateway;

import dev.gantry.gateway.RoutingSettings.RuleSettings;
import dev.gantry.gateway.RoutingSettings.SelectionSettings;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.metering.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by the kind of task, for requests that leave the model to Gantry. In this order: the task that the request names,
 * the first rule that fits, a tag or a pattern of a task's name, the operator's choice for everything else, and last the
 * length of the input. Immutable.
 */
final class Selection {
    /** Above so many tokens a task without rules is not simple any more, and above so many it is complex. */
    static final int SIMPLE_TOKENS_MAX = 500;

    static final int STANDARD_TOKENS_MAX = 8_000;

    private static final int TAGS_MAX = 20;
    private static final int BYTES_PER_TOKEN = 4;

    private final SelectionSettings settings;
    private final Map<String, String> tasks;
    private final List<Rule> rules = new ArrayList<>();

    private record Rule(RuleSettings settings, List<Pattern> patterns) {}

    /**
     * What was chosen.
     *
     * @param target a model or a group; null when a tier was chosen
     * @param tier a tier; null when a model or a group was chosen
     * @param reason for the caller to read
     */
    record Choice(@Nullable String target, @Nullable Tier tier, String reason) {}

    /** A selection over tasks, which lead to models or groups. */
    Selection(SelectionSettings settings, Map<String, String> tasks) {
        this.settings = settings;
        this.tasks = Map.copyOf(tasks);
        for (RuleSettings rule : settings.rules()) {
            rules.add(
                    new Rule(rule, rule.patterns().stream().map(Selection::glob).toList()));
        }
    }

    /** Returns the name that leaves the choice to us. */
    String name() {
        return settings.name();
    }

    /**
     * Chooses for a request.
     *
     * @param inputBytes the length of what is sent to the model
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the request names a task that there is not
     */
    Choice choose(Wishes wishes, @Nullable String pattern, long inputBytes) {
        if (wishes.task() != null) {
            return named(wishes.task());
        }
        List<String> tags = tags(wishes.tags());
        long tokens = inputBytes / BYTES_PER_TOKEN;
        for (int index = 0; index < rules.size(); index++) {
            if (holds(rules.get(index), pattern, tags, tokens)) {
                return outcome(rules.get(index).settings(), "rule " + (index + 1));
            }
        }
        for (String tag : tags) {
            if (tasks.containsKey(tag)) {
                return ofTask(tag, "tag");
            }
        }
        if (pattern != null) {
            String task = taskOfPattern(pattern);
            if (task != null) {
                return ofTask(task, "pattern");
            }
        }
        if (settings.otherwise().isPresent()) {
            String otherwise = settings.otherwise().get();
            return tasks.containsKey(otherwise)
                    ? ofTask(otherwise, "default")
                    : new Choice(otherwise, null, "default: " + otherwise);
        }
        return byLength(tokens);
    }

    private Choice named(String task) {
        if (!tasks.containsKey(task)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "X-Gantry-Task is '" + Text.shorten(task, 60) + "', which model_selection does not know"
                            + Text.didYouMean(task, tasks.keySet()));
        }
        return ofTask(task, "header");
    }

    private Choice ofTask(String task, String source) {
        String target = tasks.getOrDefault(task, "");
        return new Choice(target, null, source + ": task " + task + " is done by " + target);
    }

    private Choice outcome(RuleSettings rule, String source) {
        if (rule.task().isPresent()) {
            return ofTask(rule.task().get(), source);
        }
        if (rule.tier().isPresent()) {
            return new Choice(
                    null,
                    rule.tier().get(),
                    source + ": tier " + rule.tier().get().id());
        }
        String model = rule.model().orElseThrow();
        return new Choice(model, null, source + ": " + model);
    }

    private static Choice byLength(long tokens) {
        Tier tier = tokens <= SIMPLE_TOKENS_MAX
                ? Tier.SIMPLE
                : tokens <= STANDARD_TOKENS_MAX ? Tier.STANDARD : Tier.COMPLEX;
        return new Choice(null, tier, "input of about " + tokens + " tokens: tier " + tier.id());
    }

    /** Every condition that a rule states must hold. */
    private static boolean holds(Rule rule, @Nullable String pattern, List<String> tags, long tokens) {
        RuleSettings said = rule.settings();
        boolean fits = said.patterns().isEmpty() || (pattern != null && fits(rule.patterns(), pattern));
        boolean tagged = said.tags().isEmpty() || said.tags().stream().anyMatch(tags::contains);
        return fits
                && tagged
                && tokens >= said.inputTokensMin().orElse(0)
                && tokens <= said.inputTokensMax().orElse(Integer.MAX_VALUE);
    }

    /** As with permissions, a name without its namespace fits too. */
    private static boolean fits(List<Pattern> globs, String pattern) {
        String path = pattern.substring(pattern.indexOf('/') + 1);
        return globs.stream()
                .anyMatch(glob ->
                        glob.matcher(pattern).matches() || glob.matcher(path).matches());
    }

    /** A pattern {@code shared/code-review} does the task {@code code_review}. */
    private @Nullable String taskOfPattern(String pattern) {
        String last = pattern.substring(pattern.lastIndexOf('/') + 1);
        for (String name : List.of(last, last.replace('-', '_').toLowerCase(Locale.ROOT))) {
            if (tasks.containsKey(name)) {
                return name;
            }
        }
        return null;
    }

    private static List<String> tags(@Nullable String header) {
        if (header == null) {
            return List.of();
        }
        String[] tags = header.split(",", TAGS_MAX + 1);
        if (tags.length > TAGS_MAX) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "X-Gantry-Tags has more than " + TAGS_MAX + " tags");
        }
        return Arrays.stream(tags)
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .toList();
    }

    private static Pattern glob(String text) {
        StringBuilder expression = new StringBuilder();
        for (String part : text.replaceAll("\\*+", "*").split("\\*", -1)) {
            expression.append(expression.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.compile(expression.toString());
    }
}
