package dev.gantry.provider;

/**
 * A model that a provider says it has.
 *
 * @param name as the provider knows it
 * @param embedsOnly whether it makes vectors of texts and cannot converse, as far as the provider tells
 */
public record ListedModel(String name, boolean embedsOnly) {
    /** Returns one of which nothing else is told. */
    public static ListedModel of(String name) {
        return new ListedModel(name, false);
    }
}
