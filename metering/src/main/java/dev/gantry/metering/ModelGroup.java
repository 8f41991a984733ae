package dev.gantry.metering;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Several models under one name, between which requests are shared out.
 *
 * @param name under which callers ask for it; no model bears it
 * @param members at least one, each model once
 * @param balance how the member that is asked first is found
 * @param costBias how much the price counts in {@link Balance#ADAPTIVE}: 0 not at all, 1 alone
 * @param fallbacks names or aliases of models to try when no member has answered, best first
 */
public record ModelGroup(String name, List<Member> members, Balance balance, double costBias, List<String> fallbacks) {
    /** Most members and fallbacks of a group. */
    public static final int MEMBERS_MAX = 32;

    /** The namespace in which groups stand among the permissions on models: {@code models:execute:groups/NAME}. */
    public static final String NAMESPACE = "groups";

    /**
     * One model of a group.
     *
     * @param model its name, alias or {@code provider/upstream-name}
     * @param weight its share in relation to the others, at least 1
     */
    public record Member(String model, int weight) {
        /** Refuses a share of nothing. */
        public Member {
            if (weight < 1) {
                throw new IllegalArgumentException("The weight of a member must be at least 1: " + weight);
            }
        }
    }

    /** How the member that is asked first is found. */
    public enum Balance {
        /** By chance, in proportion to the weights. */
        WEIGHTED,
        /** Of two drawn by their weights, the one that is likely to answer sooner, and for less as far as that counts. */
        ADAPTIVE
    }

    /** Copies the lists and refuses what could never answer. */
    public ModelGroup {
        members = List.copyOf(members);
        fallbacks = List.copyOf(fallbacks);
        if (!Model.isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is not a name of a group");
        }
        if (members.isEmpty() || members.size() + fallbacks.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException(
                    "A group has 1 to " + MEMBERS_MAX + " members and fallbacks, not " + members.size());
        }
        if (!(costBias >= 0 && costBias <= 1)) {
            throw new IllegalArgumentException("The cost bias must be between 0 and 1: " + costBias);
        }
        Set<String> names = new HashSet<>();
        for (Member member : members) {
            if (!names.add(member.model())) {
                throw new IllegalArgumentException("'" + member.model() + "' is in the group twice");
            }
        }
    }
}
