package dev.gantry.quota;

/**
 * Something that an organization may have so much of.
 *
 * @param name stable, lower case with underscores
 * @param unit in words, such as {@code repositories}
 */
public record Quota(String name, String unit) {
    /** Analyses that run at the same time; used by {@link Quotas#lease}. */
    public static final Quota CONCURRENT_ANALYSES = new Quota("concurrent_analyses", "analyses at the same time");

    /** Repositories. */
    public static final Quota REPOSITORIES = new Quota("repositories", "repositories");

    /** Components of analysed software. */
    public static final Quota COMPONENTS = new Quota("components", "components");

    /** Stored bytes. */
    public static final Quota STORAGE = new Quota("storage_bytes", "bytes of storage");

    /** Checks the name. */
    public Quota {
        if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a quota");
        }
    }
}
