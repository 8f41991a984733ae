package dev.gantry.corpus;

import dev.gantry.corpus.Sample.Label;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts by kind how much is found and how much of what is found is right. A value counts as found when every letter and
 * digit of it lies in findings of its kind: what leaks in part has leaked. A finding is right when it holds no letter or
 * digit beyond values of its kind. Kinds of secrets count as one another. Not thread-safe.
 */
public final class Scorecard {
    private static final int EXAMPLES_MAX = 400;

    private final Set<String> secrets = new HashSet<>(Set.of("secret_assignment", "secret"));
    private final Map<String, Score> scores = new TreeMap<>();
    private final List<String> misses = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    /** Starts with nothing counted. */
    public Scorecard() {
        for (String name : SecretValues.names()) {
            secrets.add(name.replaceAll("[0-9]+$", ""));
        }
    }

    /**
     * What was counted for one kind.
     *
     * @param values how many there are in the samples
     * @param found how many of them were found as a whole
     * @param findings how many times the kind was reported
     * @param right how many of these were right
     */
    public record Score(int values, int found, int findings, int right) {
        private static final Score NONE = new Score(0, 0, 0, 0);

        /** Returns the share of findings that were right; 1 when there were none. */
        public double precision() {
            return findings == 0 ? 1 : (double) right / findings;
        }

        /** Returns the share of values that were found; 1 when there were none. */
        public double recall() {
            return values == 0 ? 1 : (double) found / values;
        }

        private Score plus(Score more) {
            return new Score(values + more.values, found + more.found, findings + more.findings, right + more.right);
        }
    }

    /** Counts what was found in a sample. */
    public void add(Sample sample, List<Label> findings) {
        byte[] text = sample.text().getBytes(StandardCharsets.UTF_8);
        for (Label label : sample.labels()) {
            boolean isFound = isCovered(text, label, findings);
            count(label.kind(), new Score(1, isFound ? 1 : 0, 0, 0));
            if (!isFound) {
                example(misses, "missed", text, label);
            }
        }
        for (Label finding : findings) {
            boolean isRight = isCovered(text, finding, sample.labels());
            count(finding.kind(), new Score(0, 0, 1, isRight ? 1 : 0));
            if (!isRight) {
                example(errors, "wrong", text, finding);
            }
        }
    }

    private void count(String kind, Score more) {
        scores.merge(isSecret(kind) ? "secrets" : kind, more, Score::plus);
        if (isSecret(kind)) {
            scores.merge("secrets: " + kind, more, Score::plus);
        }
    }

    private boolean isSecret(String kind) {
        return secrets.contains(kind) || kind.endsWith("_key") || kind.endsWith("_token") || kind.endsWith("_secret");
    }

    /** Whether every letter and digit of one stretch of text lies in others of its kind. */
    private boolean isCovered(byte[] text, Label wanted, List<Label> others) {
        for (int position = wanted.start(); position < wanted.end(); position++) {
            boolean isCounted = Character.isLetterOrDigit(text[position] & 0x7F) || text[position] < 0;
            if (isCounted && !isInside(position, wanted, others)) {
                return false;
            }
        }
        return true;
    }

    private boolean isInside(int position, Label wanted, List<Label> others) {
        for (Label other : others) {
            boolean isSame = other.kind().equals(wanted.kind()) || (isSecret(other.kind()) && isSecret(wanted.kind()));
            if (isSame && position >= other.start() && position < other.end()) {
                return true;
            }
        }
        return false;
    }

    private static void example(List<String> examples, String what, byte[] text, Label label) {
        if (examples.size() < EXAMPLES_MAX) {
            String value = new String(text, label.start(), label.end() - label.start(), StandardCharsets.UTF_8);
            examples.add(
                    what + " " + label.kind() + " '" + value + "' in: " + new String(text, StandardCharsets.UTF_8));
        }
    }

    /** Returns what was counted, by kind; kinds of secrets together and each. */
    public Map<String, Score> scores() {
        return Map.copyOf(scores);
    }

    /** Returns what was counted for a kind. */
    public Score score(String kind) {
        return scores.getOrDefault(kind, Score.NONE);
    }

    /** Returns some of what was missed or wrongly found, for whoever improves a detector. */
    public List<String> examples() {
        List<String> out = new ArrayList<>(misses);
        out.addAll(errors);
        return out;
    }

    /** Returns a table of all kinds, in Markdown. */
    public String table() {
        StringBuilder out =
                new StringBuilder("| kind | values | recall | findings | precision |\n|---|---|---|---|---|\n");
        scores.forEach((kind, score) -> {
            if (!kind.startsWith("secrets: ")) {
                out.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %.3f | %d | %.3f |%n",
                        kind,
                        score.values(),
                        score.recall(),
                        score.findings(),
                        score.precision()));
            }
        });
        return out.toString();
    }
}
