package dev.gantry.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One immutable version of an asset.
 *
 * @param name the full name
 * @param version from 1 upwards
 * @param hash SHA-256 of the content's UTF-8 form, 64 hexadecimal digits; also the entity tag
 * @param content the whole text, front matter included
 * @param description from the front matter, otherwise the first sentence of the text
 * @param frontMatter what the text says about itself
 * @param author who wrote this version; {@code gantry} for what comes with the product
 * @param createdAt when; null for what comes with the product
 * @param standing how the asset, not just this version of it, stands among people
 */
public record AssetVersion(
        AssetKind kind,
        AssetName name,
        int version,
        String hash,
        String content,
        String description,
        FrontMatter frontMatter,
        String author,
        @Nullable Instant createdAt,
        AssetStanding standing) {

    /** Returns whether it comes with the product, whose next version may bring another under the same number. */
    public boolean isBuiltin() {
        return name.namespace().equals(AssetName.BUILTIN);
    }

    /** Returns the tags: those that the text gives, and those that the asset has besides. */
    public List<String> tags() {
        return AssetStore.union(frontMatter.tags(), standing.addedTags());
    }

    /** Returns the text without its front matter. */
    public String body() {
        return FrontMatterReader.read(content).body();
    }
}
