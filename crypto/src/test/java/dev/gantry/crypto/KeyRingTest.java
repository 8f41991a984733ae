package dev.gantry.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
    private static final byte[] SECRET = "sk-secret".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PLACE = "providers/key/1".getBytes(StandardCharsets.UTF_8);
    private static TestingDatabase testing;

    /** Of all tests, as the database knows one master key. */
    @TempDir
    static Path directory;

    private final UUID organization = TestingDatabase.newOrganization();

    @BeforeAll
    static void open() {
        testing = TestingDatabase.open("crypto");
    }

    @AfterAll
    static void close() {
        testing.close();
    }

    @Test
    void shouldOpenWhatItSealed() {
        Sealed sealed = ring().seal(organization, SECRET, PLACE);

        assertThat(ring().open(organization, Sealed.fromBytes(sealed.toBytes()), PLACE))
                .isEqualTo(SECRET);
    }

    @Test
    void shouldReadItsKeysOverTheConnectionOfWhoHoldsOne() {
        Sealed sealed = ring().seal(organization, SECRET, PLACE);
        KeyRing alone = new KeyRing(new MasterKeyFile(directory.resolve("master.key")).load(), (_, _) -> {
            throw new AssertionError("It wants a second connection");
        });

        testing.database().inOrganization(organization, handle -> {
            alone.prepare(organization, handle.getConnection());
            return null;
        });

        assertThat(alone.open(organization, sealed, PLACE)).isEqualTo(SECRET);
        assertThat(alone.open(organization, alone.seal(organization, SECRET, PLACE), PLACE))
                .isEqualTo(SECRET);
    }

    @Test
    void shouldSealTheSameValueDifferentlyEachTime() {
        KeyRing ring = ring();

        assertThat(ring.seal(organization, SECRET, PLACE).toBytes())
                .isNotEqualTo(ring.seal(organization, SECRET, PLACE).toBytes());
    }

    @Test
    void shouldNotOpenAtAnotherPlace() {
        Sealed sealed = ring().seal(organization, SECRET, PLACE);

        assertThatThrownBy(() -> ring().open(organization, sealed, "elsewhere".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("altered");
    }

    @Test
    void shouldNotOpenForAnotherOrganization() {
        UUID other = TestingDatabase.newOrganization();
        ring().seal(other, SECRET, PLACE);
        Sealed sealed = ring().seal(organization, SECRET, PLACE);

        assertThatThrownBy(() -> ring().open(other, sealed, PLACE)).isInstanceOf(GantryException.class);
    }

    @Test
    void shouldNoticeEveryAlteredByte() {
        byte[] bytes = ring().seal(organization, SECRET, PLACE).toBytes();
        for (int index = 0; index < bytes.length; index++) {
            byte[] altered = bytes.clone();
            altered[index] ^= 1;

            assertThatThrownBy(() -> ring().open(organization, Sealed.fromBytes(altered), PLACE))
                    .as("byte %d", index)
                    .isInstanceOf(GantryException.class);
        }
    }

    @Test
    void shouldReadOldDataAfterTheDataKeyWasRotated() {
        KeyRing ring = ring();
        Sealed before = ring.seal(organization, SECRET, PLACE);
        KeyRing otherNode = ring();
        otherNode.open(organization, before, PLACE);

        ring.rotate(organization);
        Sealed after = ring.seal(organization, SECRET, PLACE);

        assertThat(after.keyVersion()).isEqualTo(2);
        assertThat(ring.open(organization, before, PLACE)).isEqualTo(SECRET);
        assertThat(otherNode.open(organization, after, PLACE)).isEqualTo(SECRET);
    }

    @Test
    void shouldNameTheMasterKeyThatIsMissing() {
        Sealed sealed = ring().seal(organization, SECRET, PLACE);
        KeyRing stranger = new KeyRing(MasterKeys.of(List.of(MasterKeys.generate())), KeyRingTest::transaction);

        assertThatThrownBy(() -> stranger.open(organization, sealed, PLACE))
                .isInstanceOfSatisfying(GantryException.class, missing -> {
                    assertThat(missing.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(missing).hasMessageContaining("master key '");
                });
    }

    @Test
    void shouldAgreeOnOneKeyWhenNodesBeginAtTheSameTime() throws Exception {
        MasterKeys masterKeys = file().load();
        List<Callable<Sealed>> nodes = new ArrayList<>();
        for (int node = 0; node < 8; node++) {
            nodes.add(() -> new KeyRing(masterKeys, KeyRingTest::transaction).seal(organization, SECRET, PLACE));
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Sealed> sealed : executor.invokeAll(nodes)) {
                assertThat(ring().open(organization, sealed.get(), PLACE)).isEqualTo(SECRET);
            }
        }
    }

    private MasterKeyFile file() {
        return new MasterKeyFile(directory.resolve("master.key"));
    }

    private KeyRing ring() {
        return new KeyRing(file().load(), KeyRingTest::transaction);
    }

    private static void transaction(UUID organization, KeyRing.SqlWork work) {
        testing.database().inOrganization(organization, handle -> {
            work.over(handle.getConnection());
            return true;
        });
    }
}
