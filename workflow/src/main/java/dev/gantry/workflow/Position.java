package dev.gantry.workflow;

/**
 * A place in a workflow's file.
 *
 * @param line counted from 1; 0 means the file as a whole
 * @param column counted from 1; 0 means the line as a whole
 */
public record Position(int line, int column) {
    /** The file as a whole. */
    public static final Position NONE = new Position(0, 0);
}
