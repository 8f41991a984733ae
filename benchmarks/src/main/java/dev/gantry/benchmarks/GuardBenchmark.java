package dev.gantry.benchmarks;

import dev.gantry.guard.Action;
import dev.gantry.guard.ContentFilteringSettings;
import dev.gantry.guard.DataGovernanceSettings;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardPolicies;
import dev.gantry.guard.InputSanitizingSettings;
import dev.gantry.guard.InputSanitizingSettings.Treatment;
import dev.gantry.guard.PiiDetectionSettings;
import dev.gantry.guard.PromptInjectionSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What looking at text costs: the guard with all detectors on, beside java.util.regex with patterns for the same kinds
 * (without checksums, context, names and addresses), over the same texts in the same run. Counts the processor time of one
 * thread, so that other load on the machine matters less.
 */
final class GuardBenchmark {
    private static final int TEXT_BYTES = 1 << 20;
    private static final int REGEX_BYTES = 1 << 17;
    private static final int WARM_UP_ROUNDS = 30;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int HOSTILE_BYTES = 1 << 18;
    private static final int HOSTILE_ROUNDS = 3;
    private static final List<String> HOSTILE = List.of(
            "@",
            "a@a.",
            "://",
            "a://b:",
            "1",
            "1 ",
            "1-",
            "1.",
            "+1",
            "(1",
            "(12)1",
            "ab:",
            "0f:",
            "00-",
            "bc1q",
            "x1q",
            "9A",
            "DE89 ",
            "A1-",
            "Mr. ",
            "name: ",
            "1 A ",
            "Calle A ",
            "march 1 ",
            "\\n1",
            "1\u200b",
            "passport ",
            "[E",
            "%",
            "%20",
            "curl -u a:",
            "basic QQ",
            "1Q~",
            "password\n",
            "--a-key ",
            "-----BEGIN ",
            "eyJ.",
            "sk-",
            "MTI.",
            "Xx Okafor ",
            "ignore all ",
            "you ",
            "send data to ",
            "<|");
    private static final List<String> EXPRESSIONS = List.of(
            "\\b[\\w.+-]{1,64}@(?:[\\w-]{1,63}\\.)+[A-Za-z]{2,24}\\b",
            "\\b(?:\\d[ -]?){12,18}\\d\\b",
            "\\b\\d{3}[- ]?\\d{2}[- ]?\\d{4}\\b",
            "\\b9\\d{2}[- ]?\\d{2}[- ]?\\d{4}\\b",
            "\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]){11,30}\\b",
            "\\+\\d{1,3}[ .()-]{0,2}(?:\\d[ .()-]{0,2}){6,13}\\d",
            "\\(?\\b\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}\\b",
            "\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b",
            "\\b(?:[0-9a-fA-F]{1,4}:){2,7}[0-9a-fA-F]{1,4}\\b",
            "\\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\\b",
            "\\b[a-z][a-z0-9+.-]{1,20}://[^\\s:/@]{0,64}:[^\\s/@]{1,64}@[^\\s]{1,200}",
            "(?i)\\b(?:dob|born|birth)\\b.{0,20}\\b\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}\\b",
            "(?i)\\b(?:mrn|medical record)\\b.{0,12}\\b[A-Z0-9-]{5,15}\\b",
            "(?i)\\bnpi\\b.{0,12}\\b\\d{10}\\b",
            "\\b[1-9][A-Z][A-Z0-9]\\d-?[A-Z][A-Z0-9]\\d-?[A-Z]{2}\\d{2}\\b",
            "(?i)\\b(?:member|policy|insurance) (?:id|number)\\b.{0,12}\\b[A-Z0-9-]{6,20}\\b",
            "(?i)\\bpassport\\b.{0,16}\\b[A-Z0-9]{6,10}\\b",
            "(?i)\\bdriver'?s? licen[cs]e\\b.{0,16}\\b[A-Z0-9-]{5,20}\\b",
            "\\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\\b",
            "\\bbc1[02-9ac-hj-np-z]{11,87}\\b",
            "\\b0x[0-9a-fA-F]{40}\\b");

    private final Figures figures;
    private final int rounds;

    GuardBenchmark(Figures figures, int rounds) {
        this.figures = figures;
        this.rounds = rounds;
    }

    /** Measures each kind of text by each way. */
    void run() {
        GuardPolicies policies = policies();
        List<Pattern> single = EXPRESSIONS.stream().map(Pattern::compile).toList();
        Pattern joined = Pattern.compile("(?:" + String.join(")|(?:", EXPRESSIONS) + ")");
        texts().forEach((name, unit) -> {
            byte[] text = repeat(unit, TEXT_BYTES);
            byte[] less = repeat(unit, REGEX_BYTES);
            String decoded = new String(less, StandardCharsets.UTF_8);
            measure(name, "guard", text, utf8 -> {
                byte[] replaced = policies.open(null, Direction.PROMPT).inspect(utf8, 0, utf8.length);
                return replaced == null ? 0 : replaced.length;
            });
            measure(
                    name,
                    "regex each",
                    less,
                    utf8 -> single.stream()
                            .mapToInt(pattern -> count(pattern, decoded))
                            .sum());
            measure(name, "regex joined", less, utf8 -> count(joined, decoded));
        });
    }

    private void measure(String line, String way, byte[] text, ToIntFunction<byte[]> work) {
        int blackHole = 0;
        for (int round = 0; round < (text.length == TEXT_BYTES ? WARM_UP_ROUNDS : WARM_UP_ROUNDS / 5); round++) {
            blackHole += work.applyAsInt(text);
        }
        for (int round = 0; round < rounds; round++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            blackHole += work.applyAsInt(text);
            long took = Math.max(1, THREADS.getCurrentThreadCpuTime() - begin);
            figures.add(line + ", MB/s", way, text.length * 1e3 / took);
        }
        if (blackHole == Integer.MIN_VALUE) {
            throw new IllegalStateException("Never: the results are used so that the work is done");
        }
    }

    private static int count(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        int count = 0;
        while (matcher.find()) {
            count++;
        }
        return count;
    }

    /** Returns rules with everything on; attempts at injection are only reported. */
    static GuardPolicies policies() {
        PiiDetectionSettings.DirectionRules asEver =
                new PiiDetectionSettings.DirectionRules(Optional.empty(), Map.of());
        return new GuardPolicies(new DataGovernanceSettings(
                new PiiDetectionSettings(
                        true,
                        Action.REDACT,
                        0.5,
                        Map.of(),
                        false,
                        asEver,
                        asEver,
                        Map.of(),
                        Map.of(),
                        new PiiDetectionSettings.AllowList(List.of(), List.of())),
                new ContentFilteringSettings(false, List.of()),
                new InputSanitizingSettings(true, Treatment.STRIP, Treatment.STRIP, Treatment.STRIP),
                new PromptInjectionSettings(true, Action.WARN, Action.WARN, 0.6)));
    }

    private static Map<String, String> texts() {
        String prose = """
                The committee met again in the autumn, and after a long discussion it agreed that the bridge should be repaired
                before the winter. Nobody had expected the costs to rise so quickly; still, the members thought that waiting
                would be worse. "We have seen what happens," the chair said, "when small cracks are left alone for years."
                """;
        String code = """
                    private static int next(byte[] text, int from) {
                        for (int index = from; index < text.length && index - from < LIMIT_2; index++) {
                            if (text[index] == '\\n' || map.get(index).size() > 0x1F) { return index + 1; }
                        }
                        return -1; // See RFC 9110, section 5.6.2
                    }
                """;
        String log = "2026-01-15T10:23:45.123Z INFO  [worker-12] c.e.Service - GET /api/v1/users/12345 200 took 34ms"
                + " trace=550e8400-e29b-41d4-a716-446655440000\n";
        String mixed =
                prose.repeat(3) + "Write to john.doe@example.com or call +44 20 7946 0958; card 4111 1111 1111 1111.\n";
        Map<String, String> out = new LinkedHashMap<>();
        out.put("prose", prose);
        out.put("code", code);
        out.put("log lines", log);
        out.put("CSV, mostly numbers", csv());
        out.put("prose with three entities a KB", mixed);
        return out;
    }

    private static String csv() {
        Random random = new Random(1);
        StringBuilder out = new StringBuilder();
        for (int line = 0; line < 2000; line++) {
            out.append(String.format(
                    Locale.ROOT,
                    "%d,%.2f,2024-0%d-1%d,item-%d,%d,EU,%d%n",
                    random.nextInt(100_000, 999_999),
                    random.nextDouble() * 1000,
                    random.nextInt(1, 9),
                    random.nextInt(10),
                    random.nextInt(500),
                    random.nextInt(100),
                    random.nextInt(1_000_000)));
        }
        return out.toString();
    }

    /** Measures hostile texts: rows of what each detector is asked at, and four times as much of them. */
    void runHostile() {
        GuardPolicies policies = policies();
        for (String unit : HOSTILE) {
            double little = processorTime(policies, repeat(unit, HOSTILE_BYTES));
            double much = processorTime(policies, repeat(unit, 4 * HOSTILE_BYTES));
            String line = "hostile '" + unit.replace("\n", "\\n") + "'";
            figures.add(line + ", MB/s", "guard", 4 * HOSTILE_BYTES * 1e3 / much);
            figures.add(line + ", time for four times the length", "guard", much / little);
        }
    }

    private static double processorTime(GuardPolicies policies, byte[] text) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < HOSTILE_ROUNDS; round++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            policies.open(null, Direction.PROMPT).inspect(text, 0, text.length);
            least = Math.min(least, THREADS.getCurrentThreadCpuTime() - begin);
        }
        return (double) Math.max(1, least);
    }

    private static byte[] repeat(String unit, int bytes) {
        StringBuilder out = new StringBuilder(bytes + unit.length());
        while (out.length() < bytes) {
            out.append(unit);
        }
        return out.substring(0, bytes).getBytes(StandardCharsets.UTF_8);
    }
}
