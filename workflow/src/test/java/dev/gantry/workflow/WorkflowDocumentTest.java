package dev.gantry.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/workflows.md to the format. */
final class WorkflowDocumentTest {
    private static String document() throws IOException {
        return Files.readString(Path.of("..", "docs", "workflows.md"));
    }

    @Test
    void shouldNameEveryKey() throws IOException {
        String document = document();
        Stream<List<FormatKey>> sections = Stream.concat(
                Stream.of(
                        Format.WORKFLOW,
                        Format.STEP,
                        Format.INPUT,
                        Format.RETRY,
                        Format.CACHE,
                        Format.ESTIMATE,
                        Format.ESCALATION,
                        Format.CASE),
                Format.KINDS.values().stream());
        assertThat(sections.flatMap(List::stream).map(key -> "`" + key.name()))
                .allSatisfy(key -> assertThat(document).contains(key));
        assertThat(Format.KINDS.keySet())
                .allSatisfy(kind -> assertThat(document).contains("| `" + kind + "` |"));
        assertThat(Stream.of(Finding.Rule.values()).map(rule -> rule.name().toLowerCase(Locale.ROOT)))
                .allSatisfy(rule -> assertThat(document).contains("`" + rule + "`"));
        assertThat(Language.functionNames())
                .allSatisfy(function -> assertThat(document).contains(function + "("));
    }

    @Test
    void shouldShowAnExampleThatIsValid() throws IOException {
        String document = document();
        int start = document.indexOf("```yaml\n") + 8;
        String example = document.substring(start, document.indexOf("```", start));
        assertThat(WorkflowReader.open().check(example).findings()).isEmpty();
    }
}
