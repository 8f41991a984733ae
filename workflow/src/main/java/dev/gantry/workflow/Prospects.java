package dev.gantry.workflow;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Action.Approve;
import dev.gantry.workflow.Action.AwaitEvent;
import dev.gantry.workflow.Action.AwaitWebhook;
import dev.gantry.workflow.Action.Branch;
import dev.gantry.workflow.Action.ForEach;
import dev.gantry.workflow.Action.Loop;
import dev.gantry.workflow.Action.Pause;
import dev.gantry.workflow.Finding.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be said of a run before there is one: steps that it never comes to, tokens and time that it takes at least. */
final class Prospects {
    private static final Scope NOTHING =
            new Scope(new Scope.RunFacts("", "", "", "", Instant.EPOCH), Json.object(), Map.of(), Map.of());

    private final Findings findings;
    private final Parser parser;
    private final Expressions expressions;

    Prospects(Findings findings, Parser parser, Expressions expressions) {
        this.findings = findings;
        this.parser = parser;
        this.expressions = expressions;
    }

    void check(Workflow workflow) {
        findUnreachable(workflow.body());
        long least = tokens(workflow.body(), true);
        long most = tokens(workflow.body(), false);
        if (least > workflow.tokenBudget()) {
            findings.add(
                    Rule.BUDGET_TOO_SMALL,
                    Position.NONE,
                    "token_budget",
                    "is " + workflow.tokenBudget() + ", and the steps that always run are estimated at " + least);
        } else if (most > workflow.tokenBudget()) {
            findings.add(
                    Rule.ADVICE,
                    Position.NONE,
                    "token_budget",
                    "is " + workflow.tokenBudget() + ", and a run that takes every step is estimated at " + most);
        }
        workflow.body().allSteps().forEach(step -> {
            if (step.action() instanceof AwaitEvent awaited && !AwaitEvent.EVENTS.contains(awaited.event())) {
                // No error: what is stored stays readable when an event goes.
                findings.add(
                        Rule.ADVICE,
                        step.position(),
                        "step " + step.id(),
                        "waits for '" + awaited.event() + "', which never happens"
                                + Text.didYouMean(awaited.event(), AwaitEvent.EVENTS) + "; there are "
                                + String.join(", ", AwaitEvent.EVENTS));
            }
            Duration wait = wait(step.action());
            if (wait != null && wait.compareTo(workflow.deadline()) > 0) {
                findings.add(
                        Rule.DEADLINE_TOO_SHORT,
                        step.position(),
                        "step " + step.id(),
                        "may wait " + Words.of(wait) + ", and the workflow's deadline is "
                                + Words.of(workflow.deadline()));
            }
        });
    }

    /** Returns how long a step may wait for something other than work; null when it does not. */
    static @Nullable Duration wait(Action action) {
        return switch (action) {
            case Approve approve -> approve.timeout();
            case Pause pause -> pause.duration();
            case AwaitEvent event -> event.timeout();
            case AwaitWebhook webhook -> webhook.timeout();
            default -> null;
        };
    }

    private void findUnreachable(Body body) {
        for (Step step : body.steps()) {
            if (step.when() != null && isAlways(step.when(), false)) {
                unreachable(step, "its condition is never true");
                continue;
            }
            if (step.action() instanceof Branch branch) {
                branch(branch);
            }
            step.action().bodies().forEach(this::findUnreachable);
        }
    }

    private void branch(Branch branch) {
        boolean decided = false;
        for (Action.Case way : branch.cases()) {
            if (decided) {
                unreachable(way.body(), "a case before it always holds");
            } else if (isAlways(way.when(), false)) {
                unreachable(way.body(), "the condition of its case is never true");
            }
            decided |= isAlways(way.when(), true);
        }
        if (decided && branch.otherwise() != null) {
            unreachable(branch.otherwise(), "a case before it always holds");
        }
    }

    private void unreachable(Body body, String why) {
        body.steps().stream().limit(1).forEach(step -> unreachable(step, why));
    }

    private void unreachable(Step step, String why) {
        findings.add(Rule.UNREACHABLE_STEP, step.position(), "step " + step.id(), "can never be executed: " + why);
    }

    private boolean isAlways(Expression condition, boolean wanted) {
        Optional<CelAbstractSyntaxTree> tree = parser.parse(condition, "");
        if (tree.isEmpty() || !Parser.isConstant(tree.get())) {
            return false;
        }
        try {
            return expressions.test(condition, NOTHING) == wanted;
        } catch (GantryException hasNoValue) {
            return false;
        }
    }

    /**
     * Returns what the steps use by their estimates.
     *
     * @param least for the run that uses least; a map counts as one item either way, since nobody knows how many it gets
     */
    private long tokens(Body body, boolean least) {
        long sum = 0;
        for (Step step : body.steps()) {
            if (!least || !step.mayBeSkipped()) {
                sum = plus(sum, plus(step.policy().estimate().tokens(), within(step.action(), least)));
            }
        }
        return sum;
    }

    private long within(Action action, boolean least) {
        return switch (action) {
            case ForEach map -> least ? 0 : tokens(map.body(), false);
            case Loop loop -> {
                long round = tokens(loop.body(), least);
                long rounds = least && loop.until() != null ? 1 : loop.roundsMax();
                yield round > Long.MAX_VALUE / 2 / rounds ? Long.MAX_VALUE / 2 : round * rounds;
            }
            case Branch branch -> {
                Stream<Long> ways = branch.bodies().stream().map(way -> tokens(way, least));
                if (least) {
                    yield branch.otherwise() == null
                            ? 0
                            : ways.min(Long::compare).orElse(0L);
                }
                yield ways.max(Long::compare).orElse(0L);
            }
            default -> 0;
        };
    }

    private static long plus(long left, long right) {
        return Math.min(Long.MAX_VALUE / 2, left + right);
    }
}
