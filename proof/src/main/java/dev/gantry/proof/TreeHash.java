package dev.gantry.proof;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes of RFC 9162, section 2.1.1: a leaf is {@code SHA-256(0x00 ‖ data)}, a node {@code SHA-256(0x01 ‖ left ‖
 * right)}, so that neither can be passed off as the other. Reuses one digest: not thread-safe, and cheap to call.
 */
public final class TreeHash {
    /** Length of every hash in bytes. */
    public static final int LENGTH = 32;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest;

    /** Makes one with a digest of its own. */
    public TreeHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("the JDK lacks SHA-256", impossible);
        }
    }

    /** Returns the hash of a leaf. */
    public byte[] leaf(byte[] data) {
        return leaf(data, 0, data.length);
    }

    /** Returns the hash of a leaf that is a part of an array. */
    public byte[] leaf(byte[] data, int offset, int length) {
        digest.update(LEAF);
        digest.update(data, offset, length);
        return digest.digest();
    }

    /** Returns the hash of an inner node. */
    public byte[] node(byte[] left, byte[] right) {
        digest.update(NODE);
        digest.update(left);
        digest.update(right);
        return digest.digest();
    }

    /** Puts the hash of a leaf at a place of an array of hashes. */
    void leafInto(byte[] data, int offset, int length, byte[] hashes, int place) {
        digest.update(LEAF);
        digest.update(data, offset, length);
        finishInto(hashes, place);
    }

    /** Replaces the hash at {@code place} by that of a node over the hashes at {@code left} and {@code right}. */
    void nodeInto(byte[] hashes, int left, int right, int place) {
        digest.update(NODE);
        digest.update(hashes, left * LENGTH, LENGTH);
        digest.update(hashes, right * LENGTH, LENGTH);
        finishInto(hashes, place);
    }

    private void finishInto(byte[] hashes, int place) {
        try {
            digest.digest(hashes, place * LENGTH, LENGTH);
        } catch (DigestException tooShort) {
            throw new IllegalStateException(tooShort);
        }
    }

    /** Returns the root of the empty tree, {@code SHA-256()}. */
    public byte[] empty() {
        digest.reset();
        return digest.digest();
    }
}
