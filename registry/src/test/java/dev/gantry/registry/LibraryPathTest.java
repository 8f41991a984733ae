package dev.gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryPathTest {
    @ParameterizedTest
    @CsvSource({
        "patterns/summarize/system.md,PATTERN,summarize,false",
        "data/patterns/summarize_pull-requests/system.md,PATTERN,summarize_pull-requests,false",
        "./summarize/system.md,PATTERN,summarize,false",
        "patterns\\x\\system.md,PATTERN,x,false",
        "patterns/team/sub/system.md,PATTERN,team/sub,false",
        "patterns/My Pattern!/system.md,PATTERN,my-pattern,true",
        "patterns/Zusammenfassung für Ältere/system.md,PATTERN,zusammenfassung-fur-altere,true",
        "patterns/_private/system.md,PATTERN,private,true",
        "patterns/a..b/system.md,PATTERN,a.b,true",
        "contexts/company,CONTEXT,company,false",
        "contexts/house style.md,CONTEXT,house-style.md,true",
        "strategies/cot.json,STRATEGY,cot,false"
    })
    void shouldFindKindAndName(String path, AssetKind kind, String name, boolean renamed) {
        assertThat(LibraryPath.of(path)).isEqualTo(new LibraryPath.Asset(kind, name, renamed));
    }

    @Test
    void shouldFindSessions() {
        assertThat(LibraryPath.of("sessions/my talk.json")).isEqualTo(new LibraryPath.Session("my talk"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "patterns/x/user.md",
                "patterns/x/README.md",
                "patterns/x/notes.txt",
                "patterns/.git/system.md",
                ".env",
                "LICENSE",
                "README.md",
                "system.md",
                "sessions/x.txt",
                "strategies/notes.md",
                "other/file.md"
            })
    void shouldIgnoreWhatIsNoPartOfALibrary(String path) {
        assertThat(LibraryPath.of(path)).isInstanceOf(LibraryPath.Ignored.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                "patterns/../../etc/system.md",
                "patterns/system.md",
                "patterns/总结/system.md",
                "patterns/!!!/system.md",
                "patterns/x/versions/system.md"
            })
    void shouldSayWhatCannotBeNamed(String path) {
        assertThat(LibraryPath.of(path)).isInstanceOf(LibraryPath.Unusable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "team-a/patterns/summarize/system.md,team-a,PATTERN,summarize",
        "patterns/team-a/analysis/threat/system.md,team-a,PATTERN,analysis/threat",
        "team-a/summarize/system.md,team-a,PATTERN,summarize",
        "workflows/team-a/code-review.json,team-a,WORKFLOW,code-review",
        "shared/workflows/release/notes.yml,shared,WORKFLOW,release/notes",
        "team-b/data-pipeline.json,team-b,WORKFLOW,data-pipeline",
        "contexts/shared/company,shared,CONTEXT,company",
        "shared/strategies/cot.json,shared,STRATEGY,cot"
    })
    void shouldFindTheNamespace(String path, String namespace, AssetKind kind, String name) {
        assertThat(LibraryPath.inNamespace(path))
                .isEqualTo(new LibraryPath.InNamespace(namespace, new LibraryPath.Asset(kind, name, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "patterns/system.md", "team-a/README.md", "team-a/.hidden/x.yaml", "team-a"})
    void shouldFindNoAssetWhereNoNamespaceHoldsOne(String path) {
        assertThat(LibraryPath.inNamespace(path).path()).isInstanceOf(LibraryPath.Ignored.class);
    }

    @Test
    void shouldNotLeaveTheDirectoryOfANamespace() {
        assertThat(LibraryPath.inNamespace("team-a/../team-b/x/system.md").path())
                .isInstanceOf(LibraryPath.Unusable.class);
        assertThat(LibraryPath.inNamespace("team-a/../x.yaml").path()).isInstanceOf(LibraryPath.Unusable.class);
    }
}
