package dev.gantry.gateway;

/** Looks for what must not pass in whole texts. Used by one thread at a time. */
@FunctionalInterface
interface TextInspector {
    /**
     * Inspects a text.
     *
     * @param utf8 where it stands; is not changed
     * @param contextFrom where what belongs to it begins, such as the name of its field; at most {@code from}
     * @param from where the text itself begins
     * @param to where it ends
     * @param edits takes what must be replaced between {@code from} and {@code to}
     * @throws dev.gantry.kernel.GantryException if the request or the answer must not pass at all
     */
    void inspect(byte[] utf8, int contextFrom, int from, int to, TextEdits edits);

    /** Returns whether it makes a difference where texts come from. */
    default boolean weighsDocuments() {
        return false;
    }

    /** Says whether the texts that come are of others than the caller, such as results of tools. */
    default void document(boolean isDocument) {}
}
