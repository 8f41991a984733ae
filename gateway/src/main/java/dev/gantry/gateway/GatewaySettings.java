package dev.gantry.gateway;

import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.Optional;

/** Section {@code gateway}. */
public record GatewaySettings(
        @Setting(
                value =
                        "Longest time from a request's arrival to the end of its answer, with everything that is tried for it; a "
                                + "caller may set less (header X-Request-Timeout)",
                defaultValue = "10m",
                min = 1_000)
        Duration requestTimeout,

        @Setting(
                value = "Longest silence of a provider, before its answer begins and within it",
                defaultValue = "2m",
                min = 100)
        Duration idleTimeout,

        @Setting(
                value = "Longest wait for the ledger and the audit log to be durable before an answer is withheld",
                defaultValue = "10s",
                min = 100)
        Duration commitTimeout,

        @Setting(
                value = "Requests that this node works on at a time; more are refused with 503",
                defaultValue = "10000",
                min = 1,
                max = 1_000_000)
        int concurrentRequestsMax,

        @Setting("Model for patterns that name none; offline/extract, which needs no key, when this is not set")
        Optional<String> defaultModel,

        @Setting(
                value =
                        "What is done about a parameter that the client's interface has and the model's provider has nothing like, "
                                + "where a request is translated (docs/parameters.md)",
                defaultValue = "refuse")
        ParameterHandling untranslatableParameters,

        @Setting(
                value =
                        "What is done about a parameter that Gantry does not know, where a request is translated; clients are often "
                                + "newer than Gantry and send such ones by themselves",
                defaultValue = "ignore")
        ParameterHandling unknownParameters) {
    /** What is done about a parameter that a provider cannot be given. */
    public enum ParameterHandling {
        /** The request is refused, with the parameter's name. */
        REFUSE,
        /** It is left out, and the reply says so. */
        IGNORE
    }
}
