package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrganizationCommandsTest {
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
    void shouldPrintTheKeyOfTheFirstUserAlone() {
        platform.answer("POST /api/v1/organizations", """
                        {"name":"acme","administrator":{"name":"boss@acme.example"},"key":{"key":"gk_abc_secret"}}""");

        console.run("organizations", "create", "acme", "--admin", "boss@acme.example");

        assertThat(console.out()).isEqualTo("gk_abc_secret\n");
        assertThat(console.err())
                .contains("acme", "boss@acme.example", "not shown again")
                .doesNotContain("secret");
        assertThat(platform.lastRequest().json())
                .isEqualTo(Json.read("{\"name\":\"acme\",\"administrator\":\"boss@acme.example\"}"));
    }

    @Test
    void shouldAskForTheFirstUser() {
        assertThat(console.run("organizations", "create", "acme")).isEqualTo(ExitCode.USAGE);
        assertThat(console.err()).contains("--admin");
    }

    @Test
    void shouldSuspendResumeAndDelete() {
        platform.answer("POST /api/v1/organizations/acme/suspend", "{}");
        platform.answer("POST /api/v1/organizations/acme/resume", "{}");
        platform.answer("DELETE /api/v1/organizations/acme", "{}");

        console.run("organizations", "suspend", "acme");
        console.run("organizations", "resume", "acme");
        console.run("organizations", "delete", "acme");

        assertThat(console.out()).isEqualTo("Suspended acme\nResumed acme\nClosed acme\n");
    }

    @Test
    void shouldTellAsWhomThePlatformSeesTheKey() {
        platform.answer("GET /api/v1/whoami", """
                        {"principal":"boss@acme.example","kind":"user","organization":"01a1","teams":["a","b"],
                         "team":"a","project":null,"key_id":"7"}""");

        console.run("whoami");

        assertThat(console.out().lines())
                .containsExactly(
                        "principal     boss@acme.example",
                        "kind          user",
                        "organization  01a1",
                        "teams         a, b",
                        "paying team   a",
                        "key id        7");
    }
}
