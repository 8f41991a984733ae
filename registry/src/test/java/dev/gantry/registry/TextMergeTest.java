package dev.gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TextMergeTest {
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "b", "c", "", "=======", "long line")
                .list()
                .ofMaxSize(12)
                .flatMap(lines -> Arbitraries.of("\n", "").map(end -> String.join("\n", lines) + end));
    }

    private static TextMerge merge(String base, String ours, String theirs) {
        return TextMerge.of(base, ours, theirs, "ours", "theirs");
    }

    @Property(tries = 300)
    void shouldTakeTheOtherSideWhereOneDidNotChange(@ForAll("texts") String base, @ForAll("texts") String changed) {
        assertThat(merge(base, base, changed)).isEqualTo(new TextMerge(changed, List.of()));
        assertThat(merge(base, changed, base)).isEqualTo(new TextMerge(changed, List.of()));
        assertThat(merge(base, changed, changed)).isEqualTo(new TextMerge(changed, List.of()));
    }

    @Property(tries = 300)
    void shouldConflictOnBothSidesAlike(
            @ForAll("texts") String base, @ForAll("texts") String left, @ForAll("texts") String right) {
        assertThat(merge(base, left, right).isClean())
                .isEqualTo(merge(base, right, left).isClean());
    }

    @Property(tries = 300)
    void shouldLoseNoLineThatASideAdded(@ForAll("texts") String base, @ForAll("texts") String theirs) {
        String ours = "only ours\n" + base;

        assertThat(merge(base, ours, theirs).text()).contains("only ours\n");
    }

    @Property(tries = 300)
    void shouldDescribeBothTextsByTheirDifference(@ForAll("texts") String before, @ForAll("texts") String after) {
        TextDiff diff = TextDiff.between(before, after);

        assertThat(diff.hunks().isEmpty()).isEqualTo(before.equals(after));
        assertThat(diff.unified().isEmpty()).isEqualTo(before.equals(after));
        for (TextDiff.Hunk hunk : diff.hunks()) {
            assertThat(hunk.lines().stream().filter(line -> line.oldLine() != null))
                    .hasSize(hunk.oldLines());
            assertThat(hunk.lines().stream().filter(line -> line.newLine() != null))
                    .hasSize(hunk.newLines());
        }
        assertThat(diff.added() - diff.removed())
                .isEqualTo(TextDiff.raw(after).size() - TextDiff.raw(before).size());
    }

    @Test
    void shouldCompareLargeHostileTextsInBoundedTime() {
        String many = "\n".repeat(200_000);
        String other = "x\n".repeat(100_000);

        assertThat(TextDiff.between(many, other).added()).isPositive();
        assertThat(merge(many, other, "y\n".repeat(100_000)).isClean()).isFalse();
    }
}
