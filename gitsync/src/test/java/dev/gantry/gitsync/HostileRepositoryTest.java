package dev.gantry.gitsync;

import static dev.gantry.gitsync.TestingRepository.blob;
import static dev.gantry.gitsync.TestingRepository.rawTree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.config.DataSize;
import dev.gantry.gitsync.GitSourceSettings.BrokenFiles;
import dev.gantry.gitsync.GitSourceSettings.Layout;
import dev.gantry.gitsync.GitSourceSettings.Signatures;
import dev.gantry.gitsync.SourceStatus.State;
import dev.gantry.gitsync.TestingRepository.Entry;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetQuery;
import dev.gantry.registry.AssetStanding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One node and one repository, to which every test pushes something worse than the last good commit. */
class HostileRepositoryTest {
    private static final GitLimits TIGHT = new GitLimits(
            new DataSize(2 << 20),
            300,
            new DataSize(256 << 10),
            500,
            new DataSize(512 << 10),
            6,
            100,
            Duration.ofSeconds(30));

    @TempDir
    private Path directory;

    private TestingRepository repository;
    private TestingSync sync;
    private String good = "";

    @BeforeEach
    void open() {
        repository = new TestingRepository(directory.resolve("upstream.git"));
        good = repository.write("patterns/good/system.md", "Good.").commit("Ann");
        sync = new TestingSync(directory, TestingSync.settings(TIGHT), source());
        assertThat(sync.firstLook().state()).isEqualTo(State.SYNCED);
    }

    @AfterEach
    void close() {
        sync.close();
        repository.close();
    }

    private GitSourceSettings source() {
        return source(BrokenFiles.REFUSE);
    }

    private GitSourceSettings source(BrokenFiles broken) {
        return new GitSourceSettings(
                repository.fileUrl(),
                "main",
                Duration.ofHours(1),
                Optional.empty(),
                Layout.FABRIC,
                "shared",
                List.of(),
                Optional.empty(),
                broken,
                Signatures.OPTIONAL,
                Optional.empty(),
                false,
                Optional.empty());
    }

    private void assertKeepsTheLastGoodState(SourceStatus status, String reason) {
        assertThat(status.state()).isEqualTo(State.BROKEN);
        assertThat(status.commit()).isEqualTo(good);
        assertThat(status.problem() + status.findings()).contains(reason);
        assertThat(sync.pattern("shared/good").content()).isEqualTo("Good.");
        assertThat(sync.assets
                        .list(sync.caller(), AssetQuery.all(AssetKind.PATTERN))
                        .assets())
                .filteredOn(asset -> !asset.name().namespace().equals("builtin"))
                .hasSize(1);
    }

    /** Returns a tree {@code patterns/NAME/system.md}. */
    private static ObjectId pattern(ObjectInserter inserter, String name, Entry file) throws IOException {
        ObjectId one = rawTree(inserter, file);
        ObjectId all = rawTree(inserter, new Entry(FileMode.TREE, name, one));
        return rawTree(inserter, new Entry(FileMode.TREE, "patterns", all));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", ".git", ".GIT", "a/../../b", "/etc", ""})
    void shouldRefuseNamesThatLeadElsewhere(String name) {
        repository.commitTree(inserter ->
                pattern(inserter, name, new Entry(FileMode.REGULAR_FILE, "system.md", blob(inserter, "Mine."))));

        SourceStatus status = sync.lookAgain();

        assertKeepsTheLastGoodState(status, "patterns/");
    }

    @Test
    void shouldFollowNoLinkAndFetchNoSubmodule() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "password");
        repository.commitTree(inserter -> rawTree(
                inserter,
                new Entry(
                        FileMode.TREE,
                        "patterns",
                        rawTree(
                                inserter,
                                new Entry(
                                        FileMode.TREE,
                                        "link",
                                        rawTree(
                                                inserter,
                                                new Entry(
                                                        FileMode.SYMLINK,
                                                        "system.md",
                                                        blob(inserter, secret.toString())))),
                                new Entry(FileMode.GITLINK, "module", ObjectId.fromString("1".repeat(40)))))));

        SourceStatus status = sync.lookAgain();

        assertThat(status.state()).isEqualTo(State.SYNCED);
        assertThat(status.assets()).isZero();
        assertThat(status.findings().toString())
                .contains("patterns/link/system.md: a symbolic link, which is not followed")
                .contains("patterns/module: a submodule, which is not fetched");
    }

    @Test
    void shouldRunNoHookOfAnyRepository() throws IOException {
        Path trace = directory.resolve("trace");
        String program = "#!/bin/sh\ntouch " + trace + "\n";
        for (Path hooks : List.of(directory.resolve("upstream.git/hooks"), directory.resolve("cache"))) {
            Files.createDirectories(hooks);
        }
        for (String hook :
                List.of("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc", "post-upload-pack")) {
            Path file =
                    Files.writeString(directory.resolve("upstream.git/hooks").resolve(hook), program);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        repository
                .write("patterns/other/system.md", "Other.")
                .write(".gitattributes", "* filter=evil")
                .write(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=touch " + trace + "\n")
                .write(".lfsconfig", "[lfs]\n\turl = http://127.0.0.1:1/\n")
                .commit("Mallory");

        assertThat(sync.lookAgain().state()).isEqualTo(State.SYNCED);

        assertThat(trace).doesNotExist();
        assertThat(sync.pattern("shared/other").content()).isEqualTo("Other.");
    }

    @Test
    void shouldRefuseALargeObjectHoweverSmallItIsPacked() {
        repository.write("patterns/zeros/system.md", new byte[8 << 20]).commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "git.limits.object_size_max");
    }

    @Test
    void shouldRefuseALargePack() {
        Random random = new Random(1);
        for (int index = 0; index < 20; index++) {
            byte[] noise = new byte[200 << 10];
            random.nextBytes(noise);
            repository.write("data/" + index, noise);
        }
        repository.commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "git.limits.pack_size_max");
    }

    @Test
    void shouldRefuseTooManyObjects() {
        for (int index = 0; index < 400; index++) {
            repository.write("data/" + index % 60 + "/" + index, "text " + index);
        }
        repository.commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "git.limits.objects_max");
    }

    @Test
    void shouldRefuseTooManyFilesAndNotWalkATreeThatIsMadeOfItself() {
        repository.commitTree(inserter -> {
            ObjectId tree = rawTree(inserter, new Entry(FileMode.REGULAR_FILE, "system.md", blob(inserter, "x")));
            for (int level = 0; level < 6; level++) {
                Entry[] entries = new Entry[10];
                for (int index = 0; index < entries.length; index++) {
                    entries[index] = new Entry(FileMode.TREE, "d" + index, tree);
                }
                tree = rawTree(inserter, entries);
            }
            return tree;
        });

        assertKeepsTheLastGoodState(sync.lookAgain(), "git.limits.files_max");
    }

    @Test
    void shouldRefuseADeepTree() {
        repository.write("patterns/" + "d/".repeat(20) + "system.md", "Deep.").commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "git.limits.depth_max");
    }

    @Test
    void shouldNotSayThatIsGoneWhatLiesBelowADirectoryThatCannotBeRead() {
        sync.close();
        repository.write("patterns/a/b/deep/system.md", "Deep.").commit("Ann");
        sync = new TestingSync(directory, TestingSync.settings(TIGHT), source(BrokenFiles.SKIP));
        assertThat(sync.firstLook().assets()).isEqualTo(2);

        repository.commitTree(inserter -> rawTree(
                inserter,
                new Entry(FileMode.REGULAR_FILE, ".git", blob(inserter, "gitdir: /etc")),
                new Entry(FileMode.TREE, "patterns", rawTree(inserter))));
        SourceStatus hostileRoot = sync.lookAgain();

        assertThat(hostileRoot.state()).isEqualTo(State.SYNCED);
        assertThat(hostileRoot.findings().toString()).contains("/: the directory is not one");
        assertThat(hostileRoot.assets()).isEqualTo(2);
        assertThat(deprecation("shared/good")).isNull();
        assertThat(deprecation("shared/a/b/deep")).isNull();

        repository
                .write("patterns/a/b/deep/c/d/e/system.md", "Too deep.")
                .remove("patterns/good/system.md")
                .commit("Mallory");
        SourceStatus mended = sync.lookAgain();
        assertThat(mended.findings().toString()).contains("git.limits.depth_max");
        assertThat(deprecation("shared/a/b/deep")).isNull();
        assertThat(deprecation("shared/good")).as("this one is gone").isNotNull();
    }

    private AssetStanding.@Nullable Deprecation deprecation(String pattern) {
        return sync.pattern(pattern).standing().deprecation();
    }

    @Test
    void shouldRefuseACommitWhoseObjectsAreMissing() {
        repository.commitTree(inserter -> pattern(
                inserter, "x", new Entry(FileMode.REGULAR_FILE, "system.md", ObjectId.fromString("2".repeat(40)))));

        SourceStatus status = sync.lookAgain();

        assertThat(status.state()).isIn(State.BROKEN, State.UNREACHABLE);
        assertThat(status.commit()).isEqualTo(good);
    }

    @Test
    void shouldRefuseWhatIsNoText() {
        repository
                .write("patterns/binary/system.md", new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1})
                .commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "it is not UTF-8");
    }

    @Test
    void shouldNotTakeAPointerOfLfsForAText() {
        repository
                .write(
                        "patterns/large/system.md",
                        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d".repeat(32) + "\nsize 12345\n")
                .commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "pointer of Git LFS");
    }

    @Test
    void shouldRefuseNamesThatDifferByCapitalsOnly() {
        repository
                .write("patterns/Review/system.md", "One.")
                .write("patterns/review/system.md", "Another.")
                .commit("Mallory");

        assertKeepsTheLastGoodState(sync.lookAgain(), "it would have the same name as patterns/Review/system.md");
    }

    @Test
    void shouldMakeAPlainNameOfOneThatIsNotUtf8() {
        repository.commitTree(inserter -> {
            ObjectId one = rawTree(inserter, new Entry(FileMode.REGULAR_FILE, "system.md", blob(inserter, "Latin.")));
            ByteArrayOutputStream names = new ByteArrayOutputStream();
            FileMode.TREE.copyTo(names);
            names.writeBytes(" caf\u00e9\0".getBytes(StandardCharsets.ISO_8859_1));
            one.copyRawTo(names);
            ObjectId all = inserter.insert(Constants.OBJ_TREE, names.toByteArray());
            return rawTree(inserter, new Entry(FileMode.TREE, "patterns", all));
        });

        SourceStatus status = sync.lookAgain();

        assertThat(status.problem()).isEmpty();
        assertThat(status.findings().toString()).contains("its own name cannot be used");
        assertThat(status.assets()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ext::sh -c id",
                "--upload-pack=id",
                "https://ann:secret@example.com/x.git",
                "http://example.com/x.git",
                "ftp://example.com/x.git",
                "/etc"
            })
    void shouldRefuseAddressesThatAreNotAllowed(String address) {
        GitSettings strict =
                new GitSettings(java.util.Map.of(), java.util.Map.of(), java.util.Map.of(), false, false, TIGHT);
        GitSource hostile = new GitSource(
                "x", sync.organization, GitSourceSettings.ofGuide(address, "main", Duration.ofHours(1), false));

        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> GitSources.check(hostile, strict)))
                .isInstanceOf(GantryException.class)
                .hasMessageNotContaining("secret");
    }
}
