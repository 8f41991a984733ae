package dev.gantry.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.crypto.MasterKeyStatus.State;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes are objects here, with a file each on one database; one that "dies" is just not used any more. */
class MasterKeyRotationTest {
    private static final byte[] SECRET = "sk-secret".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PLACE = "providers/key/1".getBytes(StandardCharsets.UTF_8);

    private final TestingDatabase testing = TestingDatabase.open("crypto");
    private final List<UUID> organizations =
            List.of(TestingDatabase.newOrganization(), TestingDatabase.newOrganization());

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        testing.close();
    }

    /** Opens a node without its thread, so that the test says when it looks. */
    private MasterKeyRotation node(String name) {
        return MasterKeyRotation.open(new MasterKeyFile(file(name)), name, this::unscoped, this::scoped)
                .over(organizations::forEach);
    }

    private Path file(String name) {
        return directory.resolve(name + ".key");
    }

    private void unscoped(KeyRing.SqlWork work) {
        testing.database().unscoped(handle -> {
            work.over(handle.getConnection());
            return true;
        });
    }

    private void scoped(UUID organization, KeyRing.SqlWork work) {
        testing.database().inOrganization(organization, handle -> {
            work.over(handle.getConnection());
            return true;
        });
    }

    private List<Sealed> sealAll(MasterKeyRotation node) {
        return organizations.stream()
                .map(organization -> node.keyRing().seal(organization, SECRET, PLACE))
                .toList();
    }

    private void assertReadable(MasterKeyRotation node, List<Sealed> sealed) {
        for (int index = 0; index < organizations.size(); index++) {
            assertThat(node.keyRing().open(organizations.get(index), sealed.get(index), PLACE))
                    .isEqualTo(SECRET);
        }
    }

    private static void assertConflict(Consumer<MasterKeyRotation> action, MasterKeyRotation node, String words) {
        assertThatThrownBy(() -> action.accept(node)).isInstanceOfSatisfying(GantryException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(refused).hasMessageContaining(words);
        });
    }

    @Test
    void shouldRotateAndRetireOnOneNode() throws IOException {
        MasterKeyRotation node = node("a");
        List<Sealed> sealed = sealAll(node);
        assertThat(node.status().state()).isEqualTo(State.STEADY);
        String old = node.status().keys().getFirst().id();

        MasterKeyStatus rotated = node.rotate();
        assertThat(rotated.state()).isEqualTo(State.REWRAPPED);
        assertThat(rotated.keys()).hasSize(2);
        assertThat(rotated.keys().getFirst().dataKeys()).isEqualTo(2);
        assertThat(rotated.keys().getLast().id()).isEqualTo(old);
        assertConflict(MasterKeyRotation::rotate, node, "retiring the old one");

        assertThat(node.retire().keys())
                .extracting(MasterKeyStatus.Key::id)
                .doesNotContain(old)
                .hasSize(1);
        assertThat(Files.readString(file("a")).lines().filter(line -> !line.startsWith("#")))
                .hasSize(1);
        assertReadable(node("a"), sealed);
        assertReadable(node, sealed);
    }

    @Test
    void shouldWaitUntilEveryRunningNodeHasTheKey() throws IOException {
        MasterKeyRotation first = node("a");
        List<Sealed> sealed = sealAll(first);
        Files.copy(file("a"), file("b"), StandardCopyOption.COPY_ATTRIBUTES);
        MasterKeyRotation second = node("b");
        first.keep();
        second.keep();

        assertThat(first.rotate().state()).isEqualTo(State.SPREADING);
        assertConflict(MasterKeyRotation::retire, first, "has not reached every node");
        first.keep();
        assertThat(first.status().state()).isEqualTo(State.SPREADING);

        second.keep();
        assertThat(second.status().keys().getFirst().current()).isTrue();
        assertConflict(MasterKeyRotation::retire, second, "Node a does not wrap by the new master key yet");
        first.keep();
        second.keep();
        assertThat(first.status().state()).isEqualTo(State.REWRAPPED);
        assertThat(first.status().nodes())
                .extracting(MasterKeyStatus.Node::name)
                .containsExactlyInAnyOrder("a", "b");

        first.retire();
        second.keep();
        assertThat(Files.readString(file("b"))).isEqualTo(Files.readString(file("a")));
        assertReadable(node("b"), sealed);
    }

    @Test
    void shouldGoOnWhereverItWasWhenANodeDied() throws IOException {
        MasterKeyRotation first = node("a");
        List<Sealed> sealed = sealAll(first);
        Files.copy(file("a"), file("b"), StandardCopyOption.COPY_ATTRIBUTES);
        node("b").keep();
        first.keep();
        first.rotate();
        first.close();

        // Died before it had seen the offer, and comes back with the old file.
        MasterKeyRotation again = node("b");
        assertThat(again.status().keys()).hasSize(2);
        forgetTheDead();
        again.keep();
        assertThat(again.status().state()).isEqualTo(State.REWRAPPED);
        again.retire();
        assertReadable(again, sealed);

        assertThatThrownBy(() -> assertReadable(lateNode("c"), sealed))
                .hasMessageContaining("Copy that file from another node");
    }

    private void forgetTheDead() {
        testing.database().unscoped(handle -> handle.execute("DELETE FROM master_key_nodes"));
    }

    /** One that has never run here and makes a file of its own. */
    private MasterKeyRotation lateNode(String name) throws IOException {
        new MasterKeyFile(file(name)).load();
        return node(name);
    }

    @Test
    void shouldDropAKeyThatWasWrittenButNeverOffered() throws IOException {
        MasterKeyRotation node = node("a");
        MasterKeyFile file = new MasterKeyFile(file("a"));
        file.store(file.load().with(MasterKeys.MasterKey.generate()));

        MasterKeyRotation restarted = node("a");
        assertThat(file.load().ids())
                .containsExactly(node.status().keys().getFirst().id());
        assertThat(restarted.rotate().state()).isEqualTo(State.REWRAPPED);
    }

    @Test
    void shouldRefuseToStartWithoutTheFileAndMakeNone() {
        sealAll(node("a"));

        assertThatThrownBy(() -> node("b"))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
        assertThat(file("b")).doesNotExist();
    }

    @Test
    void shouldLetNothingBeWrappedByARetiredKey() throws IOException {
        MasterKeyRotation paused = node("a");
        Files.copy(file("a"), file("b"), StandardCopyOption.COPY_ATTRIBUTES);
        MasterKeyRotation other = node("b");
        other.rotate();
        other.retire();

        UUID organization = TestingDatabase.newOrganization();
        assertThatThrownBy(() -> paused.keyRing().seal(organization, SECRET, PLACE))
                .isInstanceOf(RuntimeException.class);
        assertThat(new SqlKeyStore(this::scoped).find(organization)).isEmpty();
    }
}
