package dev.gantry.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MerkleTest {
    /** Leaves and roots of the reference implementation of Certificate Transparency. */
    private static final List<String> LEAVES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private final TreeHash hash = new TreeHash();

    private List<byte[]> leaves(int count) {
        List<byte[]> leaves = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            leaves.add(hash.leaf(new byte[] {(byte) index, (byte) (index >> 8)}));
        }
        return leaves;
    }

    @Test
    void shouldHaveTheRootsOfCertificateTransparency() {
        CompactRange range = new CompactRange();
        assertThat(HexFormat.of().formatHex(range.root()))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (int index = 0; index < LEAVES.size(); index++) {
            byte[] data = HexFormat.of().parseHex(LEAVES.get(index));
            range.appendData(data, 0, data.length);
            assertThat(HexFormat.of().formatHex(range.root())).isEqualTo(ROOTS.get(index));
        }
    }

    @Property(tries = 200)
    void shouldProveEveryLeafOfEveryTreeAndNoOther(
            @ForAll @IntRange(min = 1, max = 70) int size, @ForAll @IntRange(max = 69) int anyIndex) {
        int index = anyIndex % size;
        List<byte[]> leaves = leaves(size);
        byte[] root = MerkleProof.root(leaves);
        List<byte[]> path = MerkleProof.path(leaves, index);

        assertThat(MerkleProof.rootOf(leaves.get(index), index, size, path)).isEqualTo(root);
        assertThat(MerkleProof.rootOf(hash.leaf(new byte[] {9, 9, 9}), index, size, path))
                .isNotEqualTo(root);
        if (size > 1) {
            int other = (index + 1) % size;
            assertThat(MerkleProof.rootOf(leaves.get(index), other, size, path)).isNotEqualTo(root);
            assertThat(MerkleProof.rootOf(leaves.get(index), index, size, path.subList(1, path.size())))
                    .isNotEqualTo(root);
        }
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(root);
        assertThat(MerkleProof.rootOf(leaves.get(index), index, size, longer)).isNotEqualTo(root);
    }

    @Property(tries = 100)
    void shouldGoOnFromItsEdgeAsIfItHadNeverStopped(
            @ForAll @IntRange(max = 300) int before, @ForAll @IntRange(max = 300) int after) {
        List<byte[]> leaves = leaves(before + after);
        CompactRange first = new CompactRange();
        leaves.subList(0, before).forEach(first::append);

        CompactRange second = new CompactRange(first.size(), first.edge(), (_, _, _) -> {});
        leaves.subList(before, before + after).forEach(second::append);

        assertThat(second.root()).isEqualTo(MerkleProof.root(leaves));
        assertThat(second.size()).isEqualTo(before + after);
    }

    @Test
    void shouldTellOfCompleteSubtrees() {
        List<String> complete = new ArrayList<>();
        List<byte[]> leaves = leaves(4);
        CompactRange range = new CompactRange((level, index, root) -> {
            complete.add(level + "/" + index);
            int from = (int) index << level;
            assertThat(root).isEqualTo(MerkleProof.root(leaves.subList(from, from + (1 << level))));
        });

        leaves.forEach(range::append);

        assertThat(complete).containsExactly("0/0", "0/1", "1/0", "0/2", "0/3", "1/1", "2/0");
    }

    @Test
    void shouldRefuseAnEdgeThatDoesNotFitTheSize() {
        assertThatThrownBy(() -> new CompactRange(3, leaves(1), (_, _, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MerkleProof.path(leaves(3), 3)).isInstanceOf(IllegalArgumentException.class);
    }
}
