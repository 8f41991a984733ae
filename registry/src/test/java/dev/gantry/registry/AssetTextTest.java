package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssetTextTest {
    private static AssetText check(String text) {
        return AssetText.check(AssetKind.PATTERN, text, 1_000, TestingRegistry::describe);
    }

    @Test
    void shouldBringTextsIntoOneForm() {
        AssetText unix = check("a\nb\n");

        assertThat(check("\uFEFFa\r\nb\r").hash()).isEqualTo(unix.hash());
        assertThat(check("\uFEFFa\r\nb\r").content()).isEqualTo("a\nb\n");
        assertThat(check("a\nb").hash()).isNotEqualTo(unix.hash());
    }

    @Test
    void shouldHashTheContent() {
        // printf abc | sha256sum
        assertThat(check("abc").hash()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n ", "---\ndescription: x\n---\n\n", "a\0b", "a\uD83Db", "\uFEFF"})
    void shouldRefuseWhatIsNoText(String text) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> check(text), "cannot be used");
    }

    @Test
    void shouldCountBytesAndNotCharacters() {
        assertThat(check("é".repeat(500)).content()).hasSize(500);
        assertRefused(ErrorCode.REQUEST_TOO_LARGE, () -> check("é".repeat(501)), "1000", "1002");
    }

    @Test
    void shouldRefuseTheInputAsAnArgument() {
        assertRefused(
                ErrorCode.INVALID_REQUEST, () -> check("a\n{{plugin:text:upper:{{input}}}}"), "line 2", "{{input}}");
    }

    @Test
    void shouldRefuseOptionsOfModelsOutsideOfPatterns() {
        for (AssetKind kind : new AssetKind[] {AssetKind.CONTEXT, AssetKind.STRATEGY}) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> AssetText.check(kind, "---\nmodel: x\n---\ntext", 1_000, TestingRegistry::describe),
                    "belong to patterns");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "# IDENTITY and PURPOSE\\n\\nYou are an **expert** at things. You do more.\\n | You are an expert at things.",
                "# T\\n- You extract `ideas` from v1.5 of a text!\\n | You extract ideas from v1.5 of a text!",
                "# Title only | Title only",
                "short | short",
                "---\\ndescription: Mine.\\n---\\nYou are somebody who does something. | Mine."
            })
    void shouldDescribeByTheFirstSentence(String text, String description) {
        assertThat(check(text.replace("\\n", "\n")).description()).isEqualTo(description);
    }

    @Test
    void shouldWriteDescriptionsThatReadBackAsTheyWere() {
        String description = "Says \"yes\" & \\ : # no";

        AssetText text = check(AssetText.withDescription(description, "Prompt"));

        assertThat(text.description()).isEqualTo(description);
        assertThat(text.source().body()).isEqualTo("Prompt");
    }
}
