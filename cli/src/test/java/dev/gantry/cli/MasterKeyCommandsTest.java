package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MasterKeyCommandsTest {
    private static final String REWRAPPED = """
            {"state":"rewrapped",
             "keys":[{"id":"bbbb","current":true,"data_keys":1200,"created_at":"2026-11-21T12:00:00Z"},
                     {"id":"aaaa","current":false,"data_keys":0,"created_at":"2026-11-20T12:00:00Z"}],
             "nodes":[{"name":"one","current":"bbbb","known":["bbbb","aaaa"]},
                      {"name":"two","current":"bbbb","known":["bbbb"]}]}""";

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
    void shouldShowWhatEachKeyWrapsAndWhatToDoNext() {
        platform.answer("GET /api/v1/platform/master-keys", REWRAPPED);

        assertThat(console.run("master-key", "status")).isEqualTo(ExitCode.DONE);

        assertThat(console.out().lines().map(line -> line.replaceAll(" +", " ")))
                .anyMatch(line -> line.startsWith("bbbb yes 1,200") && line.endsWith("2 of 2"))
                .anyMatch(line -> line.startsWith("aaaa no 0") && line.endsWith("1 of 2"));
        assertThat(console.err()).contains("Back up the new master.key", "gantry master-key retire");
    }

    @Test
    void shouldRotateAndRetire() {
        platform.answer("POST /api/v1/platform/master-keys/rotate", REWRAPPED);
        platform.answer("POST /api/v1/platform/master-keys/retire", "{\"state\":\"steady\",\"keys\":[],\"nodes\":[]}");

        assertThat(console.run("master-key", "rotate")).isEqualTo(ExitCode.DONE);
        assertThat(console.run("master-key", "retire", "--json")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).contains("\"state\" : \"steady\"");
    }
}
