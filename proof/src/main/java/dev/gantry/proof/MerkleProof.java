package dev.gantry.proof;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inclusion proofs of RFC 9162, section 2.1.3: that a leaf is in the tree with a known root. Thread-safe. */
public final class MerkleProof {
    private MerkleProof() {}

    /** Knows roots of subtrees of a tree. */
    @FunctionalInterface
    public interface Roots {
        /**
         * Returns the root over leaves.
         *
         * @param from the first leaf; a multiple of the largest power of two that is not above {@code to - from}
         * @param to the leaf after the last
         */
        byte[] over(long from, long to);
    }

    /** Returns the path of a leaf in a tree whose leaf hashes are all at hand, lowest sibling first. */
    public static List<byte[]> path(List<byte[]> leafHashes, int index) {
        return path(leafHashes.size(), index, (from, to) -> root(leafHashes.subList((int) from, (int) to)));
    }

    /**
     * Returns the path of a leaf, lowest sibling first.
     *
     * @param size how many leaves the tree has
     * @throws IllegalArgumentException if there is no such leaf
     */
    public static List<byte[]> path(long size, long index, Roots roots) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("A tree of " + size + " leaves has no leaf " + index);
        }
        List<byte[]> path = new ArrayList<>();
        long from = 0;
        long to = size;
        while (to - from > 1) {
            long middle = from + Long.highestOneBit(to - from - 1);
            if (index < middle) {
                path.addFirst(roots.over(middle, to));
                to = middle;
            } else {
                path.addFirst(roots.over(from, middle));
                from = middle;
            }
        }
        return path;
    }

    /** Returns the root of a tree over leaf hashes. */
    public static byte[] root(List<byte[]> leafHashes) {
        CompactRange range = new CompactRange();
        leafHashes.forEach(range::append);
        return range.root();
    }

    /**
     * Returns the root that a path leads to (RFC 9162, section 2.1.3.2); null if there is no such leaf or the path has the
     * wrong length. The proof holds if this is the root that is known.
     */
    public static byte @Nullable [] rootOf(byte[] leafHash, long index, long size, List<byte[]> path) {
        if (index < 0 || index >= size) {
            return null;
        }
        TreeHash hash = new TreeHash();
        long position = index;
        long last = size - 1;
        byte[] root = leafHash;
        for (byte[] sibling : path) {
            if (last == 0 || sibling.length != TreeHash.LENGTH) {
                return null;
            }
            if ((position & 1) == 1 || position == last) {
                root = hash.node(sibling, root);
                while ((position & 1) == 0 && position != 0) {
                    position >>= 1;
                    last >>= 1;
                }
            } else {
                root = hash.node(root, sibling);
            }
            position >>= 1;
            last >>= 1;
        }
        return last == 0 ? root : null;
    }
}
