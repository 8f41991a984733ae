package dev.gantry.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Proxies beside each other before the same upstreams, in turn, round after round. */
final class GatewayBenchmark {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([\\d.]+)(m?s|m)");
    private static final Pattern LATENCY_99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");
    private static final Pattern ERRORS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final int STREAMS = 100;

    /** From this share of a core on, a compiler is at work. */
    private static final double COMPILING_SHARE = 0.05;

    private final Workplace workplace;
    private final Figures figures;
    private final Options options;
    private final boolean brief;
    private final int rounds;
    private final List<String> names;

    /**
     * What is wanted.
     *
     * @param everything a longer conversation, with limits, budgets and the guard switched on
     * @param brief one short round, with more noise
     * @param names of the proxies
     */
    record Options(boolean everything, boolean brief, int rounds, List<String> names) {
        /** Requests a second of the run at a fixed rate. */
        int rate() {
            return everything ? 500 : 200;
        }
    }

    GatewayBenchmark(Workplace workplace, Figures figures, Options options) {
        this.workplace = workplace;
        this.figures = figures;
        this.options = options;
        this.brief = options.brief();
        this.rounds = options.rounds();
        this.names = options.names();
    }

    void run() throws Exception {
        workplace.require("wrk");
        Upstreams upstreams = new Upstreams(workplace, options.everything() ? Conversation.LONG : Conversation.SHORT);
        List<Proxy> subjects = new ArrayList<>();
        Gantry gantry = new Gantry(workplace);
        for (String name : names) {
            switch (name) {
                case "nginx" -> subjects.add(new Nginx(workplace, upstreams));
                case "portkey" -> subjects.add(new Portkey(workplace, upstreams));
                case "gantry" -> {
                    gantry.configure(upstreams, options.everything());
                    gantry.start();
                    Gantry.awaitStartupCache();
                    subjects.add(gantry);
                }
                default -> throw new IllegalArgumentException("Not known: " + name);
            }
        }
        for (Proxy subject : subjects) {
            Workplace.say("Warming up " + subject.name());
            warmUp(subject);
        }
        warmUp(upstreams);
        for (int round = 1; round <= rounds; round++) {
            Workplace.say("Round " + round + " of " + rounds);
            disk();
            for (Proxy subject : subjects) {
                throughput(subject, "");
            }
            fixedRate(upstreams, 0, 0);
            Load.Times direct = fixedRate(upstreams, 0, 0);
            for (Proxy subject : subjects) {
                fixedRate(subject, direct.percentile(0.5), direct.percentile(0.99));
            }
            for (Proxy subject : subjects) {
                manyConnections(subject);
                streams(subject);
            }
        }
        for (Proxy subject : subjects) {
            figures.add("memory, MB", subject.name(), subject.processes().residentMegabytes());
        }
        if (names.contains("gantry")) {
            figures.add("memory of PostgreSQL, MB", "gantry", gantry.processes().postgresMegabytes());
            if (!brief && options.everything()) {
                memoryCurve(gantry);
            } else if (!brief) {
                Workplace.say("A million rows more in the ledger and in the audit log");
                for (int round = 1; round <= rounds; round++) {
                    throughput(gantry, " before");
                }
                gantry.addMillionRows();
                for (int round = 1; round <= rounds; round++) {
                    throughput(gantry, ", a million rows more");
                }
            }
        }
    }

    /**
     * Until a window is no faster than the one before and no JIT compiler takes a share of it any more: while one does, a
     * window may look like the one before because both are slow. Each window holds every kind of load that is measured, since
     * the first of a kind makes the compilers give up code that they had made for the others alone.
     */
    private void warmUp(Subject subject) throws Exception {
        int seconds = 5;
        double before = 0;
        for (int window = 0; window < (brief ? 12 : 24); window++) {
            long compiled = compilers(subject);
            double now = wrk(subject.target(Subject.Upstream.FAST), 64, seconds).perSecond();
            Load.atRate(subject.target(Subject.Upstream.FAST), options.rate(), 1);
            wrk(subject.target(Subject.Upstream.SLOW), brief ? 200 : 1_000, 1);
            Load.streams(subject.target(Subject.Upstream.STREAM), STREAMS, 1);
            boolean compiling = compilers(subject) - compiled > COMPILING_SHARE * seconds * 1_000_000;
            if (now < before * 1.03 && !compiling) {
                break;
            }
            before = now;
        }
    }

    private static long compilers(Subject subject) {
        return subject instanceof Proxy proxy ? proxy.processes().compilers() : 0;
    }

    /** What no reply can be faster than that waits until its two rows are on the disk. */
    private void disk() throws IOException, InterruptedException {
        long[] times = new long[200];
        ByteBuffer page = ByteBuffer.allocate(8_192);
        Path file = workplace.folder().resolve("disk");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (int write = 0; write < times.length; write++) {
                channel.write(page.clear(), write * 8_192L);
                long begin = System.nanoTime();
                channel.force(false);
                times[write] = (System.nanoTime() - begin) / 1_000;
                Thread.sleep(5);
            }
        }
        Files.delete(file);
        Arrays.sort(times);
        Load.Times sorted = new Load.Times(times);
        figures.add("the disk's fdatasync: p50, µs", "direct", sorted.percentile(0.5));
        figures.add("the disk's fdatasync: p99, µs", "direct", sorted.percentile(0.99));
    }

    /** A million requests, and what the process holds after each tenth of them. */
    private void memoryCurve(Gantry gantry) throws Exception {
        Workplace.say("A million requests, for the memory");
        long done = 0;
        for (int tenth = 1; tenth <= 10; tenth++) {
            while (done < tenth * 100_000L) {
                done += wrk(gantry.target(Subject.Upstream.FAST), 64, 4).requests();
            }
            figures.add(
                    "memory after %,d requests, MB".formatted(tenth * 100_000),
                    gantry.name(),
                    gantry.processes().residentMegabytes());
        }
    }

    /** What wrk saw. */
    private record Answers(long requests, double perSecond, double millis99) {}

    private Answers wrk(Target target, int connections, int seconds) throws Exception {
        Path script = Files.writeString(workplace.folder().resolve("request.lua"), target.wrkScript());
        String output = workplace.run(
                List.of(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "--timeout",
                        "20s",
                        "--latency",
                        "-s",
                        script.toString(),
                        target.url()),
                workplace.folder());
        Matcher errors = ERRORS.matcher(output);
        Matcher requests = REQUESTS.matcher(output);
        Matcher latency = LATENCY_99.matcher(output);
        if (errors.find() || !requests.find() || !latency.find()) {
            throw new IllegalStateException("wrk could not measure " + target.url() + ":\n" + output);
        }
        double scale = switch (latency.group(2)) {
            case "us" -> 0.001;
            case "s" -> 1_000;
            default -> 1;
        };
        long count = Long.parseLong(requests.group(1));
        double elapsed = Double.parseDouble(requests.group(2)) * ("m".equals(requests.group(3)) ? 60 : 1);
        return new Answers(count, count / elapsed, Double.parseDouble(latency.group(1)) * scale);
    }

    private void throughput(Proxy subject, String kind) throws Exception {
        Processes.Cpu before = subject.processes().cpu();
        Answers answers = wrk(subject.target(Subject.Upstream.FAST), 64, brief ? 4 : 8);
        cpu(
                "64 connections" + kind,
                "request",
                subject,
                subject.processes().cpu().since(before),
                answers.requests());
        figures.add("64 connections" + kind + ": requests/s", subject.name(), answers.perSecond());
    }

    private void cpu(String what, String each, Proxy subject, Processes.Cpu used, long count) {
        figures.add(what + ": CPU µs a " + each, subject.name(), (double) (used.own() + used.postgres()) / count);
        if (used.postgres() > 0) {
            figures.add(what + ": of it PostgreSQL", subject.name(), (double) used.postgres() / count);
        }
    }

    private Load.Times fixedRate(Subject subject, double direct50, double direct99) throws Exception {
        Load.Times times = Load.atRate(subject.target(Subject.Upstream.FAST), options.rate(), brief ? 3 : 6);
        String line = options.rate() + " requests/s: ";
        figures.add(line + "p50, µs", subject.name(), times.percentile(0.5));
        figures.add(line + "p99, µs", subject.name(), times.percentile(0.99));
        if (direct99 > 0) {
            figures.add(line + "added p50, µs", subject.name(), times.percentile(0.5) - direct50);
            figures.add(line + "added p99, µs", subject.name(), times.percentile(0.99) - direct99);
        }
        return times;
    }

    private void manyConnections(Proxy subject) throws Exception {
        Answers answers = wrk(subject.target(Subject.Upstream.SLOW), 1_000, brief ? 4 : 8);
        figures.add("1000 connections, 50 ms: requests/s", subject.name(), answers.perSecond());
        figures.add("1000 connections, 50 ms: p99, ms", subject.name(), answers.millis99());
    }

    private void streams(Proxy subject) throws Exception {
        Processes.Cpu before = subject.processes().cpu();
        Load.Streams streams = Load.streams(subject.target(Subject.Upstream.STREAM), STREAMS, brief ? 3 : 6);
        cpu("100 streams", "stream", subject, subject.processes().cpu().since(before), streams.completed());
        figures.add("100 streams: chunks/s", subject.name(), streams.chunks() / streams.seconds());
        figures.add(
                "100 streams: first chunk p50, ms",
                subject.name(),
                streams.first().percentile(0.5) / 1_000);
        figures.add(
                "100 streams: first chunk p99, ms",
                subject.name(),
                streams.first().percentile(0.99) / 1_000);
    }
}
