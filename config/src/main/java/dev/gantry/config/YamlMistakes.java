package dev.gantry.config;

import dev.gantry.kernel.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The YAML library's words for the usual slips, in words that say what to do. */
final class YamlMistakes {
    /** Part of the library's message to ours; the first that fits is taken. */
    private static final Map<String, String> WORDS = words();

    private YamlMistakes() {}

    static String explain(@Nullable String problem) {
        if (problem == null) {
            return "is not YAML that can be read";
        }
        for (Map.Entry<String, String> entry : WORDS.entrySet()) {
            if (problem.contains(entry.getKey())) {
                return entry.getValue();
            }
        }
        return "is not YAML that can be read: " + Text.shorten(problem, 120);
    }

    private static Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("TAB", "a tab stands here; indent with spaces");
        words.put("tag", "a '!' here is a tag, and tags are not read; put quotes around a text that begins with '!'");
        words.put(
                "mapping values are not allowed here",
                "a ': ' stands where no key can be; check the indentation, or put quotes around a text that contains"
                        + " ': '");
        words.put(
                "could not find expected ':'", "this line should be a key followed by ':'; check the line before too");
        words.put(
                "expected <block end>",
                "the indentation fits neither the lines before nor what contains them; align it with its neighbours");
        words.put("that cannot start any token", "a text that begins with this character needs quotes around it");
        words.put("stream end", "the file ends within a bracket");
        words.put("unexpected end of stream", "the file ends within a quoted text");
        words.put(
                "expected ',' or",
                "a list or map in brackets goes on without ',' here; in brackets, a text with brackets or braces, such"
                        + " as ${NAME}, needs quotes");
        words.put("sequence entries are not allowed here", "a '- ' stands where no list can be; check the indentation");
        return words;
    }
}
