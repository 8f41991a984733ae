package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.ProviderException;
import dev.gantry.provider.offline.Block.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownReaderTest {
    private static List<Block> read(String text) throws ProviderException {
        List<Block> blocks = new ArrayList<>();
        MarkdownReader.read(text, blocks::add);
        return blocks;
    }

    private static List<String> lines(String text) throws ProviderException {
        return read(text).stream()
                .map(block -> block.kind() + " " + block.text())
                .toList();
    }

    @Test
    void shouldTellBlocksApart() throws ProviderException {
        assertThat(lines("""
                # Title #

                A paragraph that goes
                on in the next line.
                - first item
                  goes on
                * [x] done item
                2) numbered item

                > Quoted words
                > in two lines.

                Setext heading
                --------------
                | a | b |
                |---|---|
                | cell one | cell two |
                """))
                .containsExactly(
                        "HEADING Title",
                        "PARAGRAPH A paragraph that goes on in the next line.",
                        "LIST_ITEM first item goes on",
                        "LIST_ITEM done item",
                        "LIST_ITEM numbered item",
                        "QUOTE Quoted words in two lines.",
                        "HEADING Setext heading",
                        "TABLE_ROW a | b",
                        "TABLE_ROW cell one | cell two");
    }

    @Test
    void shouldKnowLevelsAndPlaces() throws ProviderException {
        List<Block> blocks = read("# One\n\ntext is here.\n\n### Three\n<h2 align=\"center\">Two</h2>\n");
        assertThat(blocks).extracting(Block::level).containsExactly(1, 0, 3, 2);
        assertThat(blocks).extracting(Block::offset).containsExactly(0, 7, 22, 32);
    }

    @Test
    void shouldLeaveOutCodeCommentsDefinitionsAndFrontMatter() throws ProviderException {
        assertThat(lines("""
                ---
                title: x
                ---
                Before the code stands this.

                ```java
                int a = 1; // Not. A. Sentence.
                ```
                ~~~
                more code
                ~~~

                    indented(code);

                <!-- a comment
                over two lines -->
                <script>
                var x = 1;
                </script>
                [ref]: https://example.org "title"

                After the code stands that.
                """))
                .containsExactly("PARAGRAPH Before the code stands this.", "PARAGRAPH After the code stands that.");
    }

    @Test
    void shouldGoOnAfterAFenceThatNobodyCloses() throws ProviderException {
        assertThat(lines("First there is text.\n```\nThen there is more text."))
                .containsExactly("PARAGRAPH First there is text.", "PARAGRAPH Then there is more text.");
    }

    @Test
    void shouldKeepIndentedProse() throws ProviderException {
        assertThat(lines("    It was a dark night and nobody was in the street when he came home.\n"))
                .containsExactly("PARAGRAPH It was a dark night and nobody was in the street when he came home.");
    }

    @Test
    void shouldTakeShortLinesOnTheirOwnForHeadings() throws ProviderException {
        assertThat(lines("The history of tea\n\nTea came late.\n"))
                .containsExactly("HEADING The history of tea", "PARAGRAPH Tea came late.");
    }

    @Test
    void shouldKeepLinesOfLogsApart() throws ProviderException {
        String log =
                "2026-01-01T10:00 started\n2026-01-01T10:01 failed\n2026-01-01T10:02 again\n2026-01-01T10:03 done\n";
        assertThat(read(log)).hasSize(4).allMatch(block -> block.kind() == Kind.LINE);
    }

    @Test
    void shouldJoinWrappedLinesOfScriptsWithoutSpaces() throws ProviderException {
        assertThat(lines("機械学習は\n楽しい。")).containsExactly("PARAGRAPH 機械学習は楽しい。");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void shouldReadAnyLineBreaks(String lineBreak) throws ProviderException {
        String text = String.join(lineBreak, "# A", "", "One line", "and another.", "", "> quoted it is", "");
        assertThat(lines(text)).containsExactly("HEADING A", "PARAGRAPH One line and another.", "QUOTE quoted it is");
    }

    @Test
    void shouldSplitEndlessParagraphs() throws ProviderException {
        List<Block> blocks = read("word ".repeat(50_000));
        assertThat(blocks).hasSizeGreaterThan(7);
        assertThat(blocks).allMatch(block -> block.text().length() <= MarkdownReader.PARAGRAPH_CHARS_MAX);
        assertThat(String.join(" ", blocks.stream().map(Block::text).toList()))
                .isEqualTo("word ".repeat(50_000).strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            value = {
                "**bold** and *leaning* and __both__§bold and leaning and both",
                "a [link](https://example.org/a_(b)) here§a link here",
                "a [link][ref] here§a link here",
                "![picture](x.png) words§words",
                "[![badge](b.svg)](https://ci) words§words",
                "snake_case_name stays§snake_case_name stays",
                "2 * 3 * 4 stays§2 * 3 * 4 stays",
                "call `f(*x)` now§call `f(*x)` now",
                "_private stays§_private stays",
                "~~gone~~ but ~/home stays§gone but ~/home stays",
                "<b>bold</b><br/>line <https://a.b>§bold line https://a.b",
                "a < b and c > d§a < b and c > d",
                "AT&amp;T &lt;x&gt; &unknown;§AT&T <x> &unknown;",
                "escaped \\* star§escaped * star",
                "footnote[^1] here§footnote here",
                "array[3] and [brackets] stay§array[3] and [brackets] stay",
                "](stray) and ) stay§](stray) and ) stay"
            })
    void shouldRemoveInlineMarkupAndNothingElse(String markdown, String text) {
        assertThat(Inline.clean(markdown)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "](", "[^", "<!--\n", "```\nx\n", "<a", "`", "*a", "&", "> ", "|", "# #", "\\", "- "})
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // were it quadratic, each case would take hours
    void shouldNotHangOnHostileText(String unit) throws ProviderException {
        assertThat(read(unit.repeat(500_000 / unit.length())))
                .allMatch(block -> !block.text().isEmpty());
    }
}
