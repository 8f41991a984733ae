package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandsTest {
    private TestingPlatform platform;
    private TestingConsole console;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        platform.answer("GET /api/v1/whoami", "{\"key_id\":\"own\"}");
        console = TestingConsole.of(platform);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void shouldPrintANewKeyAloneSoThatItCanBePiped() {
        platform.answer("POST /api/v1/keys", "{\"id\":\"7\",\"prefix\":\"abc\",\"key\":\"gk_abc_secret\"}");

        console.run("keys", "create", "ci", "--team", "team-a", "--permission", "patterns:*", "--expires", "90d");

        assertThat(console.out()).isEqualTo("gk_abc_secret\n");
        assertThat(console.err()).contains("not shown again").doesNotContain("secret");
        assertThat(platform.lastRequest().json()).isEqualTo(Json.read("""
                                {"name":"ci","team":"team-a","permissions":["patterns:*"],
                                 "expires_at":"2027-02-19T12:00:00Z"}"""));
        assertThat(platform.lastRequest().header("Idempotency-key")).isNotEmpty();
    }

    @Test
    void shouldRevokeEachOfSeveralKeys() {
        platform.answer("DELETE /api/v1/keys/1", new TestingPlatform.Answer(204, "", "", java.util.Map.of()));
        platform.answer("DELETE /api/v1/keys/2", new TestingPlatform.Answer(204, "", "", java.util.Map.of()));

        assertThat(console.run("keys", "revoke", "1", "2")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).isEqualTo("Revoked 1\nRevoked 2\n");
    }

    @Test
    void shouldStopAtAKeyThatCannotBeRevoked() {
        platform.refuse("DELETE /api/v1/keys/1", 403, "{\"code\":\"permission_denied\",\"detail\":\"keys:delete\"}");

        assertThat(console.run("keys", "revoke", "1", "2")).isEqualTo(ExitCode.FAILED);

        assertThat(platform.requests()).hasSize(2);
        assertThat(console.err()).contains("keys:delete").contains("Ask an administrator");
    }

    @Test
    void shouldNotRevokeTheKeyInUseUnlessForced() {
        platform.answer("DELETE /api/v1/keys/own", "{}");

        assertThat(console.run("keys", "revoke", "own")).isEqualTo(ExitCode.FAILED);
        assertThat(console.err()).contains("--force");
        assertThat(platform.requests())
                .extracting(TestingPlatform.Request::method)
                .containsExactly("GET");

        assertThat(console.run("keys", "revoke", "own", "--force")).isEqualTo(ExitCode.DONE);
    }

    @Test
    void shouldRetireTheOlderOfTwoSecrets() {
        platform.answer("GET /api/v1/keys/7", "{\"secrets\":[{\"id\":\"new\"},{\"id\":\"old\"}]}");
        platform.answer("DELETE /api/v1/keys/7/secrets/old", "{}");

        assertThat(console.run("keys", "retire", "7")).isEqualTo(ExitCode.DONE);
    }

    @Test
    void shouldKeepTheOnlySecret() {
        platform.answer("GET /api/v1/keys/7", "{\"secrets\":[{\"id\":\"only\"}]}");

        assertThat(console.run("keys", "retire", "7")).isEqualTo(ExitCode.FAILED);

        assertThat(platform.requests()).hasSize(1);
    }

    @Test
    void shouldKeepTheCredentialsOfTheLocalPlatformWorkingWhenTheirKeyIsRotated(@TempDir Path dataDir)
            throws IOException {
        Path file = Files.writeString(dataDir.resolve("credentials"), "url=http://127.0.0.1:1\napi_key=gk_old\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        Credentials.replaceKey(dataDir, "gk_new");

        assertThat(file).hasContent("url=http://127.0.0.1:1\napi_key=gk_new\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Credentials.key(dataDir)).contains(Secret.of("gk_new"));
    }
}
