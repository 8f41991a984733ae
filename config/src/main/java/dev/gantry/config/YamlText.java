package dev.gantry.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One YAML 1.2 document, read within the bounds of configuration files: a megabyte, 32 levels, 100,000 values with aliases
 * counted as often as they are used; no tags, no second document, no key twice.
 *
 * @param root the document; null if it is empty or cannot be read
 * @param problems what is wrong with it as YAML, in the order of lines; none of them quotes the text
 */
public record YamlText(@Nullable YamlNode root, List<Problem> problems) {
    /** Copies the list. */
    public YamlText {
        problems = List.copyOf(problems);
    }

    /**
     * Reads a text; never throws.
     *
     * @param name the name of the file in problems
     */
    public static YamlText read(Path name, String text) {
        Problems problems = new Problems();
        try {
            if (text.codePointCount(0, text.length()) > ConfigFiles.BYTES_MAX) {
                problems.add(
                        new Origin.InFile(name, 0, 0), "", "is longer than " + ConfigFiles.BYTES_MAX + " characters");
                return new YamlText(null, problems.list());
            }
            YamlNode root = YamlReader.read(name, text, problems);
            return new YamlText(root, problems.list());
        } catch (UnusableFileException unusable) {
            problems.add(unusable.origin(), "", unusable.text());
            return new YamlText(null, problems.list());
        }
    }
}
