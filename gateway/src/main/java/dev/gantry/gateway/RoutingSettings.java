package dev.gantry.gateway;

import dev.gantry.config.Setting;
import dev.gantry.metering.Tier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Section {@code routing}. */
public record RoutingSettings(
        @Setting(
                value = "Most attempts at one request, over all models that may answer it",
                defaultValue = "6",
                min = 1,
                max = 50)
        int attemptsMax,

        @Setting("When a model that failed is asked again") RetrySettings retry,

        @Setting("When a model that fails again and again is left alone")
        CircuitSettings circuit,

        @Setting("Asking a second model when the first takes long")
        HedgingSettings hedging,

        @Setting("How a model is chosen for requests that leave the choice to Gantry")
        SelectionSettings selection,

        @Setting(
                value =
                        "Whether instructions of patterns and workflows that an organization sends again within five minutes are "
                                + "marked to be kept by a provider that keeps only what is marked (Anthropic)",
                defaultValue = "true")
        boolean promptCaching,

        @Setting("Where requests must stay") ResidencySettings residency) {

    /** When a model that failed is asked again. */
    public record RetrySettings(
            @Setting(
                    value =
                            "How often models are asked again once every model that may answer has failed; only those whose "
                                    + "failure makes it safe",
                    defaultValue = "2",
                    min = 0,
                    max = 10)
            int rounds,

            @Setting(
                    value =
                            "Longest wait before the first of these rounds; doubles with each. The wait itself is drawn "
                                    + "between nothing and this",
                    defaultValue = "200ms",
                    min = 1,
                    max = 60_000)
            Duration backoff,

            @Setting(value = "Longest wait before any of these rounds", defaultValue = "5s", min = 1, max = 600_000)
            Duration backoffMax,

            @Setting(
                    value =
                            "Longest Retry-After of a provider that is waited for within a request; a longer one is handed "
                                    + "to the caller",
                    defaultValue = "5s",
                    min = 0,
                    max = 600_000)
            Duration retryAfterMax) {}

    /** When a model that fails again and again is left alone. */
    public record CircuitSettings(
            @Setting(
                    value = "Failures in a row after which a model of a provider is not asked any more",
                    defaultValue = "5",
                    min = 1,
                    max = 1_000)
            int failures,

            @Setting(
                    value =
                            "How long it is not asked; then a single request is let through to see whether it has recovered",
                    defaultValue = "60s",
                    min = 10,
                    max = 86_400_000)
            Duration openFor) {}

    /** Asking a second model when the first takes long. */
    public record HedgingSettings(
            @Setting(
                    value =
                            "After how long the next model is asked as well; both are paid. Off unless set, and never for "
                                    + "streams",
                    min = 10)
            Optional<Duration> delay) {}

    /** How a model is chosen. */
    public record SelectionSettings(
            @Setting(value = "The name of a model that leaves the choice to Gantry", defaultValue = "auto")
            String name,

            @Setting("Rules in the order in which they are tried; the first whose conditions all hold decides")
            List<RuleSettings> rules,

            @Setting(
                    "Task (of model_selection), model or group when no rule and no task fits; without it the length of the "
                            + "input decides between the tiers")
            Optional<String> otherwise) {
        /** Copies the list. */
        public SelectionSettings {
            rules = List.copyOf(rules);
        }
    }

    /** One rule. */
    public record RuleSettings(
            @Setting("Names of patterns; a star stands for any characters. Holds when one of them fits")
            List<String> patterns,

            @Setting("Holds when the request bears one of these tags (header X-Gantry-Tags)")
            List<String> tags,

            @Setting(
                    value = "Holds when the input is at least this long, at four bytes a token",
                    unit = "tokens",
                    min = 0)
            Optional<Integer> inputTokensMin,

            @Setting(value = "Holds when the input is at most this long", unit = "tokens", min = 0)
            Optional<Integer> inputTokensMax,

            @Setting("The kind of task that it is then; a key of model_selection")
            Optional<String> task,

            @Setting("The model or group that answers then") Optional<String> model,

            @Setting("The tier whose least expensive model answers then")
            Optional<Tier> tier) {
        /** Copies the lists and insists on one outcome. */
        public RuleSettings {
            patterns = List.copyOf(patterns);
            tags = List.copyOf(tags);
            if (Stream.of(task, model, tier).filter(Optional::isPresent).count() != 1) {
                throw new IllegalArgumentException("a rule says one of task, model and tier");
            }
        }
    }

    /** Where requests must stay. */
    public record ResidencySettings(
            @Setting("Region in which this server runs: where a model is that needs no network")
            Optional<String> ownRegion,

            @Setting("Region that every request must stay in")
            Optional<String> everyone,

            @Setting("Region by id of the organization whose requests must stay in it")
            Map<String, String> organizations,

            @Setting("Region by name of the team whose requests must stay in it")
            Map<String, String> teams) {
        /** Copies the maps and refuses what is no region. */
        public ResidencySettings {
            organizations = Map.copyOf(organizations);
            teams = Map.copyOf(teams);
            ownRegion.ifPresent(Region::of);
            everyone.ifPresent(Region::of);
            organizations.values().forEach(Region::of);
            teams.values().forEach(Region::of);
        }
    }
}
