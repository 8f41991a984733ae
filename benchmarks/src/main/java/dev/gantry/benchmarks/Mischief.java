package dev.gantry.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Kills and freezes the processes of a cluster, and sees to it that all of them run again in the end. */
final class Mischief {
    private final Cluster cluster;
    private final RandomGenerator dice;
    private final Duration lease;
    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    /** What was done to a process, from when to when. */
    record Fault(String what, Instant begun, Instant ended) {}

    Mischief(Cluster cluster, RandomGenerator dice, Duration lease) {
        this.cluster = cluster;
        this.dice = dice;
        this.lease = lease;
    }

    /** Returns what was done, in order. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    /** Does so much mischief, one thing after the other, killing PostgreSQL once among them. */
    void happen(int count) throws IOException, InterruptedException {
        int database = count == 1 ? 0 : 1 + dice.nextInt(count - 1);
        for (int number = 0; number < count; number++) {
            Thread.sleep(200 + dice.nextInt(1_500));
            Instant begun = Instant.now();
            String what = number == database ? killDatabase() : number % 3 == 0 ? freeze() : kill();
            faults.add(new Fault(what, begun, Instant.now()));
            Workplace.say("  " + what);
        }
        for (Node node : cluster.nodes()) {
            node.awaitReady();
        }
    }

    private Node any() {
        return cluster.nodes().get(dice.nextInt(cluster.nodes().size()));
    }

    private String kill() throws IOException, InterruptedException {
        Node node = any();
        node.kill();
        Thread.sleep(dice.nextInt(1_000));
        node.start();
        return node.name() + " killed and started again";
    }

    /** Longer than its lease, so that others have its work when it goes on. */
    private String freeze() throws IOException, InterruptedException {
        Node node = any();
        node.awaitReady();
        long millis = lease.toMillis() * 3 / 2 + dice.nextLong(lease.toMillis());
        node.signal("STOP");
        Thread.sleep(millis);
        node.signal("CONT");
        return node.name() + " frozen for " + millis + " ms";
    }

    private String killDatabase() throws InterruptedException {
        for (Node node : cluster.nodes()) {
            // A node that finds no database at its start ends, as it says.
            node.awaitReady();
        }
        long pid = cluster.postgres().pid();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Instant until = Instant.now().plusSeconds(60);
        while ((cluster.postgres().pid() == pid || !cluster.postgres().isRunning())
                && Instant.now().isBefore(until)) {
            Thread.sleep(ThreadLocalRandom.current().nextInt(10, 30));
        }
        return "PostgreSQL killed";
    }
}
