package dev.gantry.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityFileTest {
    @TempDir
    private Path folder;

    @Test
    void shouldSayThatThereIsNoSuchFile() {
        Path file = folder.resolve("ca.pem");

        assertThatThrownBy(() -> AuthorityFile.context(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": no such file or folder");
    }

    @Test
    void shouldSayThatAFileIsEmptyAndTrustNobodyInstead() throws IOException {
        Path file = Files.createFile(folder.resolve("ca.pem"));

        assertThatThrownBy(() -> AuthorityFile.context(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": it holds no certificate in PEM form");
    }

    @Test
    void shouldSayThatAFileHoldsSomethingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nno\n-----END");

        assertThatThrownBy(() -> AuthorityFile.managers(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": it holds something else than certificates in PEM form");
    }
}
