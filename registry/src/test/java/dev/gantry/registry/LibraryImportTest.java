package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.ImportPlan.OnConflict;
import dev.gantry.registry.ImportReport.Entry;
import dev.gantry.registry.ImportReport.Outcome;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibraryImportTest {
    private final TestingRegistry registry = new TestingRegistry();
    private final LibraryImport importer = registry.libraryImport();

    @AfterAll
    void close() {
        registry.close();
    }

    private static Caller ana() {
        return developer(TestingDatabase.newOrganization(), "ana");
    }

    private static ImportFile file(String path, String content) {
        return new ImportFile(path, content.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> outcomes(ImportReport report) {
        return report.entries().stream()
                .map(entry -> entry.outcome() + " " + entry.name())
                .toList();
    }

    @Test
    void shouldTellOfTheVersionsThatItWrote() {
        Caller ana = ana();
        importer.run(ana, ImportPlan.into(null), List.of(file("patterns/same/system.md", "Stay.")));
        List<String> told = new ArrayList<>();
        registry.assets().listen(new AssetListener() {
            @Override
            public void stored(Handle handle, List<Written> written) {
                written.forEach(asset -> {
                    if (asset.author().equals(ana)) {
                        told.add(asset.outcome() + " " + asset.kind().id() + " " + asset.name() + "@" + asset.version()
                                + " " + asset.visibility());
                    }
                });
            }
        });

        importer.run(
                ana,
                ImportPlan.into(null),
                List.of(
                        file("patterns/same/system.md", "Stay."),
                        file("patterns/new/system.md", "Come."),
                        file("contexts/company", "We sell tea.")));

        assertThat(told)
                .containsExactlyInAnyOrder(
                        "CREATED pattern ~ana/new@1 PRIVATE", "CREATED context ~ana/company@1 PRIVATE");
    }

    @Test
    void shouldTakeOverEveryKindAndReportEachFile() {
        Caller ana = ana();
        List<ImportFile> library = List.of(
                file("README.md", "x"),
                file("patterns/summarize/system.md", "# IDENTITY\r\nYou summarize.\r\n"),
                file("patterns/summarize/user.md", ""),
                file("patterns/Write Éssay/system.md", "Write like {{author_name}}."),
                file("contexts/company", "We sell tea."),
                file("strategies/cot.json", "{\"description\": \"Chain: of \\\"thought\\\"\", \"prompt\": \"Think.\"}"),
                file(
                        "sessions/talk.json",
                        "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"},"
                                + "{\"role\":\"assistant\",\"content\":\"a\"}]"));

        ImportReport report = importer.run(ana, ImportPlan.into(null), library);

        assertThat(outcomes(report))
                .containsExactly(
                        "IGNORED null",
                        "CREATED ~ana/summarize",
                        "IGNORED null",
                        "CREATED ~ana/write-essay",
                        "CREATED ~ana/company",
                        "CREATED ~ana/cot",
                        "CREATED talk");
        assertThat(report.entries().get(3).notes()).singleElement().asString().contains("write-essay");
        assertThat(report.entries().get(6).notes()).singleElement().asString().contains("1 messages were left out");
        AssetVersion strategy = registry.assets().get(ana, AssetKind.STRATEGY, "cot");
        assertThat(strategy.description()).isEqualTo("Chain: of \"thought\"");
        assertThat(strategy.body()).isEqualTo("Think.");
        assertThat(registry.sessions().get(ana, "talk")).hasSize(2);

        assertThat(importer.run(ana, ImportPlan.into(null), library).counts())
                .containsOnlyKeys(Outcome.IGNORED, Outcome.UNCHANGED)
                .containsEntry(Outcome.UNCHANGED, 5);
        ImportReport changed = importer.run(
                ana, ImportPlan.into("~"), List.of(file("patterns/summarize/system.md", "# IDENTITY\nDifferent.\n")));
        assertThat(changed.entries())
                .containsExactly(new Entry(
                        "patterns/summarize/system.md",
                        "pattern",
                        "~ana/summarize",
                        2,
                        Outcome.UPDATED,
                        List.of("version 1 by ana is there; the file adds 1 line and removes 1 line")));
    }

    @Test
    void shouldRejectSingleFilesAndTakeTheOthers() {
        ImportReport report = importer.run(
                ana(),
                ImportPlan.into(null),
                List.of(
                        file("patterns/good/system.md", "good"),
                        file("patterns/empty/system.md", " "),
                        new ImportFile("patterns/latin/system.md", new byte[] {(byte) 0xE9, 'x', (byte) 0xE9}),
                        file("patterns/broken/system.md", "---\nmodel: [\n---\nx"),
                        file("patterns/Good/system.md", "the same name"),
                        file("patterns/../../etc/system.md", "x"),
                        file("strategies/no-prompt.json", "{\"description\": \"x\"}"),
                        file("strategies/broken.json", "{"),
                        file("sessions/broken.json", "{}"),
                        file("patterns/large/system.md", "x".repeat(1024 * 1024 + 1))));

        assertThat(report.counts()).containsEntry(Outcome.CREATED, 1).containsEntry(Outcome.REJECTED, 9);
        assertThat(report.entries().get(3).notes()).singleElement().asString().contains("line 3");
        assertThat(report.entries().get(4).notes()).singleElement().asString().contains("patterns/good/system.md");
        assertThat(report.entries().get(6).notes()).singleElement().asString().contains("prompt");
    }

    @Test
    void shouldObeyTheRulesOfNamespaces() {
        Caller ana = ana();
        List<ImportFile> files = List.of(file("patterns/x/system.md", "x"));

        assertThat(outcomes(importer.run(ana, ImportPlan.into("shared"), files)))
                .containsExactly("REJECTED null");
        assertThat(importer.run(ana, ImportPlan.into("~bob"), files)
                        .entries()
                        .getFirst()
                        .notes()
                        .getFirst())
                .contains("not a namespace of ana");
        assertThat(outcomes(importer.run(admin(ana.organization()), ImportPlan.into("shared"), files)))
                .containsExactly("CREATED shared/x");
    }

    private static ImportPlan plan(
            ImportPlan.Layout layout, OnConflict onConflict, boolean dryRun, ImportPlan.Rule... rules) {
        return new ImportPlan(layout, null, List.of(rules), onConflict, dryRun);
    }

    @Test
    void shouldMapNamespacesByTheFirstRuleThatFits() {
        Caller root = admin(TestingDatabase.newOrganization());
        List<ImportFile> files = List.of(
                file("team-a/patterns/x/system.md", "x"),
                file("old/y/system.md", "y"),
                file("workflows/old/w.yaml", "name: w"),
                file("stitches/shared/s.yaml", "name: s"),
                file("team-b/z/system.md", "z"),
                file("nowhere/z/system.md", "z"));
        ImportPlan plan = plan(
                ImportPlan.Layout.NAMESPACES,
                OnConflict.NEW_VERSION,
                false,
                new ImportPlan.Rule("old", "team-c"),
                new ImportPlan.Rule("team-*", "shared"));

        ImportReport report = importer.run(root, plan, files);

        assertThat(outcomes(report))
                .containsExactly(
                        "CREATED shared/x",
                        "CREATED team-c/y",
                        "CREATED team-c/w",
                        "CREATED shared/s",
                        "CREATED shared/z",
                        "REJECTED null");
        assertThat(report.entries().get(5).notes()).singleElement().asString().contains("no team 'nowhere'");
        assertThat(importer.run(root, plan, files).counts()).containsOnlyKeys(Outcome.UNCHANGED, Outcome.REJECTED);
    }

    @Test
    void shouldMapPatternsOfAFabricLibraryByTheirNames() {
        Caller root = admin(TestingDatabase.newOrganization());
        ImportPlan plan = new ImportPlan(
                ImportPlan.Layout.FABRIC,
                "shared",
                List.of(new ImportPlan.Rule("analyze_*", "team-a")),
                OnConflict.NEW_VERSION,
                false);

        assertThat(outcomes(importer.run(
                        root,
                        plan,
                        List.of(file("patterns/analyze_logs/system.md", "a"), file("patterns/other/system.md", "b")))))
                .containsExactly("CREATED team-a/analyze_logs", "CREATED shared/other");
    }

    @Test
    void shouldDoWithConflictsWhatIsAskedFor() {
        Caller ana = ana();
        importer.run(
                ana,
                ImportPlan.into(null),
                List.of(file("patterns/x/system.md", "mine"), file("patterns/y/system.md", "same")));
        List<ImportFile> files = List.of(
                file("patterns/x/system.md", "theirs"),
                file("patterns/y/system.md", "same"),
                file("patterns/z/system.md", "new"));

        ImportReport foreseen = importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.SKIP, true), files);
        assertThat(foreseen.written()).isFalse();
        assertThat(outcomes(foreseen)).containsExactly("SKIPPED ~ana/x", "UNCHANGED ~ana/y", "CREATED ~ana/z");

        ImportReport failed = importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.FAIL, false), files);
        assertThat(failed.written()).isFalse();
        assertThat(outcomes(failed)).containsExactly("CONFLICT ~ana/x", "UNCHANGED ~ana/y", "CREATED ~ana/z");
        assertThat(failed.entries().getFirst().notes())
                .containsExactly("version 1 by ana is there; the file adds 1 line and removes 1 line");
        assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.assets().get(ana, AssetKind.PATTERN, "z"), "z");

        ImportReport skipped = importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.SKIP, false), files);
        assertThat(skipped.written()).isTrue();
        assertThat(outcomes(skipped)).containsExactly("SKIPPED ~ana/x", "UNCHANGED ~ana/y", "CREATED ~ana/z");
        assertThat(registry.assets().get(ana, AssetKind.PATTERN, "x").content()).isEqualTo("mine");

        ImportReport written = importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.NEW_VERSION, false), files);
        assertThat(outcomes(written)).containsExactly("UPDATED ~ana/x", "UNCHANGED ~ana/y", "UNCHANGED ~ana/z");
        assertThat(registry.assets().get(ana, AssetKind.PATTERN, "x").version()).isEqualTo(2);
    }

    @Test
    void shouldTreatSessionsAsItTreatsAssetsInConflicts() {
        Caller ana = ana();
        String mine = "[{\"role\":\"user\",\"content\":\"mine\"}]";
        importer.run(
                ana,
                ImportPlan.into(null),
                List.of(file("sessions/talk.json", mine), file("patterns/x/system.md", "mine")));
        List<ImportFile> session = List.of(
                file("sessions/talk.json", "[{\"role\":\"user\",\"content\":\"theirs\"}]"),
                file("patterns/new/system.md", "new"));

        ImportReport foreseen =
                importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.NEW_VERSION, true), session);
        assertThat(foreseen.written()).isFalse();
        assertThat(outcomes(foreseen)).containsExactly("UPDATED talk", "CREATED ~ana/new");
        assertThat(foreseen.entries().getFirst().notes())
                .singleElement()
                .asString()
                .contains("other messages");

        ImportReport failed = importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.FAIL, false), session);
        assertThat(failed.written()).isFalse();
        assertThat(outcomes(failed)).containsExactly("CONFLICT talk", "CREATED ~ana/new");
        assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.assets().get(ana, AssetKind.PATTERN, "new"), "new");

        List<ImportFile> both = List.of(
                file("sessions/talk.json", mine),
                file("sessions/other.json", mine),
                file("patterns/x/system.md", "theirs"));
        importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.FAIL, false), both);
        assertRefused(ErrorCode.NOT_FOUND, () -> registry.sessions().get(ana, "other"), "other");

        ImportReport skipped = importer.run(ana, plan(ImportPlan.Layout.FABRIC, OnConflict.SKIP, false), session);
        assertThat(outcomes(skipped)).containsExactly("SKIPPED talk", "CREATED ~ana/new");
        assertThat(registry.sessions().get(ana, "talk").getFirst().text()).isEqualTo("mine");

        importer.run(ana, ImportPlan.into(null), session);
        assertThat(registry.sessions().get(ana, "talk").getFirst().text()).isEqualTo("theirs");
    }

    @Test
    void shouldBoundAnImport() {
        RegistrySettings settings = RegistrySettings.defaults();
        List<ImportFile> many = new ArrayList<>();
        for (int index = 0; index <= settings.importEntriesMax(); index++) {
            many.add(file("patterns/x" + index + "/system.md", "x"));
        }

        assertRefused(
                ErrorCode.REQUEST_TOO_LARGE, () -> importer.run(ana(), ImportPlan.into(null), many), "5000 files");
        assertRefused(
                ErrorCode.REQUEST_TOO_LARGE,
                () -> importer.run(
                        ana(),
                        ImportPlan.into(null),
                        List.of(new ImportFile(
                                "x", new byte[settings.importSizeMax().toIntBytes() + 1]))),
                "32Mi");
    }

    @Test
    void shouldImportAndAssembleAPublicLibraryWhereOneLiesBeside() throws IOException {
        Optional<Path> library = publicLibrary();
        assumeThat(library).as("a shared/data/fabric directory above this one").isPresent();
        List<ImportFile> files = files(library.orElseThrow());
        Caller root = admin(TestingDatabase.newOrganization());

        ImportReport report = importer.run(root, ImportPlan.into("shared"), files);

        long patterns = report.entries().stream()
                .filter(entry -> entry.outcome() == Outcome.CREATED && "pattern".equals(entry.type()))
                .count();
        assertThat(report.entries()).noneMatch(entry -> entry.outcome() == Outcome.REJECTED);
        assertThat(patterns)
                .isEqualTo(files.stream()
                        .filter(file -> file.path().endsWith("/system.md"))
                        .count())
                .isPositive();
        for (Entry entry : report.entries()) {
            if (entry.name() != null && "pattern".equals(entry.type())) {
                AssembledPrompt prompt =
                        registry.assembler().assemble(root, ExecutionRequest.of(entry.name(), "some input"));
                String written = prompt.pattern().content().strip();
                String withReference = written.replace("{{input}}", PromptAssembler.INPUT_REFERENCE);
                assertThat(prompt.system().strip()).as(entry.path()).startsWith(withReference);
            }
        }
        assertThat(importer.run(root, ImportPlan.into("shared"), files).counts())
                .containsOnlyKeys(Outcome.IGNORED, Outcome.UNCHANGED);
    }

    private static Optional<Path> publicLibrary() {
        String given = System.getProperty("gantry.test.fabric");
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .map(path -> path.resolve("shared/data/fabric"))
                .filter(Files::isDirectory)
                .findFirst();
    }

    private static List<ImportFile> files(Path root) throws IOException {
        List<ImportFile> files = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
                files.add(new ImportFile(root.relativize(path).toString(), Files.readAllBytes(path)));
            }
        }
        return files;
    }
}
