package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.testing.TestingDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeRegistryTest {
    private final AtomicLong nanos = new AtomicLong();
    private TestingDatabase testing;

    @BeforeEach
    void open() {
        testing = TestingDatabase.open("database", "quota");
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private NodeRegistry node() {
        return new NodeRegistry(testing.database(), nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void shouldGiveEveryNodeItsOwnShareAndTheWholeToAllTogether() {
        List<NodeRegistry> nodes = List.of(node(), node(), node());
        nodes.forEach(NodeRegistry::beat);
        nodes.forEach(NodeRegistry::beat);

        assertThat(nodes).extracting(node -> node.place().count()).containsOnly(3);
        assertThat(nodes).extracting(node -> node.place().rank()).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(nodes.stream().mapToLong(node -> node.place().share(10)).sum())
                .isEqualTo(10);
    }

    @Test
    void shouldCountANodeThatDiedNoMoreAfterTenSeconds() {
        NodeRegistry living = node();
        NodeRegistry dying = node();
        dying.beat();
        living.beat();
        pass(Duration.ofSeconds(9));
        living.beat();
        assertThat(living.place().count()).isEqualTo(2);

        pass(Duration.ofSeconds(1));
        living.beat();

        assertThat(living.place()).isEqualTo(new Nodes.Place(0, 1));
    }

    @Test
    void shouldCountANodeForAsLongAsItBeats() {
        NodeRegistry first = node();
        NodeRegistry second = node();
        for (int round = 0; round < 10; round++) {
            second.beat();
            first.beat();
            pass(Duration.ofSeconds(8));
        }

        assertThat(first.place().count()).isEqualTo(2);
    }

    @Test
    void shouldForgetANodeThatLeaves() {
        NodeRegistry staying = node();
        NodeRegistry leaving = node();
        leaving.beat();
        staying.beat();

        leaving.close();
        staying.beat();

        assertThat(staying.place().count()).isOne();
    }

    @Test
    void shouldRemoveWhatAnEarlierNodeLeftWhereNoOtherCanBe() {
        node().beat();

        try (NodeRegistry alone = NodeRegistry.join(testing.database(), true)) {
            assertThat(alone.place().count()).isOne();
        }
    }
}
