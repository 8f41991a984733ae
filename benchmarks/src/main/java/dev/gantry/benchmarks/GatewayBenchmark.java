package dev.gantry.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Proxies beside each other before the same upstreams, in turn, round after round. */
final class GatewayBenchmark {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([\\d.]+)(m?s|m)");
    private static final Pattern LATENCY_99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");
    private static final Pattern ERRORS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final int STREAMS = 100;

    private final Workplace workplace;
    private final Figures figures;
    private final boolean brief;
    private final int rounds;
    private final List<String> names;

    GatewayBenchmark(Workplace workplace, Figures figures, boolean brief, int rounds, List<String> names) {
        this.workplace = workplace;
        this.figures = figures;
        this.brief = brief;
        this.rounds = rounds;
        this.names = names;
    }

    void run() throws Exception {
        workplace.require("wrk");
        Upstreams upstreams = new Upstreams(workplace);
        List<Proxy> subjects = new ArrayList<>();
        Gantry gantry = new Gantry(workplace);
        for (String name : names) {
            switch (name) {
                case "nginx" -> subjects.add(new Nginx(workplace, upstreams));
                case "portkey" -> subjects.add(new Portkey(workplace, upstreams));
                case "gantry" -> {
                    gantry.configure(upstreams);
                    gantry.start();
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
            if (!brief) {
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

    private void warmUp(Subject subject) throws Exception {
        int seconds = brief ? 8 : 25;
        wrk(subject.target(Subject.Upstream.FAST), 64, seconds);
        Load.atRate(subject.target(Subject.Upstream.FAST), 200, 2);
        Load.streams(subject.target(Subject.Upstream.STREAM), STREAMS, brief ? 2 : 5);
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
        Load.Times times = Load.atRate(subject.target(Subject.Upstream.FAST), 200, brief ? 3 : 6);
        figures.add("200 requests/s: p50, µs", subject.name(), times.percentile(0.5));
        figures.add("200 requests/s: p99, µs", subject.name(), times.percentile(0.99));
        if (direct99 > 0) {
            figures.add("200 requests/s: added p50, µs", subject.name(), times.percentile(0.5) - direct50);
            figures.add("200 requests/s: added p99, µs", subject.name(), times.percentile(0.99) - direct99);
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
