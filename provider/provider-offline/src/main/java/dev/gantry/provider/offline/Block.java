package dev.gantry.provider.offline;

/**
 * A piece of a document as its author laid it out, with markup removed.
 *
 * @param text one line, without line breaks and without leading or trailing space; never empty
 * @param offset where the block begins in the source, in characters
 * @param level 1 to 6 for headings, otherwise 0
 */
record Block(Kind kind, String text, int offset, int level) {
    /** What an author uses the piece for. */
    enum Kind {
        /** A heading or a line that stands like one. */
        HEADING,
        /** Running text. */
        PARAGRAPH,
        /** An entry of a list. */
        LIST_ITEM,
        /** Text that is set off as a quotation. */
        QUOTE,
        /** A row of a table, cells parted by a bar. */
        TABLE_ROW,
        /** One line of text whose lines are entries of their own, as in a log. */
        LINE
    }
}
