package dev.gantry.gitsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.gitsync.SourceStatus.State;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.Precondition;
import dev.gantry.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitSyncTest {
    @TempDir
    private Path directory;

    private TestingRepository repository;
    private @Nullable TestingSync opened;

    @BeforeEach
    void open() {
        repository = new TestingRepository(directory.resolve("upstream.git"));
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        repository.close();
    }

    private TestingSync sync() {
        return Objects.requireNonNull(opened);
    }

    private SourceStatus begin() {
        return begin(GitSourceSettings.ofGuide(repository.fileUrl(), "main", Duration.ofHours(1), false));
    }

    private SourceStatus begin(GitSourceSettings source) {
        opened = new TestingSync(directory, TestingSync.settings(GitLimits.defaults()), source);
        return sync().firstLook();
    }

    private GitSourceSettings byNamespace(List<String> namespaces, GitSourceSettings.BrokenFiles broken) {
        return new GitSourceSettings(
                repository.fileUrl(),
                "main",
                Duration.ofHours(1),
                Optional.empty(),
                GitSourceSettings.Layout.NAMESPACES,
                "shared",
                namespaces,
                Optional.empty(),
                broken,
                GitSourceSettings.Signatures.OPTIONAL,
                Optional.empty(),
                false,
                Optional.empty());
    }

    @Test
    void shouldTakeOverALibraryOfFabricWithItsAuthors() {
        repository.write("patterns/summarize/system.md", "Summarize the text.").commit("Ann");
        String commit = repository
                .write("patterns/analysis/threat/system.md", "Find threats.")
                .write("contexts/company", "We build bridges.")
                .write("strategies/cot.json", "{\"description\":\"Step by step\",\"prompt\":\"Think in steps.\"}")
                .write("workflows/release.yaml", "name: release")
                .write("README.md", "not an asset")
                .commit("Bob");

        SourceStatus status = begin();

        assertThat(status.state()).isEqualTo(State.SYNCED);
        assertThat(status.commit()).isEqualTo(commit);
        assertThat(status.assets()).isEqualTo(5);
        assertThat(sync().pattern("shared/summarize").content()).isEqualTo("Summarize the text.");
        assertThat(sync().pattern("shared/summarize").author()).isEqualTo("Ann <ann@example.com>");
        assertThat(sync().pattern("shared/analysis/threat").author()).isEqualTo("Bob <bob@example.com>");
        assertThat(sync().assets
                        .get(sync().caller(), AssetKind.WORKFLOW, "shared/release")
                        .content())
                .isEqualTo("name: release");
        assertThat(sync().assets
                        .get(sync().caller(), AssetKind.STRATEGY, "shared/cot")
                        .body())
                .contains("Think in steps.");
    }

    @Test
    void shouldHandInForReviewWhatChangesWhereThatIsAskedFor() {
        repository
                .write("patterns/one/system.md", "One.")
                .write("patterns/two/system.md", "Two.")
                .commit("Ann");
        begin(GitSourceSettings.ofGuide(repository.fileUrl(), "main", Duration.ofHours(1), true));
        awaitReviews("shared/one v1 OPEN", "shared/two v1 OPEN");
        assertThat(sync().pattern("shared/one").standing().approved()).isFalse();

        sync().lookAgain();
        assertThat(reviewed()).hasSize(2);

        repository.write("patterns/two/system.md", "Two, better.").commit("Bob");
        sync().lookAgain();
        awaitReviews("shared/one v1 OPEN", "shared/two v1 SUPERSEDED", "shared/two v2 OPEN");
    }

    /** What a look brings is handed in after the look has been told of. */
    private void awaitReviews(String... expected) {
        Eventually.holds("the reviews are there", () -> reviewed().containsAll(List.of(expected)));
        assertThat(reviewed()).containsExactlyInAnyOrder(expected);
    }

    private List<String> reviewed() {
        return sync().reviews.list(sync().caller(), null, null, null, null, null, 50).reviews().stream()
                .map(review -> review.name() + " v" + review.version() + " " + review.state())
                .toList();
    }

    @Test
    void shouldTellOfEveryChangeAlsoAfterADeathBeforeItWasTold() {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        begin();
        sync().deaf.set(true);
        repository.write("patterns/one/system.md", "One, better.").commit("Ann");
        sync().lookAgain();

        assertThat(sync().lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(sync().changed()).isZero();

        assertThat(sync().news).containsExactly("SYNCED 1", "SYNCED 1");
        sync().lookAgain();
        assertThat(sync().news).as("it is told once").hasSize(2);
    }

    @Test
    void shouldWriteOnlyWhatChanged() {
        repository
                .write("patterns/one/system.md", "One.")
                .write("patterns/two/system.md", "Two.")
                .commit("Ann");
        begin();
        assertThat(sync().lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(sync().changed()).isZero();

        String commit =
                repository.write("patterns/two/system.md", "Two, better.").commit("Bob");
        SourceStatus status = sync().lookAgain();

        assertThat(status.commit()).isEqualTo(commit);
        assertThat(sync().changed()).isEqualTo(1);
        assertThat(sync().pattern("shared/one").version()).isEqualTo(1);
        assertThat(sync().pattern("shared/two").version()).isEqualTo(2);
        assertThat(sync().pattern("shared/two").author()).isEqualTo("Bob <bob@example.com>");
    }

    @Test
    void shouldKeepTheLastGoodStateWhenACommitIsBrokenAndSayWhere() {
        String good = repository.write("patterns/one/system.md", "One.").commit("Ann");
        begin();
        String bad = repository
                .write("patterns/one/system.md", "One, better.")
                .write("patterns/two/system.md", "---\ndescription: fine\nmodell: gpt\n---\nTwo.")
                .commit("Bob");

        SourceStatus broken = sync().lookAgain();

        assertThat(broken.state()).isEqualTo(State.BROKEN);
        assertThat(broken.commit()).isEqualTo(good);
        assertThat(broken.triedCommit()).isEqualTo(bad);
        assertThat(broken.problem()).contains("1 file").contains("stays in force");
        assertThat(broken.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.error()).isTrue();
            assertThat(finding.toString())
                    .startsWith("patterns/two/system.md:3:")
                    .contains("modell");
        });
        assertThat(sync().pattern("shared/one").content()).isEqualTo("One.");

        repository.write("patterns/two/system.md", "Two.").commit("Bob");
        SourceStatus mended = sync().lookAgain();
        assertThat(mended.state()).isEqualTo(State.SYNCED);
        assertThat(mended.findings()).isEmpty();
        assertThat(sync().pattern("shared/one").content()).isEqualTo("One, better.");
        assertThat(sync().pattern("shared/two").version()).isEqualTo(1);
    }

    @Test
    void shouldDeprecateAnAssetWhoseFileIsRemovedUntilItIsBack() {
        repository
                .write("patterns/one/system.md", "One.")
                .write("patterns/two/system.md", "Two.")
                .commit("Ann");
        begin();

        repository.remove("patterns/two/system.md").commit("Ann");
        SourceStatus status = sync().lookAgain();

        assertThat(status.assets()).isEqualTo(1);
        assertThat(sync().changed()).isEqualTo(1);
        assertThat(sync().pattern("shared/two").content()).isEqualTo("Two.");
        assertThat(sync().pattern("shared/two").standing().deprecation())
                .satisfies(mark -> assertThat(String.valueOf(mark)).contains("has no file of it any more"));
        assertThat(sync().pattern("shared/one").standing().deprecation()).isNull();

        repository.write("patterns/two/system.md", "Two.").commit("Ann");
        sync().lookAgain();
        assertThat(sync().pattern("shared/two").standing().deprecation()).isNull();
        assertThat(sync().pattern("shared/two").version()).isEqualTo(1);
    }

    @Test
    void shouldSayWhenAFileReplacesWhatWasThere() {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        begin();
        sync().assets.put(sync().caller(), AssetKind.PATTERN, "shared/two", "Mine.", new Precondition.None());
        repository.write("patterns/two/system.md", "Theirs.").commit("Ann");

        SourceStatus status = sync().lookAgain();

        assertThat(status.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.error()).isFalse();
            assertThat(finding.text()).contains("shared/two was there already").contains("version 2");
        });
        assertThat(sync().pattern("shared/two@1").content()).isEqualTo("Mine.");
    }

    @Test
    void shouldReadADirectoryForEachNamespace() {
        repository
                .write("team-a/patterns/review/system.md", "Review it.")
                .write("workflows/team-b/data-pipeline.yaml", "name: data")
                .write("shared/summarize/system.md", "Summarize it.")
                .write("docs/readme.md", "no asset")
                .commit("Ann");

        SourceStatus status = begin(byNamespace(List.of(), GitSourceSettings.BrokenFiles.REFUSE));

        assertThat(status.state()).isEqualTo(State.SYNCED);
        assertThat(sync().pattern("team-a/review").content()).isEqualTo("Review it.");
        assertThat(sync().pattern("shared/summarize").content()).isEqualTo("Summarize it.");
        assertThat(sync().assets
                        .get(sync().caller(), AssetKind.WORKFLOW, "team-b/data-pipeline")
                        .version())
                .isEqualTo(1);
    }

    @Test
    void shouldWriteToNoOtherNamespaceThanAllowedNorToOneThatIsNone() {
        repository
                .write("team-a/patterns/review/system.md", "Review it.")
                .write("team-b/patterns/review/system.md", "Review it.")
                .write("~ann@example.com/patterns/review/system.md", "Review it.")
                .write("builtin/patterns/summarize/system.md", "Mine.")
                .commit("Ann");

        SourceStatus status = begin(
                byNamespace(List.of("team-a", "builtin", "~ann@example.com"), GitSourceSettings.BrokenFiles.SKIP));

        assertThat(status.state()).isEqualTo(State.SYNCED);
        assertThat(status.assets()).isEqualTo(1);
        assertThat(status.findings()).filteredOn(Finding::error).hasSize(3);
        assertThat(status.findings().toString())
                .contains("may not write to the namespace 'team-b'")
                .contains("there is no team 'builtin'")
                .contains("there is no team '~ann@example.com'");
    }

    @Test
    void shouldRefuseTwoFilesOfOneName() {
        repository
                .write("patterns/One/system.md", "1")
                .write("patterns/one/system.md", "2")
                .commit("Ann");

        SourceStatus status = begin();

        assertThat(status.state()).isEqualTo(State.BROKEN);
        assertThat(status.findings().toString()).contains("it would have the same name as patterns/One/system.md");
    }

    @Test
    void shouldSayThatThereIsNoSuchBranchOrRepository() {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        SourceStatus noBranch =
                begin(GitSourceSettings.ofGuide(repository.fileUrl(), "release", Duration.ofHours(1), false));
        assertThat(noBranch.state()).isIn(State.BROKEN, State.UNREACHABLE);
        assertThat(noBranch.problem()).contains("release");
        sync().close();

        SourceStatus nothing = begin(GitSourceSettings.ofGuide(
                directory.resolve("none.git").toUri().toString(), "main", Duration.ofHours(1), false));
        assertThat(nothing.state()).isEqualTo(State.UNREACHABLE);
        assertThat(nothing.problem()).contains("none.git");
    }

    @Test
    void shouldTellOnlyWhatExists() {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        begin();
        assertThatThrownBy(() -> sync().sources.lookNow(sync().organization, "libary"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("did you mean 'library'?");
        assertThatThrownBy(() -> sync().sources.get(dev.gantry.kernel.Ids.next(), TestingSync.SOURCE))
                .isInstanceOf(GantryException.class);
    }
}
