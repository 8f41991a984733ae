package dev.gantry.gitsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.gitsync.ExportStatus.State;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.registry.AssetKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitExportTest {
    @TempDir
    private Path directory;

    private TestingRepository repository;
    private @Nullable TestingExport opened;

    @BeforeEach
    void open() {
        repository = new TestingRepository(directory.resolve("backup.git"));
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        repository.close();
    }

    private TestingExport node() {
        return Objects.requireNonNull(opened);
    }

    private static GitExportSettings to(String address, List<String> namespaces, @Nullable String below) {
        return new GitExportSettings(
                address,
                "main",
                Duration.ofHours(1),
                Optional.empty(),
                namespaces,
                Optional.ofNullable(below),
                "Gantry",
                "gantry@example.com");
    }

    private void begin() {
        begin(to(repository.fileUrl(), List.of(), null));
    }

    private void begin(GitExportSettings settings) {
        opened = new TestingExport(directory, settings);
        assertThat(node().firstLook().problem()).isEmpty();
    }

    /** Returns the commits of the branch, the oldest first. */
    private List<RevCommit> commits() throws IOException {
        ObjectId tip = repository.repository().resolve("refs/heads/main");
        List<RevCommit> commits = new ArrayList<>();
        if (tip != null) {
            try (RevWalk walk = new RevWalk(repository.repository())) {
                walk.markStart(walk.parseCommit(tip));
                walk.forEach(commits::add);
            }
        }
        Collections.reverse(commits);
        return commits;
    }

    private List<String> subjects() throws IOException {
        return commits().stream().map(RevCommit::getShortMessage).toList();
    }

    private List<String> files() throws IOException {
        List<String> files = new ArrayList<>();
        try (TreeWalk walk = new TreeWalk(repository.repository())) {
            walk.addTree(commits().getLast().getTree());
            walk.setRecursive(true);
            while (walk.next()) {
                files.add(walk.getPathString());
            }
        }
        return files;
    }

    private String text(String path) throws IOException {
        try (TreeWalk walk = TreeWalk.forPath(
                repository.repository(), path, commits().getLast().getTree())) {
            return new String(
                    repository
                            .repository()
                            .open(Objects.requireNonNull(walk).getObjectId(0), Constants.OBJ_BLOB)
                            .getBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldCommitEachVersionWithItsAuthorAndTime() throws IOException {
        begin();
        assertThat(commits()).isEmpty();
        node().put(AssetKind.PATTERN, "shared/review", "Review it.");
        node().put(AssetKind.PATTERN, "shared/review", "Review it well.");
        node().put(AssetKind.WORKFLOW, "team-a/nightly", "name: nightly");
        node().put(AssetKind.PATTERN, "~root@example.com/secret", "Nobody's business.");

        ExportStatus status = node().lookAgain();

        assertThat(status.state()).isEqualTo(State.EXPORTED);
        assertThat(status.assets()).isEqualTo(2);
        assertThat(subjects())
                .containsExactly(
                        "pattern shared/review: version 1",
                        "pattern shared/review: version 2",
                        "workflow team-a/nightly: version 1");
        RevCommit first = commits().getFirst();
        assertThat(first.getAuthorIdent().getName()).isEqualTo("Root of All");
        assertThat(first.getAuthorIdent().getEmailAddress()).isEqualTo("root@example.com");
        assertThat(first.getCommitterIdent().getName()).isEqualTo("Gantry");
        assertThat(first.getAuthorIdent().getWhenAsInstant().getEpochSecond())
                .isEqualTo(
                        node().createdAt(AssetKind.PATTERN, "shared/review@1").getEpochSecond());
        assertThat(files()).containsExactly("shared/patterns/review/system.md", "team-a/workflows/nightly.yaml");
        assertThat(text("shared/patterns/review/system.md")).isEqualTo("Review it well.");
        assertThat(status.commit()).isEqualTo(commits().getLast().name());

        assertThat(node().lookAgain().commit()).isEqualTo(status.commit());
        assertThat(node().commits()).isZero();
    }

    @Test
    void shouldRemoveWhatIsDeletedAndPutBackWhatIsMadeAgain() throws IOException {
        begin();
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        node().put(AssetKind.PATTERN, "shared/two", "Two.");
        node().lookAgain();
        node().delete("shared/one");
        node().lookAgain();
        assertThat(files()).containsExactly("shared/patterns/two/system.md");
        assertThat(subjects()).last().isEqualTo("pattern shared/one: removed");

        node().put(AssetKind.PATTERN, "shared/one", "One again.");
        assertThat(node().lookAgain().assets()).isEqualTo(2);
        assertThat(text("shared/patterns/one/system.md")).isEqualTo("One again.");
        assertThat(subjects()).last().isEqualTo("pattern shared/one: version 2");
    }

    @Test
    void shouldNeitherLoseNorRepeatACommitWhenItDiedAfterThePush() throws IOException {
        begin();
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        node().put(AssetKind.PATTERN, "shared/one", "One, better.");
        node().lookAgain();
        List<String> before = subjects();

        node().forgetWhatWasExported();
        node().put(AssetKind.PATTERN, "shared/one", "One, best.");
        node().lookAgain();

        assertThat(subjects()).startsWith(before.toArray(String[]::new)).hasSize(3);
        assertThat(subjects()).last().isEqualTo("pattern shared/one: version 3");
    }

    @Test
    void shouldGoOnFromItsOwnCommits() throws IOException {
        begin();
        for (int version = 1; version <= 4; version++) {
            node().put(AssetKind.PATTERN, "shared/one", "One, " + version + ".");
            assertThat(node().lookAgain().problem()).isEmpty();
        }
        assertThat(subjects()).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void shouldPutItsCommitsUponWhatOthersPush() throws IOException {
        repository.write("README.md", "Ours.").write("docs/a b.txt", "x").commit("Ann");
        begin();
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        node().lookAgain();
        assertThat(files()).containsExactly("README.md", "docs/a b.txt", "shared/patterns/one/system.md");

        repository
                .write("shared/patterns/one/system.md", "One.")
                .write("README.md", "Changed.")
                .commit("Bob");
        node().put(AssetKind.PATTERN, "shared/two", "Two.");
        node().lookAgain();

        assertThat(text("README.md")).isEqualTo("Changed.");
        assertThat(files()).contains("shared/patterns/two/system.md");
        assertThat(subjects())
                .filteredOn(subject -> subject.contains("shared/one"))
                .hasSize(1);
    }

    @Test
    void shouldGiveTheSameAssetsToWhoeverFollowsIt() {
        begin();
        String strategy = "---\ndescription: Careful\ntags: [slow]\n---\nThink twice.\n";
        node().put(AssetKind.PATTERN, "shared/analysis/threat", "---\ndescription: Finds threats.\n---\nFind them.\n");
        node().put(AssetKind.PATTERN, "team-a/contexts/odd", "Named like a kind.");
        node().put(AssetKind.CONTEXT, "team-a/company", "We build bridges.\n");
        node().put(AssetKind.STRATEGY, "shared/careful", strategy);
        node().put(AssetKind.STRATEGY, "shared/plain", "Just think.");
        node().put(AssetKind.WORKFLOW, "team-a/nightly", "name: nightly\n");
        node().lookAgain();

        GitSourceSettings follow = new GitSourceSettings(
                repository.fileUrl(),
                "main",
                Duration.ofHours(1),
                Optional.empty(),
                GitSourceSettings.Layout.NAMESPACES,
                "shared",
                List.of(),
                Optional.empty(),
                GitSourceSettings.BrokenFiles.REFUSE,
                GitSourceSettings.Signatures.OPTIONAL,
                Optional.empty(),
                false,
                Optional.empty());
        try (TestingSync other =
                new TestingSync(directory.resolve("other"), TestingSync.settings(GitLimits.defaults()), follow)) {
            assertThat(other.firstLook().problem()).isEmpty();
            for (String name : List.of("shared/analysis/threat", "team-a/contexts/odd")) {
                assertThat(other.pattern(name).content()).isEqualTo(node().content(AssetKind.PATTERN, name));
            }
            assertThat(other.assets
                            .get(other.caller(), AssetKind.STRATEGY, "shared/careful")
                            .content())
                    .isEqualTo(strategy);
            assertThat(other.assets
                            .get(other.caller(), AssetKind.STRATEGY, "shared/plain")
                            .content())
                    .isEqualTo("Just think.");
            assertThat(other.assets
                            .get(other.caller(), AssetKind.CONTEXT, "team-a/company")
                            .content())
                    .isEqualTo("We build bridges.\n");
            assertThat(other.assets
                            .get(other.caller(), AssetKind.WORKFLOW, "team-a/nightly")
                            .content())
                    .isEqualTo("name: nightly\n");
            assertThat(other.pattern("shared/analysis/threat").author()).isEqualTo("Root of All <root@example.com>");
        }
    }

    @Test
    void shouldExportOnlyTheNamespacesThatAreNamedBelowADirectory() throws IOException {
        begin(to(repository.fileUrl(), List.of("team-a"), "registry/all"));
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        node().put(AssetKind.PATTERN, "team-a/two", "Two.");
        node().lookAgain();
        assertThat(files()).containsExactly("registry/all/team-a/patterns/two/system.md");
    }

    @Test
    void shouldSayWhatIsNoRepositoryAndGoOnWhenItIs() throws IOException {
        Path later = directory.resolve("later.git");
        opened = new TestingExport(directory, to(later.toUri().toString(), List.of(), null));
        node().firstLook();
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        ExportStatus away = node().lookAgain();
        assertThat(away.state()).isEqualTo(State.UNREACHABLE);
        assertThat(away.problem()).isNotEmpty();

        try (TestingRepository made = new TestingRepository(later)) {
            assertThat(node().lookAgain().state()).isEqualTo(State.EXPORTED);
            assertThat(made.repository().resolve("refs/heads/main")).isNotNull();
        }
    }

    @Test
    void shouldNotShowAnExportToOtherOrganizations() {
        begin();
        UUID other = Ids.next();
        assertThat(node().exports().list(other)).isEmpty();
        assertThatThrownBy(() -> node().exports().get(other, "backup")).isInstanceOf(GantryException.class);
        assertThatThrownBy(() -> node().exports().lookNow(other, "backup")).isInstanceOf(GantryException.class);
    }

    @Test
    void shouldRefuseNamespacesOfUsers() {
        assertThatThrownBy(() -> to(repository.fileUrl(), List.of("~ann"), null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> to(repository.fileUrl(), List.of(), "../up"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void setBranch(@Nullable ObjectId to) throws IOException {
        RefUpdate update = repository.repository().updateRef("refs/heads/main");
        update.setForceUpdate(true);
        if (to == null) {
            assertThat(update.delete()).isEqualTo(RefUpdate.Result.FORCED);
        } else {
            update.setNewObjectId(to);
            assertThat(update.update()).isEqualTo(RefUpdate.Result.FORCED);
        }
    }

    @Test
    void shouldCommitAgainWhatABranchLostThatWasSetBack() throws IOException {
        begin();
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        node().lookAgain();
        ObjectId early = commits().getLast().getId();
        node().put(AssetKind.PATTERN, "shared/two", "Two.");
        node().lookAgain();
        setBranch(early);
        node().put(AssetKind.PATTERN, "shared/three", "Three.");

        assertThat(node().lookAgain().problem()).isEmpty();

        assertThat(subjects())
                .containsExactly(
                        "pattern shared/one: version 1",
                        "pattern shared/two: version 1",
                        "pattern shared/three: version 1");
    }

    @Test
    void shouldFillABranchThatWasEmptied() throws IOException {
        begin();
        node().put(AssetKind.PATTERN, "shared/one", "One.");
        node().put(AssetKind.PATTERN, "shared/one", "One, better.");
        node().lookAgain();
        setBranch(null);
        node().put(AssetKind.PATTERN, "shared/two", "Two.");

        assertThat(node().lookAgain().problem()).isEmpty();

        assertThat(subjects())
                .containsExactly(
                        "pattern shared/one: version 1",
                        "pattern shared/one: version 2",
                        "pattern shared/two: version 1");
        assertThat(text("shared/patterns/one/system.md")).isEqualTo("One, better.");
    }

    @Test
    void shouldPushLargeTextsInParts() throws IOException {
        begin();
        String large = "x".repeat(400_000);
        for (int number = 0; number < 50; number++) {
            node().put(AssetKind.CONTEXT, "shared/large-" + number, number + large);
        }

        assertThat(node().lookAgain().problem()).isEmpty();

        assertThat(commits()).hasSize(50);
    }
}
