package dev.gantry.benchmarks;

/** Something that does pieces of durable work of three trivial steps each. Thread-safe. */
interface Chains extends AutoCloseable {
    /** Begins one piece, which is durable when this returns. */
    void begin();

    /** Returns how many pieces have ended since the beginning. */
    long ended();

    @Override
    void close();
}
