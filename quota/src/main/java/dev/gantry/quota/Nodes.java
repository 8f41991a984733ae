package dev.gantry.quota;

/** The nodes that share the limits. */
@FunctionalInterface
public interface Nodes {
    /** A node that has no others beside it. */
    Nodes ALONE = () -> Place.ALONE;

    /** Returns this node's place among them, as far as it is known; quick, and never fails. */
    Place place();

    /**
     * A node's place.
     *
     * @param rank how many nodes come before this one
     * @param count nodes, this one among them
     */
    record Place(int rank, int count) {
        private static final Place ALONE = new Place(0, 1);

        /** Checks the numbers. */
        public Place {
            if (count < 1 || rank < 0 || rank >= count) {
                throw new IllegalArgumentException("No node has rank " + rank + " of " + count);
            }
        }

        /** Returns this node's part of an amount; the parts of all nodes make up the whole. */
        public long share(long amount) {
            return amount / count + (rank < amount % count ? 1 : 0);
        }
    }
}
