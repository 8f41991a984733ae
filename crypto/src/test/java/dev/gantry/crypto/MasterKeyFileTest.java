package dev.gantry.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldMakeAFileThatOnlyItsOwnerMayRead() throws IOException {
        String id = file().load().current().id();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
        assertThat(file().load().current().id()).isEqualTo(id);
        assertThat(folder()).containsExactly("master.key");
    }

    @Test
    void shouldKeepOneKeyWhenSeveralProcessesBegin() throws Exception {
        Set<String> ids = new HashSet<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> load = () -> file().load().current().id();
            for (Future<String> id : executor.invokeAll(Collections.nCopies(8, load))) {
                ids.add(id.get());
            }
        }

        assertThat(ids).hasSize(1);
        assertThat(folder()).containsExactly("master.key");
    }

    @Test
    void shouldRefuseAFileThatOthersMayRead() throws IOException {
        file().load();
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> file().load())
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void shouldHoldWhatWasStored() throws IOException {
        MasterKeys keys = file().load().with(MasterKeys.MasterKey.generate());
        file().store(keys);

        assertThat(file().load().ids()).hasSize(2).isEqualTo(keys.ids());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
        assertThat(folder()).containsExactly("master.key");
    }

    @Test
    void shouldSayWhatIsWrongWithAKey() throws IOException {
        file().load();
        Files.writeString(path(), "c2hvcnQ=\n");

        assertThatThrownBy(() -> file().load()).hasMessageContaining("5 bytes instead of 32");

        Files.writeString(path(), "not base 64!\n");
        assertThatThrownBy(() -> file().load()).hasMessageContaining("Base64");

        Files.writeString(path(), "# nothing\n");
        assertThatThrownBy(() -> file().load()).hasMessageContaining("no master key");
    }

    private MasterKeyFile file() {
        return new MasterKeyFile(path());
    }

    private Path path() {
        return directory.resolve("master.key");
    }

    private List<String> folder() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
