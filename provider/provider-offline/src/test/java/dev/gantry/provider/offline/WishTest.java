package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.offline.Wish.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WishTest {
    @Test
    void shouldAskForASummaryWithoutInstructions() {
        Wish wish = Wish.of("");
        assertThat(wish.parts()).containsExactly(Part.GIST, Part.POINTS, Part.PHRASES);
        assertThat(wish.understood()).isFalse();
        assertThat(wish.points()).isZero();
    }

    @Test
    void shouldReadPartsOffHeadingsInTheirOrder() {
        Wish wish = Wish.of("""
                # Purpose
                You collect.
                # Output
                ## Quotes
                Up to 4 quotes.
                ## Summary
                ## Open questions
                """);
        assertThat(wish.parts()).containsExactly(Part.QUOTES, Part.GIST, Part.QUESTIONS);
        assertThat(wish.quotes()).isEqualTo(4);
        assertThat(wish.understood()).isTrue();
    }

    @Test
    void shouldReadSectionsThatAreNamedInRunningText() {
        Wish wish = Wish.of("""
                # OUTPUT SECTIONS

                - Combine all of it into one sentence in a section called ONE SENTENCE SUMMARY:.
                - Output the 10 most important points into a section called MAIN POINTS:.
                - Output the habits in a section called HABITS.
                """);
        assertThat(wish.parts()).containsExactly(Part.GIST, Part.POINTS);
        assertThat(wish.points()).isEqualTo(10);
        assertThat(wish.leftOut()).containsExactly("HABITS");
    }

    @Test
    void shouldNameWhatItLeavesOut() {
        Wish wish =
                Wish.of("# Rules\n## Style\n# Output\n## Summary\n## Verdict\n**Risks**\n# Instructions\n## Tone\n");
        assertThat(wish.leftOut()).containsExactly("Verdict", "Risks");
    }

    @Test
    void shouldNotUnderstandWhatIsNoExtraction() {
        Wish wish =
                Wish.of("# Purpose\nYou translate into German.\n# Output\nOnly the translation.\n" + "x".repeat(400));
        assertThat(wish.understood()).isFalse();
        assertThat(wish.parts()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Give me five bullet points, 5",
        "Write 3 key takeaways, 3",
        "4-6 main points, 6",
        "seven ideas and 20 keywords, 7",
        "no number of points, 0",
        "one idea in each bullet, 0",
        "999 points, 25"
    })
    void shouldReadHowManyPoints(String instructions, int points) {
        assertThat(Wish.of(instructions).points()).isEqualTo(points);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Summarize.", "Please summarise the text", "tl;dr", "Fasse zusammen: Zusammenfassung"})
    void shouldUnderstandPlainWords(String instructions) {
        Wish wish = Wish.of(instructions);
        assertThat(wish.understood()).isTrue();
        assertThat(wish.parts()).containsExactly(Part.GIST, Part.POINTS, Part.PHRASES);
    }

    @Test
    void shouldUnderstandPlainWishForOnePart() {
        assertThat(Wish.of("Extract the keywords").parts()).containsExactly(Part.PHRASES);
        assertThat(Wish.of("List all questions in it").parts()).containsExactly(Part.QUESTIONS);
    }

    @Test
    void shouldReadHugeInstructionsInBoundedTime() {
        assertThat(Wish.of("# A\n9 to 9 a a a ".repeat(200_000)).points()).isZero();
        assertThat(Wish.of("section called ".repeat(200_000)).understood()).isFalse();
    }
}
