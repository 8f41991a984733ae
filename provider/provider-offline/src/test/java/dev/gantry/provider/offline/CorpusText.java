package dev.gantry.provider.offline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A text of the labelled corpus with what a person found most important in it.
 *
 * @param reference one point each, in that person's own words
 */
record CorpusText(String name, String text, List<String> reference) {
    static final List<CorpusText> ALL = List.of(
            read("readme.md"),
            read("meeting.txt"),
            read("incident.md"),
            read("essay.txt"),
            read("science.md"),
            read("policy.md"),
            read("news.txt"),
            read("howto.md"),
            read("german.txt"),
            read("french.txt"),
            read("japanese.txt"));

    @Override
    public String toString() {
        return name;
    }

    private static CorpusText read(String name) {
        try (InputStream stream = CorpusText.class.getResourceAsStream("corpus/" + name)) {
            String file = new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
            int divider = file.indexOf("=== reference\n");
            return new CorpusText(
                    name,
                    file.substring(0, divider),
                    Arrays.asList(file.substring(divider + "=== reference\n".length())
                            .strip()
                            .split("\n")));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
