package dev.gantry.client;

/** The kinds of assets. */
public enum AssetType {
    /** A prompt with its settings. */
    PATTERN("patterns"),
    /** Steps that run one after another or beside each other. */
    WORKFLOW("workflows"),
    /** What is put before a pattern. */
    CONTEXT("contexts"),
    /** How a model is told to think. */
    STRATEGY("strategies");

    private final String collection;

    AssetType(String collection) {
        this.collection = collection;
    }

    /** Returns the segment of the API's paths. */
    String collection() {
        return collection;
    }
}
