package dev.gantry.crypto;

import java.time.Instant;
import java.util.List;

/**
 * How master keys stand.
 *
 * @param state how far a rotation is
 * @param keys the current one first
 * @param nodes that run
 */
public record MasterKeyStatus(State state, List<Key> keys, List<Node> nodes) {
    /** How far a rotation is. */
    public enum State {
        /** There is one master key, and nothing to do. */
        STEADY,
        /** A new key is on its way to every node. */
        SPREADING,
        /** The new key wraps; data keys are being wrapped anew. */
        REWRAPPING,
        /** Nothing is wrapped by the old key any more, so that it can be retired. */
        REWRAPPED
    }

    /**
     * One master key.
     *
     * @param id its fingerprint
     * @param current whether it wraps new data keys
     * @param dataKeys how many it wraps, over all organizations
     */
    public record Key(String id, boolean current, long dataKeys, Instant createdAt) {}

    /**
     * One node.
     *
     * @param current the fingerprint of the key by which it wraps
     * @param known the fingerprints of those that it has
     */
    public record Node(String name, String current, List<String> known, Instant seenAt) {
        /** Copies the list. */
        public Node {
            known = List.copyOf(known);
        }
    }

    /** Copies the lists. */
    public MasterKeyStatus {
        keys = List.copyOf(keys);
        nodes = List.copyOf(nodes);
    }
}
