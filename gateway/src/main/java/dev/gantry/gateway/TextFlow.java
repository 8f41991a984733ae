package dev.gantry.gateway;

/** Looks for what must not pass in a text that comes piece by piece. Used by one thread at a time. */
interface TextFlow {
    /**
     * Takes the next piece.
     *
     * @param edits takes what must be replaced before the returned offset, in offsets of the whole text
     * @return how much of the whole text, in bytes, is decided; the rest might be the beginning of something
     * @throws dev.gantry.kernel.GantryException if the answer must not go on
     */
    long push(byte[] utf8, int from, int to, TextEdits edits);

    /**
     * Ends the text, so that all of it is decided.
     *
     * @throws dev.gantry.kernel.GantryException if the answer must not go on
     */
    void finish(TextEdits edits);
}
