package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectorsDocumentTest {
    @Test
    void shouldListEveryKindThatMayBeFound() throws IOException {
        String document = Files.readString(Path.of("../docs/detectors.md"));
        List<String> missing = Kinds.all().stream()
                .map(Kind::id)
                .filter(kind -> !kind.equals(Kinds.HARMLESS.id()) && !document.contains("`" + kind + "`"))
                .toList();
        assertThat(missing).isEmpty();
    }

    @Test
    void shouldListTheGroupsOfEveryKind() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("../docs/detectors.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(Kinds.all())
                .filteredOn(kind -> !kind.groups().isEmpty())
                .allSatisfy(kind -> assertThat(rows)
                        .filteredOn(row -> row.contains("`" + kind.id() + "`"))
                        .singleElement()
                        .satisfies(row -> assertThat(row).endsWith("| " + String.join(", ", kind.groups()) + " |")));
    }
}
