package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatternsCommandsTest {
    private TestingPlatform platform;
    private TestingConsole console;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        console = TestingConsole.of(platform);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private void file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Nested
    class Import {
        @BeforeEach
        void answer() {
            platform.answer("POST /api/v1/imports", """
                    {"items":[{"path":"patterns/a/system.md","outcome":"created"},
                              {"path":"contexts/c","outcome":"unchanged"}]}""");
        }

        private List<String> sentPaths() {
            return platform.lastRequest()
                    .json()
                    .path("files")
                    .valueStream()
                    .map(sent -> sent.path("path").asText())
                    .toList();
        }

        @Test
        void shouldSendWhatMeansSomethingAndNothingElse() throws IOException {
            file("patterns/a/system.md", "A {{input}}");
            file("patterns/a/user.md", "ignored");
            file("patterns/README.md", "ignored");
            file("contexts/c", "C");
            file("contexts/.hidden", "ignored");
            file("strategies/cot.json", "{}");
            file("sessions/s.json", "[]");
            file("other/x.md", "ignored");

            assertThat(console.run("patterns", "import", folder.toString(), "--namespace", "team-a"))
                    .isEqualTo(ExitCode.DONE);

            assertThat(sentPaths())
                    .containsExactly("contexts/c", "patterns/a/system.md", "sessions/s.json", "strategies/cot.json");
            assertThat(platform.lastRequest().json().path("namespace").asText()).isEqualTo("team-a");
            assertThat(console.out()).isEqualTo("1 created, 1 unchanged\n");
        }

        @Test
        void shouldFindTheLibraryInFabricsRepository() throws IOException {
            file("data/patterns/a/system.md", "A");
            file("docs/system.md", "ignored");

            console.run("patterns", "import", folder.toString());

            assertThat(sentPaths()).containsExactly("patterns/a/system.md");
        }

        @Test
        void shouldTakeTheFolderOfPatternsItself() throws IOException {
            file("a/system.md", "A");

            console.run("patterns", "import", folder.toString());

            assertThat(sentPaths()).containsExactly("patterns/a/system.md");
        }

        @Test
        void shouldSayWhatItLeavesOut() throws IOException {
            file("patterns/a/system.md", "A");
            Files.write(Files.createDirectories(folder.resolve("patterns/b")).resolve("system.md"), new byte[] {-1});

            console.run("patterns", "import", folder.toString());

            assertThat(sentPaths()).containsExactly("patterns/a/system.md");
            assertThat(console.err()).contains("Left out: patterns/b/system.md: not text in UTF-8");
        }

        @Test
        void shouldAskForAReportInADryRun() throws IOException {
            file("patterns/a/system.md", "A");

            assertThat(console.run("patterns", "import", folder.toString(), "--dry-run"))
                    .isEqualTo(ExitCode.DONE);

            assertThat(platform.requests()).hasSize(1);
            assertThat(platform.lastRequest().json().path("dry_run").asBoolean())
                    .isTrue();
            assertThat(console.err()).contains("Nothing was written");
        }

        @Test
        void shouldMapNamespaces() throws IOException {
            file("team-a/patterns/a/system.md", "A");
            file("workflows/team-b/w.yaml", "name: w");
            file("README.md", "ignored");

            console.run(
                    "patterns",
                    "import",
                    folder.toString(),
                    "--layout",
                    "namespaces",
                    "--map",
                    "team-a=research",
                    "--map",
                    "*=shared");

            assertThat(sentPaths()).containsExactly("team-a/patterns/a/system.md", "workflows/team-b/w.yaml");
            assertThat(platform.lastRequest().json().path("layout").asText()).isEqualTo("namespaces");
            assertThat(platform.lastRequest().json().path("map").toString())
                    .isEqualTo("[{\"from\":\"team-a\",\"to\":\"research\"},{\"from\":\"*\",\"to\":\"shared\"}]");
        }

        @Test
        void shouldFailWhereSomethingElseIsThere() throws IOException {
            file("patterns/a/system.md", "A");
            platform.answer(
                    "POST /api/v1/imports",
                    "{\"items\":[{\"path\":\"patterns/a/system.md\",\"outcome\":\"conflict\",\"notes\":[\"version 2 by ann\"]}]}");

            assertThat(console.run("patterns", "import", folder.toString(), "--on-conflict", "fail"))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(console.out()).contains("patterns/a/system.md: conflict: version 2 by ann", "1 conflict");
            assertThat(console.err()).contains("Nothing was written");
        }

        @Test
        void shouldRefuseOptionsThatMeanNothing() {
            assertThat(console.run("patterns", "import", folder.toString(), "--on-conflict", "overwrite"))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(console.run("patterns", "import", folder.toString(), "--map", "team-a"))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(console.run("patterns", "import", folder.toString(), "--layout", "gorgon"))
                    .isEqualTo(ExitCode.USAGE);
        }

        @Test
        void shouldFailWhenAFileFails() throws IOException {
            file("patterns/a/system.md", "A");
            platform.answer(
                    "POST /api/v1/imports",
                    "{\"items\":[{\"path\":\"patterns/a/system.md\",\"outcome\":\"rejected\",\"notes\":[\"too long\"]}]}");

            assertThat(console.run("patterns", "import", folder.toString())).isEqualTo(ExitCode.FAILED);

            assertThat(console.out()).isEqualTo("patterns/a/system.md: rejected: too long\n1 rejected\n");
        }

        @Test
        void shouldSayWhenThereIsNothingToImport() {
            assertThat(console.run("patterns", "import", folder.toString())).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("There is no pattern in " + folder);
        }

        @Test
        void shouldSplitALargeLibraryIntoRequests() throws IOException {
            for (int index = 0; index < 5; index++) {
                file("patterns/p" + index + "/system.md", "x".repeat(400));
            }

            List<List<LibraryFiles.LibraryFile>> parts =
                    LibraryFiles.readFabric(folder).parts(1_000);

            assertThat(parts).extracting(List::size).containsExactly(2, 2, 1);
        }
    }

    @Nested
    class Edit {
        @BeforeEach
        void answer() {
            platform.answer(
                    "GET /api/v1/patterns/team-a/deep%20one",
                    new TestingPlatform.Answer(
                            200,
                            "application/json",
                            "{\"name\":\"team-a/deep one\",\"version\":4,\"content\":\"old\\n\"}",
                            Map.of("ETag", "\"abc\"")));
            platform.answer("PUT /api/v1/patterns/team-a/deep%20one", "{\"name\":\"team-a/deep one\",\"version\":5}");
        }

        @Test
        void shouldSaveTheChangeOnlyOverTheVersionThatWasRead() {
            console.with("EDITOR", "sed -i s/old/new/");

            assertThat(console.run("patterns", "edit", "team-a/deep one")).isEqualTo(ExitCode.DONE);

            assertThat(platform.lastRequest().header("If-match")).isEqualTo("\"abc\"");
            assertThat(platform.lastRequest().json().path("content").asText()).isEqualTo("new\n");
            assertThat(console.out()).isEqualTo("Saved team-a/deep one version 5\n");
        }

        @Test
        void shouldSaveNothingWithoutAChange() {
            console.with("EDITOR", "true");

            assertThat(console.run("patterns", "edit", "team-a/deep one")).isEqualTo(ExitCode.DONE);

            assertThat(platform.requests()).hasSize(1);
            assertThat(console.err()).isEqualTo("Nothing was changed\n");
        }

        @Test
        void shouldSaveNothingWhenTheEditorFails() {
            console.with("EDITOR", "false");

            assertThat(console.run("patterns", "edit", "team-a/deep one")).isEqualTo(ExitCode.FAILED);

            assertThat(platform.requests()).hasSize(1);
        }
    }

    @Test
    void shouldPrintTheTextAloneOnStandardOutput() {
        platform.answer(
                "GET /api/v1/patterns/summarize/versions/2",
                "{\"name\":\"shared/summarize\",\"version\":2,\"content\":\"Be short.\",\"author\":\"gantry\"}");

        console.run("patterns", "show", "summarize", "--version", "2");

        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/patterns/summarize/versions/2");
        assertThat(console.out()).isEqualTo("Be short.\n");
        assertThat(console.err()).isEqualTo("shared/summarize · version 2 · gantry\n");
    }

    @Test
    void shouldPutANewPatternOnlyIfThereIsNone() throws IOException {
        file("p.md", "text");
        platform.answer("PUT /api/v1/patterns/p", "{\"name\":\"~me/p\",\"version\":1}");

        console.run("patterns", "put", "p", folder.resolve("p.md").toString(), "--new");

        assertThat(platform.lastRequest().header("If-none-match")).isEqualTo("*");
        assertThat(console.out()).isEqualTo("Saved ~me/p version 1\n");
    }
}
