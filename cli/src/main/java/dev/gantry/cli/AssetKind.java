package dev.gantry.cli;

/**
 * A kind of named text in the registry.
 *
 * @param word what one is called, such as {@code pattern}
 * @param path its endpoint
 */
record AssetKind(String word, String path) {
    /** Returns the endpoint of one, whose name may have slashes. */
    String path(String name) {
        return path + "/" + ApiClient.encodePath(name);
    }
}
