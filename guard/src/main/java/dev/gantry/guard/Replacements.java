package dev.gantry.guard;

/** Takes what must be replaced in a text, in order and without overlap. */
@FunctionalInterface
public interface Replacements {
    /**
     * Takes one replacement.
     *
     * @param from offset of the first byte that goes
     * @param to offset behind the last byte that goes
     * @param with what comes in its place, in UTF-8
     */
    void replace(long from, long to, byte[] with);
}
