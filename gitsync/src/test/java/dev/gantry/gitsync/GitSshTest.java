package dev.gantry.gitsync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.registry.AssetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories behind SSH: who the host is, and who is let in. */
class GitSshTest {
    @TempDir
    private Path directory;

    private TestingRepository repository;
    private TestingSshHost host;
    private Path knownHosts;

    @BeforeEach
    void open() throws IOException {
        repository = new TestingRepository(directory.resolve("hosted.git"));
        repository.write("patterns/one/system.md", "One.").commit("Ann");
        host = new TestingSshHost(repository.repository());
        knownHosts = directory.resolve("known_hosts");
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        repository.close();
    }

    private GitSettings settings(Path key) {
        GitHostSettings access = new GitHostSettings(
                "git", Optional.empty(), Optional.empty(), Optional.of(key), Optional.of(knownHosts));
        return new GitSettings(Map.of(), Map.of(), Map.of("127.0.0.1", access), false, false, GitLimits.defaults());
    }

    private SourceStatus look(Path key) {
        try (TestingSync sync = new TestingSync(
                directory, settings(key), GitSourceSettings.ofGuide(host.url(), "main", Duration.ofHours(1), false))) {
            return sync.firstLook();
        }
    }

    @Test
    void shouldFollowAndPushWithAKey() throws IOException {
        Files.writeString(knownHosts, host.knownHost());
        Path key = host.userKey(directory.resolve("id"));
        assertThat(look(key).problem()).isEmpty();
        GitExportSettings export = new GitExportSettings(
                host.url(),
                "registry",
                Duration.ofHours(1),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                "Gantry",
                "gantry@example.com");
        try (TestingExport node = new TestingExport(directory, settings(key), export)) {
            node.firstLook();
            node.put(AssetKind.PATTERN, "shared/two", "Two.");
            assertThat(node.lookAgain().problem()).isEmpty();
        }
        assertThat(repository.repository().resolve("refs/heads/registry")).isNotNull();
    }

    @Test
    void shouldNotSpeakToAHostThatIsNotKnownAndNotAddIt() throws IOException {
        Files.writeString(knownHosts, "");
        SourceStatus status = look(host.userKey(directory.resolve("id")));
        assertThat(status.state()).isEqualTo(SourceStatus.State.UNREACHABLE);
        assertThat(status.problem()).contains("is not in " + knownHosts, "SHA256:", "ssh-keyscan");
        assertThat(knownHosts).isEmptyFile();
    }

    @Test
    void shouldNotSpeakToAHostWhoseKeyHasChangedAndSayWhatToDo() throws IOException {
        Files.writeString(knownHosts, host.knownHost(TestingSshHost.key()));
        SourceStatus status = look(host.userKey(directory.resolve("id")));
        assertThat(status.state()).isEqualTo(SourceStatus.State.UNREACHABLE);
        assertThat(status.problem()).contains("is not the one in", "somebody may be in between", "replace the line");
    }

    @Test
    void shouldSayThatAKeyIsNotLetInAndNotWhatItIs() throws IOException {
        Files.writeString(knownHosts, host.knownHost());
        Path stranger = TestingSshHost.write(TestingSshHost.key(), directory.resolve("stranger"));
        SourceStatus status = look(stranger);
        assertThat(status.state()).isEqualTo(SourceStatus.State.UNREACHABLE);
        assertThat(status.problem()).contains("127.0.0.1").doesNotContain("PRIVATE KEY");
    }
}
