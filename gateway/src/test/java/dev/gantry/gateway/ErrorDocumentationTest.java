package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorDocumentationTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldBeDocumentedAsItBehaves(ErrorCode code) throws IOException {
        String row = "| `%s` | %d | %s | %s | "
                .formatted(
                        code.id(),
                        ErrorStatus.of(code),
                        code.kind().name().toLowerCase(Locale.ROOT),
                        code.retriable() ? "yes" : "no");
        assertThat(Files.readString(Path.of("../docs/errors.md"))).contains(row);
    }
}
