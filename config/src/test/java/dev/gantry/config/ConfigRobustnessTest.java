package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a file, the answer is a configuration or a list of mistakes, never a crash. */
class ConfigRobustnessTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();
    private static final List<String> SCRAPS = List.of(
            ": ",
            "- ",
            "\n",
            "  ",
            "\t",
            "{",
            "}",
            "[",
            "]",
            "&a ",
            "*a",
            "!x ",
            "${",
            "}",
            "'",
            "\"",
            "|\n",
            "? ",
            "---\n",
            "#",
            "%",
            "@",
            "\u0000",
            "\u0085",
            "\uFEFF",
            "😀",
            "file:",
            "null",
            "<<: *a",
            "type: api_key\n",
            "9".repeat(40));

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"security.yaml", "rbac.yaml", "fixops.overlay.yml", "pooling.overlay.yml"})
    void shouldSurviveAnyChangeToAFile(String guide) throws Exception {
        TestingDirectory directory = new TestingDirectory(temporary).guide(guide);
        String original = Files.readString(directory.path(guide));
        Random random = new Random(guide.hashCode());
        for (int round = 0; round < 150; round++) {
            StringBuilder text = new StringBuilder(original);
            for (int change = 0; change <= random.nextInt(4); change++) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.insert(at, SCRAPS.get(random.nextInt(SCRAPS.size())));
                } else {
                    text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                }
            }
            directory.bytes(guide, text.toString().getBytes(StandardCharsets.UTF_8));

            assertThatCode(() -> directory.check(SCHEMA)).as(text.toString()).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldSurviveRandomBytes(int seed) {
        TestingDirectory directory = new TestingDirectory(temporary);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (seed == 3) {
                for (int index = 0; index < bytes.length; index++) {
                    bytes[index] = (byte) (bytes[index] & 0x7F);
                }
            }
            directory.bytes("gantry.yaml", bytes);

            assertThatCode(() -> directory.check(SCHEMA)).doesNotThrowAnyException();
        }
    }
}
