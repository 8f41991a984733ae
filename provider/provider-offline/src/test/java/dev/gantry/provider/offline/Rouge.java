package dev.gantry.provider.offline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE-1 (Lin: "ROUGE: A Package for Automatic Evaluation of Summaries", 2004): the overlap of words between a summary and
 * a reference, stemmed and without function words, as the harmonic mean of precision and recall.
 */
final class Rouge {
    private Rouge() {}

    static double f1(List<String> summary, List<String> reference, Language language) {
        Map<Integer, Integer> found = counts(summary, language);
        Map<Integer, Integer> wanted = counts(reference, language);
        double shared = 0;
        for (Map.Entry<Integer, Integer> entry : wanted.entrySet()) {
            shared += Math.min(entry.getValue(), found.getOrDefault(entry.getKey(), 0));
        }
        double precision = shared / Math.max(1, sum(found));
        double recall = shared / Math.max(1, sum(wanted));
        return shared == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    private static Map<Integer, Integer> counts(List<String> texts, Language language) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (String text : texts) {
            Words.scan(text, 0, text.length(), language, (start, end, term, functional) -> {
                boolean number = Character.isDigit(text.charAt(start));
                if (!functional || number) {
                    counts.merge(term, 1, Integer::sum);
                }
            });
        }
        return counts;
    }

    private static int sum(Map<Integer, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
