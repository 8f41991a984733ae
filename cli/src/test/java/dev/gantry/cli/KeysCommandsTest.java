package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysCommandsTest {
    private TestingPlatform platform;
    private TestingConsole console;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
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

        assertThat(platform.requests()).hasSize(1);
        assertThat(console.err()).contains("keys:delete").contains("Ask an administrator");
    }
}
