package dev.gantry.server;

import dev.gantry.audit.AuditLog;
import dev.gantry.config.LiveSecrets;
import dev.gantry.database.GroupCommit;
import dev.gantry.gateway.Attempt;
import dev.gantry.gateway.CacheOutcome;
import dev.gantry.gateway.Circuits;
import dev.gantry.gateway.GatewayObserver;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Settled;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.quota.Budgets;
import dev.gantry.quota.TeamBudgetLeft;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The node's metrics in Prometheus' text format. Label values come from bounded sets: of names that users choose the first
 * {@value #NAMES_MAX} keep their own series, later ones share {@code other}. What belongs to an organization carries its name, so that it can be
 * shown alone. Thread-safe.
 */
final class Metrics implements GatewayObserver {
    private static final int NAMES_MAX = 1_000;
    private static final int SERIES_MAX = 5_000;
    static final String ORGANIZATION = "organization";
    private static final String OTHER = "other";
    private static final String NONE = "none";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MultiGauge budgetRemaining = MultiGauge.builder("gantry.budget.remaining.ratio")
            .description("What is left of the tightest budget of a team, as a share of its limit")
            .register(registry);
    private final AtomicInteger active = new AtomicInteger();
    private volatile @Nullable Budgets budgets;
    private volatile Function<UUID, String> organizationName = UUID::toString;
    private final Set<String> patterns = ConcurrentHashMap.newKeySet();
    private final Set<String> organizations = ConcurrentHashMap.newKeySet();
    private final Set<String> teams = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<ExecutionMeters.Labels, ExecutionMeters> executions = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Counter> refusals = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Counter> rateLimited = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<AttemptLabels, Counter> attempts = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<CacheOutcome.Kind, Counter> cacheOutcomes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Finding, Counter> findings = new ConcurrentHashMap<>();

    private record Finding(String kind, String action) {}

    private record AttemptLabels(String provider, String outcome) {}

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        Gauge.builder("gantry.active.requests", active, AtomicInteger::get)
                .description("Requests for a model's answer that are being served")
                .register(registry);
    }

    /** Adds the figures of secrets that are followed. */
    void watch(LiveSecrets secrets) {
        SecretWatch.watch(secrets, registry);
    }

    /** Adds the figures of the audit log. */
    void watch(AuditLog audit) {
        AuditMetrics.watch(audit, registry);
    }

    /** Returns the figures of workflows, to be kept by whoever runs them. */
    RunMetrics runs() {
        return new RunMetrics(registry);
    }

    /** Returns the figures of repositories, to be kept by whoever looks at them. */
    GitMetrics git() {
        return new GitMetrics(registry);
    }

    /** Returns the figures of mirrors, to be kept by whoever looks at other registries. */
    MirrorMetrics mirrors() {
        return new MirrorMetrics(registry);
    }

    /** Returns the figures of durable work, to be kept by whoever does it. */
    JobMetrics jobs() {
        return new JobMetrics(registry);
    }

    /** Adds the figures of the writer that the ledger and the audit log share. */
    void watch(GroupCommit commits) {
        Gauge.builder("gantry.audit.queue.rows", commits, GroupCommit::queuedRows)
                .description("Rows of audit log and ledger that wait to be durable")
                .register(registry);
        FunctionCounter.builder("gantry.audit.rows", commits, GroupCommit::rows)
                .description("Rows of audit log and ledger that were made durable")
                .register(registry);
        FunctionCounter.builder("gantry.audit.batches", commits, GroupCommit::batches)
                .description("Transactions in which they were written")
                .register(registry);
        FunctionCounter.builder("gantry.audit.rejected.rows", commits, GroupCommit::rejectedRows)
                .description("Rows that the database rejected")
                .register(registry);
        FunctionCounter.builder("gantry.audit.failed.attempts", commits, GroupCommit::failedAttempts)
                .description("Batches that had to be tried again because the database was away")
                .register(registry);
    }

    /** Learns what organizations are called. */
    void name(Function<UUID, String> names) {
        organizationName = names;
    }

    /** Adds the figures of budgets. */
    void watch(Budgets node) {
        budgets = node;
        FunctionCounter.builder("gantry.budget.draws", node, Budgets::draws)
                .description("Times that this node drew from budgets in the database")
                .register(registry);
        FunctionCounter.builder("gantry.budget.refusals", node, Budgets::refusals)
                .description("Requests refused because a budget had too little left")
                .register(registry);
        FunctionCounter.builder("gantry.budget.overruns", node, Budgets::overruns)
                .description("Times that requests had cost more than was reserved for them")
                .register(registry);
    }

    /** Adds the state of a provider. */
    void provider(String name, Circuits circuits) {
        Gauge.builder("gantry.provider.state", circuits, all -> all.stateOf(name))
                .tag("provider", name)
                .description("1 while all circuits of the provider are closed, 0 while one is open, between half open")
                .register(registry);
    }

    /** Counts a circuit that changed; models are those of the catalog. */
    void circuitChanged(String provider, String state) {
        Counter.builder("gantry.circuit.changes")
                .tags("provider", provider, "state", state)
                .description("How often a circuit went into a state")
                .register(registry)
                .increment();
    }

    /** Returns everything in Prometheus' text format. */
    String scrape() {
        Budgets known = budgets;
        if (known != null) {
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            for (TeamBudgetLeft left : known.remaining()) {
                Tags tags = Tags.of("team", left.team(), ORGANIZATION, organizationName.apply(left.organization()));
                rows.add(MultiGauge.Row.of(tags, left::ratio));
            }
            budgetRemaining.register(rows, true);
        }
        return registry.scrape();
    }

    /** Returns what belongs to one organization, in the same format. */
    String scrape(String organization) {
        // No label value can hold this: in them quotes are escaped.
        String mark = ORGANIZATION + "=\"" + organization + "\"";
        StringBuilder own = new StringBuilder();
        StringBuilder head = new StringBuilder();
        for (String line : scrape().split("\n", -1)) {
            if (line.startsWith("# HELP")) {
                head.setLength(0);
            }
            if (line.startsWith("#")) {
                head.append(line).append('\n');
            } else if (line.contains(mark)) {
                own.append(head).append(line).append('\n');
                head.setLength(0);
            }
        }
        return own.toString();
    }

    /** Counts a request that a rate limit refused; tiers are those of the configuration. */
    void rateLimitExceeded(String tier) {
        rateLimited.computeIfAbsent(tier, this::rateLimitCounter).increment();
    }

    private Counter rateLimitCounter(String tier) {
        return Counter.builder("gantry.rate.limit.exceeded")
                .tag("tier", tier)
                .description("Requests that a rate limit refused, by the caller's tier")
                .register(registry);
    }

    @Override
    public void entered(Origin origin) {
        active.incrementAndGet();
    }

    @Override
    public void settled(Origin origin, Settled settled, @Nullable Duration timeToFirstByte) {
        active.decrementAndGet();
        String pattern = settled.prompt().subject().pattern();
        ExecutionMeters.Labels labels = new ExecutionMeters.Labels(
                pattern == null ? null : bounded(patterns, pattern.startsWith("~") ? "personal" : pattern),
                settled.model().name(),
                settled.status(),
                bounded(
                        teams,
                        settled.caller().team() == null
                                ? NONE
                                : settled.caller().team()),
                bounded(organizations, organizationName.apply(settled.caller().organization())));
        if (executions.size() >= SERIES_MAX && !executions.containsKey(labels)) {
            labels = new ExecutionMeters.Labels(
                    pattern == null ? null : OTHER, labels.model(), labels.status(), OTHER, OTHER);
        }
        ExecutionMeters meters = executions.computeIfAbsent(labels, added -> ExecutionMeters.of(added, registry));
        if (meters.patternExecutions() != null) {
            meters.patternExecutions().increment();
        }
        meters.requests().increment();
        meters.duration().record(settled.duration());
        meters.overhead().record(settled.duration().minus(settled.providerTime()));
        if (timeToFirstByte != null) {
            meters.firstToken().record(timeToFirstByte);
        }
        meters.consumed(settled.answerUsage(), settled.answerCost());
        if (settled.cache().kind() != CacheOutcome.Kind.NONE) {
            cacheOutcomes
                    .computeIfAbsent(settled.cache().kind(), this::cacheCounter)
                    .increment();
        }
        if (settled.failure() != null) {
            refusals.computeIfAbsent(settled.failure().code().metricLabel(), this::refusalCounter)
                    .increment();
        }
        if (!settled.attempts().isEmpty()) {
            noteOthers(settled, labels);
        }
    }

    private Counter cacheCounter(CacheOutcome.Kind kind) {
        return Counter.builder("gantry.cache.requests")
                .tag("result", kind.id())
                .description("Requests by what came of the cache of answers")
                .register(registry);
    }

    @Override
    public void previewed(Origin origin) {
        active.decrementAndGet();
    }

    @Override
    public void found(String kind, String action, int count) {
        findings.computeIfAbsent(new Finding(kind, action), this::findingCounter)
                .increment(count);
    }

    private Counter findingCounter(Finding finding) {
        return Counter.builder("gantry.guard.findings")
                .tags("kind", finding.kind(), "action", finding.action())
                .description("What the guard found in prompts and answers")
                .register(registry);
    }

    @Override
    public void refused(Origin origin, @Nullable Caller caller, ErrorCode code) {
        active.decrementAndGet();
        refusals.computeIfAbsent(code.metricLabel(), this::refusalCounter).increment();
    }

    /** Attempts whose answer nobody got consumed tokens of their own models. */
    private void noteOthers(Settled settled, ExecutionMeters.Labels labels) {
        for (Settled.Paid paid : settled.others()) {
            ExecutionMeters meters = executions.computeIfAbsent(
                    new ExecutionMeters.Labels(
                            null, paid.attempt().model().name(), "error", labels.team(), labels.organization()),
                    added -> ExecutionMeters.of(added, registry));
            meters.consumed(paid.attempt().usage(), paid.cost());
        }
        for (Attempt attempt : settled.attempts()) {
            attempts.computeIfAbsent(
                            new AttemptLabels(attempt.model().provider(), attempt.outcome()), this::attemptCounter)
                    .increment();
        }
    }

    private Counter attemptCounter(AttemptLabels labels) {
        return Counter.builder("gantry.attempts")
                .tags("provider", labels.provider(), "outcome", labels.outcome())
                .description("Attempts at requests that took more than one, by how they ended")
                .register(registry);
    }

    private Counter refusalCounter(String errorType) {
        return Counter.builder("gantry.errors")
                .tag("error_type", errorType)
                .description("Requests that were refused or failed")
                .register(registry);
    }

    private static String bounded(Set<String> known, String name) {
        if (known.contains(name)) {
            return name;
        }
        if (known.size() >= NAMES_MAX) {
            return OTHER;
        }
        known.add(name);
        return name;
    }
}
