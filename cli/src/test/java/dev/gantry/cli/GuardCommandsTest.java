package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardCommandsTest {
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
    void shouldPrintTheTextAsItPassesAndBesideItWhatWasFound() {
        platform.answer("POST /api/v1/guard/inspect", """
                {"direction":"prompt","inspected":true,"blocked":false,"text":"to [EMAIL_1]",
                 "findings":[{"kind":"email","action":"redact","count":1}]}""");

        assertThat(console.typing("to a@example.com").run("guard", "scan", "-", "--team", "research"))
                .isEqualTo(ExitCode.DONE);

        assertThat(console.out()).isEqualTo("to [EMAIL_1]\n");
        assertThat(console.err()).contains("email: 1 (redact)");
        assertThat(platform.lastRequest().json().path("text").asText()).isEqualTo("to a@example.com");
        assertThat(platform.lastRequest().json().path("team").asText()).isEqualTo("research");
    }

    @Test
    void shouldEndWithOneWhenTheTextWouldBeRefused() {
        platform.answer("POST /api/v1/guard/inspect", """
                {"direction":"answer","inspected":true,"blocked":true,"text":null,"reason":"It holds: ssn",
                 "findings":[{"kind":"ssn","action":"block","count":1}]}""");

        assertThat(console.typing("123-45-6789").run("guard", "scan", "-", "--answer"))
                .isEqualTo(ExitCode.FAILED);

        assertThat(console.out()).isEmpty();
        assertThat(console.err()).contains("It holds: ssn");
        assertThat(platform.lastRequest().json().path("direction").asText()).isEqualTo("answer");
    }

    @Test
    void shouldSayThatNothingWasLookedAt() {
        platform.answer("POST /api/v1/guard/inspect", """
                {"direction":"prompt","inspected":false,"blocked":false,"text":"x","findings":[]}""");

        console.typing("x").run("guard", "scan", "-");

        assertThat(console.err()).contains("The guard is off");
    }
}
