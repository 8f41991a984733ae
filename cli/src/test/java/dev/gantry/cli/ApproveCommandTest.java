package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApproveCommandTest {
    private TestingPlatform platform;
    private TestingConsole console;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        console = TestingConsole.of(platform);
        platform.answer(
                "GET /api/v1/reviews",
                "{\"items\":[{\"id\":\"one\"},{\"id\":\"two\"},{\"id\":\"three\"}],\"next_cursor\":null}");
        for (String id : new String[] {"one", "two", "three"}) {
            platform.answer("POST /api/v1/reviews/" + id + "/entries", review(id));
            platform.answer("POST /api/v1/reviews/" + id + "/publish", review(id));
        }
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private static String review(String id) {
        return "{\"id\":\"%s\",\"name\":\"team-a/%s\",\"version\":4,\"ready\":true,\"missing\":[]}".formatted(id, id);
    }

    private void refuse(String call, String why) {
        platform.answer(
                call,
                new TestingPlatform.Answer(
                        409,
                        "application/problem+json",
                        "{\"status\":409,\"code\":\"conflict\",\"detail\":\"" + why + "\"}",
                        Map.of()));
    }

    @Test
    void shouldSayThatAVersionIsApprovedThoughItCouldNotBePublished() {
        refuse("POST /api/v1/reviews/two/publish", "Version 5 is published already");

        assertThat(console.run("reviews", "approve", "--namespace", "team-a", "--publish"))
                .isEqualTo(ExitCode.FAILED);

        assertThat(console.out().lines())
                .containsExactly(
                        "team-a/one@4: published",
                        "team-a/two@4: approved: it was not published: Version 5 is published already",
                        "team-a/three@4: published",
                        "3 approved, 0 refused, 1 approved and not published");
    }

    @Test
    void shouldGoOnAfterARefusal() {
        refuse("POST /api/v1/reviews/one/entries", "You wrote this version");

        assertThat(console.run("reviews", "approve", "--all")).isEqualTo(ExitCode.FAILED);

        assertThat(console.out().lines())
                .containsExactly(
                        "review one: refused: You wrote this version",
                        "team-a/two@4: approved",
                        "team-a/three@4: approved",
                        "2 approved, 1 refused");
    }

    @Test
    void shouldTellWhatIsApprovedWhenThePlatformStopsMakingSense() {
        platform.answer(
                "POST /api/v1/reviews/two/entries",
                new TestingPlatform.Answer(200, "text/html", "<html>a proxy's page</html>", Map.of()));

        assertThat(console.run("reviews", "approve", "--all", "--json")).isEqualTo(ExitCode.FAILED);

        JsonNode told = Json.read(console.out());
        assertThat(told).hasSize(2);
        assertThat(told.path(0).path("outcome").asText()).isEqualTo("approved");
        assertThat(told.path(1).path("id").asText()).isEqualTo("two");
        assertThat(told.path(1).path("outcome").asText()).isEqualTo("unknown");
        assertThat(console.err()).isNotEmpty();
    }
}
