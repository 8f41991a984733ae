package dev.gantry.metering;

import dev.gantry.config.Setting;
import dev.gantry.metering.ModelGroup.Balance;
import java.util.List;

/**
 * What is said about one group of models.
 *
 * @param members which models are in it
 * @param balance how requests are shared out
 * @param costBias how much the price counts
 * @param fallbacks models to try when no member has answered
 */
public record ModelGroupSettings(
        @Setting("The models between which requests are shared out")
        List<MemberSettings> members,

        @Setting(
                value = "How the member that is asked first is found: weighted by chance in proportion to the weights, "
                        + "adaptive by latency, load and price of two that were drawn by their weights",
                defaultValue = "weighted")
        Balance balance,

        @Setting(
                value =
                        "How much the price counts against latency and load in adaptive balancing: 0 not at all, 1 alone",
                defaultValue = "0",
                min = 0,
                max = 1)
        double costBias,

        @Setting("Models to try when no member has answered, best first")
        List<String> fallbacks) {
    /**
     * One member.
     *
     * @param model which model
     * @param weight its share
     */
    public record MemberSettings(
            @Setting("Name, alias or provider/upstream-name of the model")
            String model,

            @Setting(
                    value = "Its share of the requests in relation to the other members",
                    defaultValue = "1",
                    min = 1,
                    max = 1_000_000)
            int weight) {}

    /** Copies the lists. */
    public ModelGroupSettings {
        members = List.copyOf(members);
        fallbacks = List.copyOf(fallbacks);
    }
}
