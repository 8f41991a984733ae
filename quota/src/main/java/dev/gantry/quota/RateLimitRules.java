package dev.gantry.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The limits of the configuration, ready to be asked. Immutable. */
final class RateLimitRules {
    static final Map<String, String> BUILT_IN_TIERS =
            Map.of("free", "10/minute", "pro", "100/minute", "enterprise", "1000/minute");

    private static final String EACH = "*";

    private final List<Rule> global;
    private final List<Rule> perOrganization;
    private final List<Rule> perUser;
    private final Map<String, List<Rule>> tiers = new HashMap<>();
    private final @Nullable String defaultTier;
    private final TierAssignments tierOf;
    private final Map<String, List<Rule>> teams;
    private final Map<String, List<Rule>> users;
    private final Map<String, List<Rule>> keys;
    private final Map<String, List<Rule>> models;
    private final Map<String, List<Rule>> patterns;

    /** What is limited. */
    enum Measure {
        REQUESTS,
        TOKENS,
        PARALLEL
    }

    /** One line of the configuration; compared by identity. Without a window it is about parallel requests. */
    static final class Rule {
        final Scope scope;
        final Measure measure;
        final int amount;
        final long windowNanos;
        final String windowWords;

        private Rule(Scope scope, Measure measure, int amount, long windowNanos, String windowWords) {
            this.scope = scope;
            this.measure = measure;
            this.amount = amount;
            this.windowNanos = windowNanos;
            this.windowWords = windowWords;
        }

        static Rule of(Scope scope, Measure measure, Rate rate) {
            return new Rule(scope, measure, rate.amount(), rate.window().toNanos(), rate.windowWords());
        }

        static Rule parallel(Scope scope, int amount) {
            return new Rule(scope, Measure.PARALLEL, amount, 0, "");
        }
    }

    /**
     * A rule as it holds for somebody.
     *
     * @param organization whose; null for a rule over all of them
     * @param id whom or what it counts, together with the rule
     * @param name the same for people to read
     */
    record Limit(Rule rule, @Nullable UUID organization, Object id, String name) {}

    RateLimitRules(RateLimitSettings settings) {
        boolean enabled = settings.enabled();
        global = enabled ? requests(Scope.GLOBAL, settings.globalLimit().orElse(null)) : List.of();
        perOrganization =
                enabled ? requests(Scope.ORGANIZATION, settings.perTenantLimit().orElse(null)) : List.of();
        perUser = enabled
                ? settings.requests()
                        .map(amount ->
                                List.of(Rule.of(Scope.USER, Measure.REQUESTS, new Rate(amount, settings.window()))))
                        .orElse(List.of())
                : List.of();
        if (enabled) {
            readTiers(settings);
        }
        defaultTier = enabled ? settings.defaultTier().orElse(null) : null;
        tierOf = enabled ? settings.tierOf() : TierAssignments.NONE;
        teams = read(Scope.TEAM, enabled, settings.teams());
        users = read(Scope.USER, enabled, settings.users());
        keys = read(Scope.KEY, enabled, settings.keys());
        models = read(Scope.MODEL, enabled, settings.models());
        patterns = read(Scope.PATTERN, enabled, settings.patterns());
    }

    private static List<Rule> requests(Scope scope, @Nullable Integer perMinute) {
        return perMinute == null ? List.of() : List.of(Rule.of(scope, Measure.REQUESTS, Rate.perMinute(perMinute)));
    }

    private void readTiers(RateLimitSettings settings) {
        Map<String, String> requests = new HashMap<>(BUILT_IN_TIERS);
        requests.putAll(settings.tiers());
        requests.forEach((tier, rate) -> addToTier(tier, Rule.of(Scope.TIER, Measure.REQUESTS, Rate.parse(rate))));
        settings.tierTokens()
                .forEach((tier, rate) -> addToTier(tier, Rule.of(Scope.TIER, Measure.TOKENS, Rate.parse(rate))));
        settings.tierParallel().forEach((tier, amount) -> addToTier(tier, Rule.parallel(Scope.TIER, amount)));
    }

    private void addToTier(String tier, Rule rule) {
        tiers.computeIfAbsent(tier, _ -> new ArrayList<>()).add(rule);
    }

    private static Map<String, List<Rule>> read(Scope scope, boolean enabled, Map<String, LimitSettings> settings) {
        Map<String, List<Rule>> rules = new HashMap<>();
        if (enabled) {
            settings.forEach((name, limits) -> {
                List<Rule> ofName = new ArrayList<>();
                limits.requests().ifPresent(rate -> ofName.add(Rule.of(scope, Measure.REQUESTS, Rate.parse(rate))));
                limits.tokens().ifPresent(rate -> ofName.add(Rule.of(scope, Measure.TOKENS, Rate.parse(rate))));
                limits.parallel().ifPresent(amount -> ofName.add(Rule.parallel(scope, amount)));
                rules.put(name, List.copyOf(ofName));
            });
        }
        return Map.copyOf(rules);
    }

    /** Returns the tier of somebody: the key's own, else the user's, the team's, the organization's, the default; or null. */
    @Nullable
    String tier(Holder holder) {
        String tier =
                holder.key() == null ? null : tierOf.keys().get(holder.key().toString());
        tier = tier == null ? tierOf.users().get(holder.userName()) : tier;
        tier = tier == null && holder.team() != null ? tierOf.teams().get(holder.team()) : tier;
        tier = tier == null ? tierOf.organizations().get(holder.organizationName()) : tier;
        return tier == null ? defaultTier : tier;
    }

    /** Returns everything that limits a request. */
    List<Limit> limits(Holder holder) {
        List<Limit> limits = new ArrayList<>(8);
        add(limits, global, null, "", "");
        add(limits, perOrganization, holder.organization(), holder.organization(), holder.organizationName());
        String tier = tier(holder);
        if (tier != null) {
            // A key with a tier of its own has that tier's limits for itself; all others share their user's.
            boolean ownTier = holder.key() != null
                    && tierOf.keys().containsKey(holder.key().toString());
            Object id = ownTier && holder.key() != null ? holder.key() : holder.user();
            add(limits, tiers.getOrDefault(tier, List.of()), holder.organization(), id, tier);
        }
        if (holder.team() != null) {
            addNamed(limits, teams, holder.organization(), holder.team(), holder.team());
        }
        add(limits, perUser, holder.organization(), holder.user(), holder.userName());
        addNamed(limits, users, holder.organization(), holder.user(), holder.userName());
        if (holder.key() != null) {
            addNamed(
                    limits,
                    keys,
                    holder.organization(),
                    holder.key(),
                    holder.key().toString());
        }
        addModel(limits, holder.model());
        if (holder.pattern() != null) {
            addNamed(limits, patterns, holder.organization(), holder.pattern(), holder.pattern());
        }
        return limits;
    }

    /** Adds what limits a model; models are the same for all organizations. */
    void addModel(List<Limit> limits, @Nullable String model) {
        if (model != null) {
            addNamed(limits, models, null, model, model);
        }
    }

    private static void addNamed(
            List<Limit> limits, Map<String, List<Rule>> rules, @Nullable UUID organization, Object id, String name) {
        if (!rules.isEmpty()) {
            List<Rule> own = rules.get(name);
            add(limits, own == null ? rules.getOrDefault(EACH, List.of()) : own, organization, id, name);
        }
    }

    private static void add(List<Limit> limits, List<Rule> rules, @Nullable UUID organization, Object id, String name) {
        for (Rule rule : rules) {
            limits.add(new Limit(rule, organization, id, name));
        }
    }
}
