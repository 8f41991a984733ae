package dev.gantry.gateway;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;

/**
 * Section {@code cache}.
 *
 * @param visibility who may get an answer that somebody else has asked for
 */
public record CacheSettings(
        @Setting(
                value = "Whether a request that was answered before gets that answer again instead of a new one",
                defaultValue = "true")
        boolean enabled,

        @Setting(
                value = "How long an answer is given again",
                defaultValue = "24h",
                min = 1_000,
                max = 31L * 24 * 3600 * 1000)
        Duration ttl,

        @Setting(
                value =
                        "Who may get an answer that somebody else has asked for: organization, team (those for whom the same "
                                + "team pays; who is in none has answers of their own) or user. Never another organization.",
                defaultValue = "team")
        Visibility visibility,

        @Setting(
                value =
                        "Where answers are kept: memory (of each node) or redis (of all nodes; the section redis says where)",
                defaultValue = "memory")
        Store store,

        @Setting(
                value = "Most memory of a node for answers; those that were not used for longest make room",
                defaultValue = "64Mi",
                min = 1024 * 1024)
        DataSize memoryMax,

        @Setting(value = "Largest answer that is kept", defaultValue = "1Mi", min = 1024, max = 64L * 1024 * 1024)
        DataSize entrySizeMax,

        @Setting(
                value =
                        "Highest temperature at which answers are given again, unless the request asks for it. A request that "
                                + "names no temperature counts as 1, the usual default of providers.",
                defaultValue = "0",
                min = 0,
                max = 2)
        double temperatureMax,

        @Setting(
                value =
                        "Whether answers to requests that offer tools are given again. Only tools that the caller runs: with "
                                + "tools that the provider runs, nothing is kept in any case.",
                defaultValue = "false")
        boolean tools,

        @Setting(
                value =
                        "How long a request waits for the answer to an identical one that is under way on the same node, before "
                                + "it asks by itself; 0s means not at all",
                defaultValue = "2m",
                min = 0,
                max = 3_600_000)
        Duration followTimeout,

        @Setting("Answers to questions that only mean the same")
        SemanticSettings semantic) {
    /** Whom an answer may reach. */
    public enum Visibility {
        /** Everybody in the organization. */
        ORGANIZATION,
        /** Those for whom the same team pays. */
        TEAM,
        /** Who asked for it. */
        USER
    }

    /** Where answers are. */
    public enum Store {
        /** In the memory of each node. */
        MEMORY,
        /** In Redis, for all nodes. */
        REDIS
    }

    /** Answers to questions that only mean the same. */
    public record SemanticSettings(
            @Setting(
                    value =
                            "Whether a request gets the answer to one that differs in the words of its last message alone, and "
                                    + "means the same by a model that runs in this process. Such a guess can be wrong.",
                    defaultValue = "false")
            boolean enabled,

            @Setting(
                    value = "Least similarity of the two messages: the cosine of their vectors",
                    defaultValue = "0.95",
                    min = 0,
                    max = 1)
            double threshold,

            @Setting(
                    value = "Most messages that a node keeps vectors of, some 2 KB each",
                    defaultValue = "10000",
                    min = 1,
                    max = 1_000_000)
            int entriesMax,

            @Setting(
                    value = "Most messages that a request is compared with; older ones make room",
                    defaultValue = "1000",
                    min = 1,
                    max = 100_000)
            int comparedMax) {}
}
