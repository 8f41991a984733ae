package dev.gantry.gateway;

import dev.gantry.metering.Model;
import dev.gantry.metering.ModelGroup.Balance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Puts the members of a group into the order in which they are tried. Thread-safe. */
final class Balancer {
    private final Loads loads;
    private final Supplier<RandomGenerator> random;

    /** One member that could answer. */
    record Share(Model model, int weight) {}

    Balancer(Loads loads, Supplier<RandomGenerator> random) {
        this.loads = loads;
        this.random = random;
    }

    /** Returns all members, the one to ask first at the front. */
    List<Model> order(List<Share> members, Balance balance, double costBias, boolean stream) {
        List<Share> left = new ArrayList<>(members);
        List<Model> order = new ArrayList<>(left.size());
        while (!left.isEmpty()) {
            Share next = draw(left);
            if (balance == Balance.ADAPTIVE && !left.isEmpty()) {
                Share other = draw(left);
                boolean first = loads.prefers(next.model(), other.model(), stream, costBias);
                left.add(first ? other : next);
                next = first ? next : other;
            }
            order.add(next.model());
        }
        return order;
    }

    /** Takes one out by chance, in proportion to the weights. */
    private Share draw(List<Share> left) {
        if (left.size() == 1) {
            return left.removeFirst();
        }
        long sum = 0;
        for (Share share : left) {
            sum += share.weight();
        }
        long point = random.get().nextLong(sum);
        int index = 0;
        while (point >= left.get(index).weight()) {
            point -= left.get(index).weight();
            index++;
        }
        return left.remove(index);
    }
}
