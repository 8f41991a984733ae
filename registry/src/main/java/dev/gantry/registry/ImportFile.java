package dev.gantry.registry;

/**
 * A file of a library that is to be imported.
 *
 * <p>The bytes are not copied and must not be changed.
 */
public final class ImportFile {
    private final String path;
    private final byte[] content;

    /**
     * A file.
     *
     * @param path relative to the directory that is imported, such as {@code patterns/summarize/system.md}
     */
    public ImportFile(String path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    /** Returns the path as it was given. */
    public String path() {
        return path;
    }

    byte[] content() {
        return content;
    }
}
