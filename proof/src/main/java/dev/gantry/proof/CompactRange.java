package dev.gantry.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The right edge of a Merkle tree that grows: the roots of its perfect subtrees, largest first, of which there are at most
 * 63. Enough to append leaves and to tell the root, without the leaves that came before. Not thread-safe.
 */
public final class CompactRange {
    private final TreeHash hash = new TreeHash();
    private final byte[] hashes = new byte[Long.SIZE * TreeHash.LENGTH];
    private final Subtrees subtrees;
    private int depth;
    private long size;

    /** Is told of every perfect subtree that becomes complete, its leaf level being 0. */
    @FunctionalInterface
    public interface Subtrees {
        /**
         * Takes a complete subtree.
         *
         * @param level its height; it covers {@code 1 << level} leaves
         * @param index its place among those of the level, from 0
         * @param root its root, a copy
         */
        void complete(int level, long index, byte[] root);
    }

    /** Starts an empty tree. */
    public CompactRange() {
        this((_, _, _) -> {});
    }

    /** Starts an empty tree whose complete subtrees somebody wants to know. */
    public CompactRange(Subtrees subtrees) {
        this.subtrees = subtrees;
    }

    /**
     * Goes on with a tree from its edge.
     *
     * @param size how many leaves it has
     * @param edge what {@link #edge()} gave at that size
     * @throws IllegalArgumentException if there are more or fewer hashes than such a tree has
     */
    public CompactRange(long size, List<byte[]> edge, Subtrees subtrees) {
        this(subtrees);
        if (size < 0 || Long.bitCount(size) != edge.size()) {
            throw new IllegalArgumentException(
                    "A tree of " + size + " leaves has no edge of " + edge.size() + " hashes");
        }
        for (byte[] root : edge) {
            if (root.length != TreeHash.LENGTH) {
                throw new IllegalArgumentException("A hash has " + root.length + " bytes");
            }
            System.arraycopy(root, 0, hashes, depth++ * TreeHash.LENGTH, TreeHash.LENGTH);
        }
        this.size = size;
    }

    /** Adds data as the next leaf. */
    public void appendData(byte[] data, int offset, int length) {
        hash.leafInto(data, offset, length, hashes, depth++);
        merge();
    }

    /** Adds the hash of the next leaf. */
    public void append(byte[] leafHash) {
        System.arraycopy(leafHash, 0, hashes, depth++ * TreeHash.LENGTH, TreeHash.LENGTH);
        merge();
    }

    private void merge() {
        size++;
        int level = 0;
        complete(level);
        for (long rest = size; (rest & 1) == 0; rest >>= 1) {
            hash.nodeInto(hashes, depth - 2, depth - 1, depth - 2);
            depth--;
            complete(++level);
        }
    }

    private void complete(int level) {
        subtrees.complete(level, (size >> level) - 1, at(depth - 1));
    }

    /** Forgets all leaves. */
    public void clear() {
        depth = 0;
        size = 0;
    }

    /** Returns how many leaves there are. */
    public long size() {
        return size;
    }

    /** Returns the root of the tree as it is now. */
    public byte[] root() {
        if (depth == 0) {
            return hash.empty();
        }
        byte[] root = at(depth - 1);
        for (int place = depth - 2; place >= 0; place--) {
            root = hash.node(at(place), root);
        }
        return root;
    }

    /** Returns the roots of the perfect subtrees, largest first. */
    public List<byte[]> edge() {
        List<byte[]> edge = new ArrayList<>(depth);
        for (int place = 0; place < depth; place++) {
            edge.add(at(place));
        }
        return edge;
    }

    private byte[] at(int place) {
        return Arrays.copyOfRange(hashes, place * TreeHash.LENGTH, (place + 1) * TreeHash.LENGTH);
    }
}
