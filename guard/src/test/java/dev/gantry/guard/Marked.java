package dev.gantry.guard;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text in which what is to be found is marked: {@code Call {PHONE:+1 202 555 0123}}.
 *
 * @param text without marks
 * @param redacted with placeholders
 */
record Marked(String text, String redacted) {
    private static final Pattern MARK = Pattern.compile("\\{([A-Z_]+):(.+?)\\}", Pattern.DOTALL);

    static Marked of(String marked) {
        Map<String, Map<String, Integer>> numbers = new HashMap<>();
        Matcher matcher = MARK.matcher(marked);
        String redacted = matcher.replaceAll(mark -> {
            Map<String, Integer> known = numbers.computeIfAbsent(mark.group(1), label -> new HashMap<>());
            String value = Normalizer.normalize(mark.group(2), Normalizer.Form.NFKC)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}]", "");
            int number = known.computeIfAbsent(value, first -> known.size() + 1);
            return "[" + mark.group(1) + "_" + number + "]";
        });
        return new Marked(matcher.replaceAll(mark -> Matcher.quoteReplacement(mark.group(2))), redacted);
    }
}
