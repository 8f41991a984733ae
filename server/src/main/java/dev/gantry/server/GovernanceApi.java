package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.CircuitState;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.metering.Model;
import dev.gantry.metering.Prices;
import dev.gantry.metering.UsageCursor;
import dev.gantry.metering.UsageFilter;
import dev.gantry.metering.UsageGrouping;
import dev.gantry.metering.UsageLedger;
import dev.gantry.metering.UsageSummary;
import dev.gantry.quota.BudgetLevel;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on models and usage. */
final class GovernanceApi {
    private static final Duration DEFAULT_PERIOD = Duration.ofDays(30);

    private final Router router;
    private final UsageLedger ledger;
    private final Clock clock;

    GovernanceApi(Router router, UsageLedger ledger, Clock clock) {
        this.router = router;
        this.ledger = ledger;
        this.clock = clock;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "listModels", this::models,
                "whoAmI", GovernanceApi::whoAmI,
                "summarizeUsage", this::usage);
    }

    private ApiReply models(Caller caller, ApiRequest request) {
        String defaultModel = router.defaultModel();
        List<ObjectNode> items = ModelsRoute.usable(router, caller).stream()
                .map(model -> withCircuit(model(model, defaultModel), router.circuit(model)))
                .toList();
        return ApiReply.page(items, null);
    }

    private static ObjectNode model(Model model, String defaultModel) {
        ObjectNode node = Json.object()
                .put("name", model.name())
                .put("provider", model.provider())
                .put("upstream_name", model.upstreamName())
                .put("tier", model.tier().name().toLowerCase(Locale.ROOT))
                .put("context_tokens", model.contextTokens() == 0 ? null : Long.valueOf(model.contextTokens()))
                .put("output_tokens_max", model.outputTokensMax())
                .put("default", model.name().equals(defaultModel));
        ArrayNode aliases = node.putArray("aliases");
        model.aliases().forEach(aliases::add);
        Prices prices = model.prices();
        node.putObject("usd_per_million_tokens")
                .put("input", dollars(prices.inputPerMillion()))
                .put("output", dollars(prices.outputPerMillion()))
                .put("cache_read", dollars(prices.cacheReadPerMillion()))
                .put("cache_write", dollars(prices.cacheWritePerMillion()))
                .put("cache_write_long", dollars(prices.cacheWriteLongPerMillion()));
        return node;
    }

    /** Says whether this node asks the model at present; nothing for one that it has not asked yet. */
    private static ObjectNode withCircuit(ObjectNode node, @Nullable CircuitState circuit) {
        if (circuit == null) {
            return node.putNull("circuit");
        }
        node.putObject("circuit")
                .put("state", circuit.state())
                .put("rest_seconds", (circuit.rest().toMillis() + 999) / 1000);
        return node;
    }

    private static BigDecimal dollars(long microDollars) {
        BigDecimal plain = BigDecimal.valueOf(microDollars, 6).stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    private static ApiReply whoAmI(Caller caller, ApiRequest request) {
        ObjectNode body = Json.object()
                .put("principal", caller.principal())
                .put("kind", caller.kind().name().toLowerCase(Locale.ROOT))
                .put("organization", caller.organization().toString())
                .put("team", caller.team())
                .put("project", caller.project())
                .put("key_id", caller.keyId() == null ? null : caller.keyId().toString());
        ArrayNode teams = body.putArray("teams");
        caller.teams().forEach(teams::add);
        return ApiReply.ok(body);
    }

    private ApiReply usage(Caller caller, ApiRequest request) {
        String cursor = request.query("cursor");
        UsageCursor period = cursor == null ? period(request) : UsageCursor.decode(cursor);
        String team = request.query("team");
        String project = request.query("project");
        String asked = request.query("principal");
        boolean own = asked == null && team == null && project == null && !SpendingRights.seesAll(caller);
        String principal = own ? caller.principal() : asked;
        if (!caller.principal().equals(principal)) {
            requireSight(caller, team, project);
        }
        UsageFilter filter = new UsageFilter(
                period.from(), period.to(), team, project, principal, request.query("model"), request.query("pattern"));
        int limit = request.query("limit", UsageLedger.LINES_MAX);
        boolean isByKey = cursor != null || "key".equals(request.query("order"));
        UsageSummary summary = isByKey
                ? ledger.page(caller.organization(), filter, groupings(request), period, limit)
                : ledger.summarize(caller.organization(), filter, groupings(request), limit);
        List<ObjectNode> items = new ArrayList<>();
        for (UsageSummary.Line line : summary.lines()) {
            items.add(line(summary.groupings(), line));
        }
        ObjectNode body = Json.object();
        body.putArray("items").addAll(items);
        body.put(
                "next_cursor",
                isByKey && summary.truncated()
                        ? period.behind(summary.lines().getLast()).encode()
                        : null);
        body.set("total", line(List.of(), summary.total()));
        body.put("truncated", summary.truncated());
        body.put("only_own", own);
        body.put("from", filter.from().toString());
        body.put("to", filter.to().toString());
        return ApiReply.ok(body);
    }

    /** Insists that the caller may see the spending of one of these, or of everybody. */
    private static void requireSight(Caller caller, @Nullable String team, @Nullable String project) {
        boolean ofTeam = team != null && caller.may(SpendingRights.of(BudgetLevel.TEAM, team));
        boolean ofProject = project != null && caller.may(SpendingRights.of(BudgetLevel.PROJECT, project));
        if (!ofTeam && !ofProject) {
            caller.require(
                    team != null
                            ? SpendingRights.of(BudgetLevel.TEAM, team)
                            : project != null ? SpendingRights.of(BudgetLevel.PROJECT, project) : SpendingRights.all());
        }
    }

    private UsageCursor period(ApiRequest request) {
        Instant to = request.time("to");
        // Up to the end of this hour and from the beginning of a day on, the sums hold all, and no line need be read.
        Instant end = to == null ? clock.instant().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS) : to;
        Instant from = request.time("from");
        return UsageCursor.first(from == null ? end.minus(DEFAULT_PERIOD).truncatedTo(ChronoUnit.DAYS) : from, end);
    }

    private static List<UsageGrouping> groupings(ApiRequest request) {
        String text = request.query("group_by");
        return Arrays.stream((text == null ? "model" : text).split(",", -1))
                .map(name -> UsageGrouping.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static ObjectNode line(List<UsageGrouping> groupings, UsageSummary.Line line) {
        ObjectNode node = Json.object();
        for (int index = 0; index < groupings.size(); index++) {
            node.put(groupings.get(index).id(), line.key().get(index));
        }
        node.put("requests", line.requests())
                .put("estimated_requests", line.estimatedRequests())
                .put("input_tokens", line.inputTokens())
                .put("output_tokens", line.outputTokens())
                .put("cache_read_tokens", line.cacheReadTokens())
                .put("cache_write_tokens", line.cacheWriteTokens())
                .put("reasoning_tokens", line.reasoningTokens());
        node.putObject("cost")
                .put("micro_usd", line.cost().value())
                .put("usd", line.cost().dollars().toPlainString());
        return node;
    }

    static @Nullable String encode(@Nullable TimeCursor cursor) {
        return cursor == null ? null : cursor.encode();
    }
}
