package dev.gantry.workflow;

import dev.gantry.config.YamlNode;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Policy.Backoff;
import dev.gantry.workflow.Policy.Cache;
import dev.gantry.workflow.Policy.Estimate;
import dev.gantry.workflow.Policy.FailureKind;
import dev.gantry.workflow.Policy.OnFailure;
import dev.gantry.workflow.Policy.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads steps and the bodies that they form. {@link Step#dependsOn} holds what the file names; {@link Dependencies} adds what
 * the expressions use.
 */
final class StepReader {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofMinutes(5);
    private static final Duration DELAY_DEFAULT = Duration.ofSeconds(5);
    private static final Duration DELAY_MAX_DEFAULT = Duration.ofMinutes(5);

    private final Findings findings;
    private final ActionReader actions = new ActionReader(this);
    private int count;

    StepReader(Findings findings) {
        this.findings = findings;
    }

    Section section(YamlNode node, List<FormatKey> keys, String path, String whole) {
        return new Section(node, keys, path, Section.place(node), whole, findings);
    }

    /** Reads {@code steps} and {@code output} of a section that holds a body. */
    Body body(Section section, int depth) {
        List<Step> steps = steps(section, depth);
        ValueTemplate result = section.value("output");
        return new Body(steps, result == null ? lastOutput(steps, section.position()) : result);
    }

    private static ValueTemplate lastOutput(List<Step> steps, Position position) {
        if (steps.isEmpty()) {
            return new ValueTemplate.Text(Template.plain("", position));
        }
        Step last = steps.getLast();
        Expression output = new Expression("steps." + last.id() + ".output", last.position());
        return new ValueTemplate.Text(new Template(List.of(new Template.Slot(output)), last.position()));
    }

    /** Reads {@code steps} of a section. */
    List<Step> steps(Section section, int depth) {
        List<Step> steps = new ArrayList<>();
        YamlNode node = section.node("steps");
        if (node == null) {
            return steps;
        }
        if (!(node instanceof YamlNode.Sequence sequence) || sequence.items().isEmpty()) {
            section.invalid("steps", "must be a list of steps, one at least");
            return steps;
        }
        if (depth > Format.NESTING_MAX) {
            section.invalid("steps", "are nested deeper than " + Format.NESTING_MAX + " levels");
            return steps;
        }
        for (int index = 0; index < sequence.items().size(); index++) {
            if (++count > Format.STEPS_MAX) {
                if (count == Format.STEPS_MAX + 1) {
                    section.invalid(
                            "steps", "the file has more than " + Format.STEPS_MAX + " steps; use a map or workflows");
                }
                return steps;
            }
            Step step = step(sequence.items().get(index), section.at("steps") + "[" + index + "]", depth);
            if (step != null) {
                steps.add(step);
            }
        }
        return steps;
    }

    private @Nullable Step step(YamlNode node, String path, int depth) {
        Section section = section(node, Format.STEP, path, "a step");
        String id = section.identifier("id");
        String type = section.choice("type", "");
        if (type.isEmpty()) {
            return null;
        }
        YamlNode given = section.node("params");
        Section params = new Section(
                given,
                Format.KINDS.getOrDefault(type, List.of()),
                section.at("params"),
                section.position(),
                "the params of a step of type " + type,
                findings);
        Action action = actions.read(type, params, depth);
        Policy policy = policy(section, action);
        if (id == null) {
            return null;
        }
        String title = section.words("title");
        return new Step(
                id,
                title == null ? id : title,
                new LinkedHashSet<>(section.names("depends_on")),
                section.formula("when"),
                action,
                policy,
                section.position());
    }

    private Policy policy(Section section, Action action) {
        boolean waits = waits(action);
        Duration timeout = section.span("timeout");
        if (timeout != null && waits) {
            section.invalid("timeout", "a step that waits or contains steps is bounded by its params and the deadline");
        }
        String onFailure = section.choice("on_failure", "abort");
        Retry retry = retry(section.section("retry", "the retries of a step"), onFailure.equals("retry"));
        if (waits && retry.attemptsMax() > 1) {
            section.invalid("retry", "a step that waits or contains steps is not tried again as a whole");
        }
        return new Policy(
                retry,
                waits ? null : timeout == null ? TIMEOUT_DEFAULT : timeout,
                onFailure(section, onFailure),
                section.words("circuit_breaker"),
                cache(section, action),
                estimate(section));
    }

    /** Whether a step's time is not its own: it waits for others, or for time itself. */
    static boolean waits(Action action) {
        return switch (action) {
            case Action.ForEach _, Action.Branch _, Action.Loop _ -> true;
            case Action.Approve _, Action.Pause _, Action.AwaitEvent _, Action.AwaitWebhook _ -> true;
            case Action.RunWorkflow _ -> true;
            case Action.RunPattern _, Action.RunAgent _, Action.CallTool _, Action.CallHttp _ -> false;
            case Action.Transform _, Action.RunCommand _ -> false;
        };
    }

    private static Retry retry(@Nullable Section section, boolean byDefault) {
        if (section == null) {
            return byDefault
                    ? new Retry(3, DELAY_DEFAULT, Backoff.EXPONENTIAL, DELAY_MAX_DEFAULT, Set.of())
                    : Retry.NEVER;
        }
        Set<FailureKind> on = new LinkedHashSet<>();
        section.each("on", (node, where) -> {
            String word = node instanceof YamlNode.Scalar scalar ? scalar.text() : "";
            try {
                on.add(FailureKind.valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException unknown) {
                section.invalid(
                        "on",
                        "'" + Text.shorten(word, 40)
                                + "' is no kind of failure: provider, rate_limit, timeout, invalid_output, internal, other");
            }
        });
        Duration delay = section.span("delay", DELAY_DEFAULT);
        Duration delayMax = section.span("max_delay", DELAY_MAX_DEFAULT);
        return new Retry(
                (int) section.whole("attempts", 3),
                delay,
                Backoff.valueOf(section.choice("backoff", "exponential").toUpperCase(Locale.ROOT)),
                delayMax.compareTo(delay) < 0 ? delay : delayMax,
                on);
    }

    private OnFailure onFailure(Section section, String word) {
        ValueTemplate value = section.value("default_output");
        if (value == null && word.equals("continue_with_default")) {
            section.invalid("default_output", "is needed by on_failure: continue_with_default");
        }
        if (value != null && !word.equals("continue_with_default")) {
            section.invalid("default_output", "goes with on_failure: continue_with_default only");
        }
        YamlNode fallback = section.node("fallback");
        if (fallback == null && word.equals("fallback")) {
            section.invalid("fallback", "is needed by on_failure: fallback");
        }
        if (fallback != null && !word.equals("fallback")) {
            section.invalid("fallback", "goes with on_failure: fallback only");
        }
        return switch (word) {
            case "skip" -> new OnFailure.Skip();
            case "fallback" -> {
                Action action = fallback == null ? null : substitute(fallback, section.at("fallback"));
                yield action == null ? new OnFailure.Abort() : new OnFailure.Fallback(action);
            }
            case "continue_with_default" ->
                value == null ? new OnFailure.Abort() : new OnFailure.ContinueWithDefault(value);
            default -> new OnFailure.Abort();
        };
    }

    private @Nullable Action substitute(YamlNode node, String path) {
        Section section = section(node, Format.SUBSTITUTE, path, "a fallback");
        String type = section.choice("type", "");
        if (type.isEmpty()) {
            return null;
        }
        Section params = new Section(
                section.node("params"),
                Format.KINDS.getOrDefault(type, List.of()),
                path + ".params",
                section.position(),
                "the params of a fallback of type " + type,
                findings);
        return actions.read(type, params, Format.NESTING_MAX);
    }

    private @Nullable Cache cache(Section section, Action action) {
        Section cache = section.section("cache", "the cache of a step");
        if (cache == null) {
            return null;
        }
        if (waits(action) || action instanceof Action.Transform) {
            section.invalid("cache", "belongs to steps that do work: pattern, agent, tool, shell");
        }
        return new Cache(cache.span("ttl", TIMEOUT_DEFAULT), cache.template("key"));
    }

    private static Estimate estimate(Section section) {
        Section estimate = section.section("estimate", "the estimate of a step");
        return estimate == null ? Estimate.NONE : new Estimate(estimate.whole("tokens", 0), estimate.dollars("cost"));
    }
}
