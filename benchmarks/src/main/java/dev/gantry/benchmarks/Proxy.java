package dev.gantry.benchmarks;

/** Something before an upstream, whose own cost is measured. */
interface Proxy extends Subject {
    /** Returns whose processor time and memory count. */
    Processes processes();
}
