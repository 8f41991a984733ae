package dev.gantry.gitsync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetQuery;
import dev.gantry.testing.TestingAuthority;
import dev.gantry.testing.TestingAuthority.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories behind HTTP and a token. */
class GitHostTest {
    @TempDir
    private Path directory;

    private TestingRepository repository;
    private TestingGitHost host;

    @BeforeEach
    void open() throws IOException {
        repository = new TestingRepository(directory.resolve("hosted.git"));
        host = new TestingGitHost(repository.repository());
    }

    @AfterEach
    void close() {
        host.close();
        repository.close();
    }

    private static GitSettings settings(String token) {
        return settings(token, null);
    }

    private static GitSettings settings(String token, @Nullable Path authorities) {
        GitHostSettings access = new GitHostSettings(
                "git",
                Optional.of(Secret.of(token)),
                Optional.ofNullable(authorities),
                Optional.empty(),
                Optional.empty());
        return new GitSettings(Map.of(), Map.of(), Map.of("127.0.0.1", access), false, true, GitLimits.defaults());
    }

    private GitSourceSettings source() {
        return GitSourceSettings.ofGuide(host.url(), "main", Duration.ofHours(1), false);
    }

    @Test
    void shouldFollowWithAToken() {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        try (TestingSync sync = new TestingSync(directory, settings(TestingGitHost.TOKEN), source())) {
            assertThat(sync.firstLook().problem()).isEmpty();
            assertThat(sync.pattern("shared/one").content()).isEqualTo("One.");
            repository.write("patterns/one/system.md", "One, better.").commit("Bob");
            assertThat(sync.lookAgain().problem()).isEmpty();
            assertThat(sync.pattern("shared/one").version()).isEqualTo(2);
        }
    }

    @Test
    void shouldSayThatATokenIsWrongAndNotWhatItIs() {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        try (TestingSync sync = new TestingSync(directory, settings("wrong-token"), source())) {
            SourceStatus status = sync.firstLook();
            assertThat(status.state()).isEqualTo(SourceStatus.State.UNREACHABLE);
            assertThat(status.problem()).containsIgnoringCase("not authorized").doesNotContain("wrong-token");
        }
    }

    @Test
    void shouldPushWithATokenToAnEmptyRepositoryAndAgain() throws IOException {
        GitExportSettings export = new GitExportSettings(
                host.url(),
                "main",
                Duration.ofHours(1),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                "Gantry",
                "gantry@example.com");
        try (TestingExport node = new TestingExport(directory, settings(TestingGitHost.TOKEN), export)) {
            node.firstLook();
            for (String text : List.of("One.", "One, better.", "One, best.")) {
                node.put(AssetKind.PATTERN, "shared/one", text);
                ExportStatus status = node.lookAgain();
                assertThat(status.problem()).isEmpty();
                assertThat(Objects.requireNonNull(repository.repository().resolve("refs/heads/main"))
                                .name())
                        .isEqualTo(status.commit());
            }
        }
    }

    @Test
    void shouldSayThatAHostLetsNobodyPush() {
        GitExportSettings export = new GitExportSettings(
                host.url(),
                "main",
                Duration.ofHours(1),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                "Gantry",
                "gantry@example.com");
        try (TestingExport node = new TestingExport(directory, settings("wrong-token"), export)) {
            node.firstLook();
            node.put(AssetKind.PATTERN, "shared/one", "One.");
            ExportStatus status = node.lookAgain();
            assertThat(status.state()).isEqualTo(ExportStatus.State.UNREACHABLE);
            assertThat(status.problem()).containsIgnoringCase("not authorized").doesNotContain("wrong-token");
        }
    }

    @Test
    void shouldFollowOverTlsWithAnAuthorityOfItsOwn() throws IOException {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        TestingAuthority authority = TestingAuthority.of("Company");
        Path trusted = Files.writeString(directory.resolve("ca.pem"), authority.pem());
        try (TestingGitHost secured =
                        new TestingGitHost(repository.repository(), authority.issue(Wish.server("ip:127.0.0.1")));
                TestingSync sync = new TestingSync(
                        directory,
                        settings(TestingGitHost.TOKEN, trusted),
                        GitSourceSettings.ofGuide(secured.url(), "main", Duration.ofHours(1), false))) {
            assertThat(sync.firstLook().problem()).isEmpty();
            assertThat(sync.pattern("shared/one").content()).isEqualTo("One.");
        }
    }

    @Test
    void shouldRefuseCertificatesOfOthersOrForAnotherNameAndKeepTheTokenToItself() throws IOException {
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        TestingAuthority authority = TestingAuthority.of("Company");
        Path trusted = Files.writeString(directory.resolve("ca.pem"), authority.pem());
        List<TestingAuthority.Issued> bad = List.of(
                TestingAuthority.of("Stranger").issue(Wish.server("ip:127.0.0.1")),
                authority.issue(Wish.server("dns:elsewhere.example.com")));
        for (TestingAuthority.Issued certificate : bad) {
            try (TestingGitHost secured = new TestingGitHost(repository.repository(), certificate);
                    TestingSync sync = new TestingSync(
                            directory,
                            settings(TestingGitHost.TOKEN, trusted),
                            GitSourceSettings.ofGuide(secured.url(), "main", Duration.ofHours(1), false))) {
                SourceStatus status = sync.firstLook();
                assertThat(status.state()).isEqualTo(SourceStatus.State.UNREACHABLE);
                assertThat(status.problem()).contains("certificate").doesNotContain(TestingGitHost.TOKEN);
                assertThat(sync.assets
                                .list(sync.caller(), AssetQuery.all(AssetKind.PATTERN))
                                .assets())
                        .allMatch(asset -> asset.name().namespace().equals("builtin"));
            }
        }
    }
}
