package dev.gantry.quota;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.kernel.Text;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Finds in section {@code rate_limiting} what means nothing: rates that are none, tiers that do not exist. */
public final class RateLimitCheck {
    private static final String SECTION = "rate_limiting.";

    private final RateLimitSettings settings;
    private final Complaints complaints;
    private final Set<String> tiers = new HashSet<>(RateLimitRules.BUILT_IN_TIERS.keySet());

    private RateLimitCheck(RateLimitSettings settings, Complaints complaints) {
        this.settings = settings;
        this.complaints = complaints;
        tiers.addAll(settings.tiers().keySet());
        tiers.addAll(settings.tierTokens().keySet());
        tiers.addAll(settings.tierParallel().keySet());
    }

    /** Reports what is wrong with a section. */
    public static void check(RateLimitSettings settings, Complaints complaints) {
        new RateLimitCheck(settings, complaints).check();
    }

    private void check() {
        rates("tiers", settings.tiers());
        rates("tier_tokens", settings.tierTokens());
        for (String tier : new TreeSet<>(tiers)) {
            if (!tier.matches("[a-z0-9][a-z0-9_-]{0,62}")) {
                Map<String, String> where = settings.tiers();
                String map = where.containsKey(tier)
                        ? "tiers"
                        : settings.tierTokens().containsKey(tier) ? "tier_tokens" : "tier_parallel";
                complaints.add(
                        SECTION + map + "." + quoted(tier),
                        "the name of a tier is up to 63 lower-case letters, digits, - and _");
            }
        }
        settings.defaultTier().ifPresent(tier -> tier("default_tier", tier));
        TierAssignments tierOf = settings.tierOf();
        assigned("keys", tierOf.keys());
        assigned("users", tierOf.users());
        assigned("teams", tierOf.teams());
        assigned("organizations", tierOf.organizations());
        limits("teams", settings.teams());
        limits("users", settings.users());
        limits("keys", settings.keys());
        limits("models", settings.models());
        limits("patterns", settings.patterns());
    }

    private void rates(String map, Map<String, String> rates) {
        new TreeMap<>(rates).forEach((name, rate) -> rate(map + "." + quoted(name), rate));
    }

    private void limits(String map, Map<String, LimitSettings> limits) {
        new TreeMap<>(limits).forEach((name, limit) -> {
            String key = map + "." + quoted(name);
            limit.requests().ifPresent(rate -> rate(key + ".requests", rate));
            limit.tokens().ifPresent(rate -> rate(key + ".tokens", rate));
            if (limit.requests().isEmpty()
                    && limit.tokens().isEmpty()
                    && limit.parallel().isEmpty()) {
                complaints.add(SECTION + key, "limits nothing; give it requests, tokens or parallel, or remove it");
            }
            name(map, key, name);
        });
    }

    private void assigned(String map, Map<String, String> assigned) {
        new TreeMap<>(assigned).forEach((name, tier) -> {
            String key = "tier_of." + map + "." + quoted(name);
            tier(key, tier);
            if (name.equals("*")) {
                complaints.add(SECTION + key, "* is no name here; use default_tier for everybody else");
            } else {
                name(map, key, name);
            }
        });
    }

    private void name(String map, String key, String name) {
        if (name.equals("*")) {
            return;
        }
        if (map.equals("keys") && !isId(name)) {
            complaints.add(SECTION + key, "is not the id of a key; 'gantry keys list' shows the ids");
        } else if ((map.equals("users") || map.equals("teams")) && !name.equals(name.toLowerCase(Locale.ROOT))) {
            complaints.add(SECTION + key, "is written in lower case");
        }
    }

    private void rate(String key, String rate) {
        try {
            Rate.parse(rate);
        } catch (IllegalArgumentException malformed) {
            complaints.add(SECTION + key, malformed.getMessage() + ", not '" + Text.shorten(rate, 60) + "'");
        }
    }

    private void tier(String key, String tier) {
        if (!tiers.contains(tier)) {
            complaints.add(
                    SECTION + key,
                    "there is no tier '" + Text.shorten(tier, 60) + "'" + Text.didYouMean(tier, tiers) + "; there are "
                            + String.join(", ", new TreeSet<>(tiers)));
        }
    }

    private static boolean isId(String text) {
        try {
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** A name as the configuration shows it: in quotes unless it is a plain word. */
    static String quoted(String name) {
        return name.matches("[A-Za-z0-9_@/*-]+") ? name : '"' + name + '"';
    }
}
