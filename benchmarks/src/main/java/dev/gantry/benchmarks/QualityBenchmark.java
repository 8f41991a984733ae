package dev.gantry.benchmarks;

import dev.gantry.corpus.Corpus;
import dev.gantry.corpus.Corpus.Intent;
import dev.gantry.corpus.Corpus.Part;
import dev.gantry.corpus.Sample;
import dev.gantry.corpus.Sample.Label;
import dev.gantry.corpus.Scorecard;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardPolicies;
import dev.gantry.guard.Inspection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much the guard finds of what is there, and how much of what it finds is right, by kind. */
final class QualityBenchmark {
    private static final long SEED = 20_261_121L;
    private static final int TIMES_EACH = 20;

    private final GuardPolicies policies = GuardBenchmark.policies();

    /** Returns tables in Markdown. */
    String run() {
        return "Sentences that detectors were improved with\n\n"
                + score(Part.KNOWN, Part.HARMLESS).table()
                + "\nSentences and names that were kept apart\n\n"
                + score(Part.HELD_OUT, Part.HELD_OUT_HARMLESS).table()
                + "\nPrompt injection\n\n| texts | number | reported |\n|---|---|---|\n"
                + line("attacks by callers", Intent.ATTACK, false)
                + line("attacks in results of tools", Intent.ATTACK_IN_DOCUMENT, true)
                + line("harmless, by callers", Intent.BENIGN, false)
                + line("harmless, as results of tools", Intent.BENIGN, true);
    }

    private Scorecard score(Part... parts) {
        Scorecard card = new Scorecard();
        for (Part part : parts) {
            for (Sample sample : Corpus.make(part, SEED, TIMES_EACH)) {
                card.add(sample, findings(sample.text()));
            }
        }
        return card;
    }

    private List<Label> findings(String text) {
        List<Label> findings = new ArrayList<>();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        policies.open(null, Direction.PROMPT).inspect(utf8, 0, 0, utf8.length, (from, to, with) -> {
            String placeholder = new String(with, 1, with.length - 1, StandardCharsets.UTF_8);
            String kind = placeholder.substring(0, placeholder.lastIndexOf('_')).toLowerCase(Locale.ROOT);
            findings.add(new Label(kind, (int) from, (int) to));
        });
        return findings;
    }

    private String line(String name, Intent intent, boolean isDocument) {
        List<String> texts = Corpus.texts(intent);
        long reported =
                texts.stream().filter(text -> isReported(text, isDocument)).count();
        return "| " + name + " | " + texts.size() + " | " + reported + " |\n";
    }

    private boolean isReported(String text, boolean isDocument) {
        Inspection inspection = policies.open(null, Direction.PROMPT);
        inspection.document(isDocument);
        inspection.inspect(text);
        return inspection.findings().stream().anyMatch(finding -> finding.kind().equals("prompt_injection"));
    }
}
