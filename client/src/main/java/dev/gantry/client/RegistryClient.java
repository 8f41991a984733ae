package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registry of one kind of asset, as the key's owner sees it. Thread-safe. */
public final class RegistryClient {
    private final GantryClient client;
    private final AssetType type;

    RegistryClient(GantryClient client, AssetType type) {
        this.client = client;
        this.type = type;
    }

    /**
     * Returns an asset.
     *
     * @param name qualified or plain, with {@code @3} or {@code @production} for another version than the newest
     * @throws ClientException with the code {@code unknown_pattern} or {@code not_found} if there is none that one sees
     */
    public Asset get(String name) {
        return Asset.of(client.send(Transport.Call.get(path(name), Map.of())));
    }

    /**
     * Searches, or lists by name.
     *
     * <pre>{@code registry.search(AssetQuery.of("security analysis").withVisibility("team").withTags(List.of("security")))}</pre>
     */
    public AssetPage search(AssetQuery query) {
        JsonNode page = client.send(Transport.Call.get("/api/v1/" + type.collection(), query.parameters()))
                .body();
        List<AssetSummary> items = new ArrayList<>();
        page.path("items").forEach(item -> items.add(AssetSummary.of(item)));
        return new AssetPage(items, page.path("next_cursor").asText(""));
    }

    /** Searches for words; returns the first page. */
    public List<AssetSummary> search(String text) {
        return search(AssetQuery.of(text)).items();
    }

    /**
     * Writes a text; the same text again makes no new version.
     *
     * @param etag of the asset that was read, so that nobody's change is overwritten; null to write in any case
     * @throws ClientException with the code {@code precondition_failed} if the asset has changed since
     */
    public Asset put(String name, String content, @Nullable String etag) {
        Transport.Call call = Transport.Call.of("PUT", path(name), Json.object().put("content", content));
        return Asset.of(client.send(etag == null ? call.asRepeatable() : call.withHeader("If-Match", etag)));
    }

    /**
     * Writes a text, says who sees it, and hands it in for review, as far as the publication says so: in this order, each a
     * step of its own, so that a refusal leaves what came before it.
     *
     * <pre>{@code registry.publish(Publication.of("my_review", text).withVisibility("team").withTags(List.of("security")))}</pre>
     */
    public Asset publish(Publication publication) {
        String name = publication.name();
        String content = publication.content();
        Asset asset = content == null ? get(name) : put(name, content, null);
        if (publication.hasFacts()) {
            asset = Asset.of(client.send(Transport.Call.once(fact(asset.name(), "publish"), publication.facts())));
        }
        if (publication.reviewMessage() != null) {
            client.reviews().submit(type, asset.name(), publication.reviewMessage());
        }
        return asset;
    }

    /**
     * Copies an asset under another name; the copy remembers what it was made from.
     *
     * @param newName must be free; plain for one's own namespace
     */
    public Asset fork(String name, String newName) {
        return Asset.of(client.send(
                Transport.Call.once(fact(name, "fork"), Json.object().put("name", newName))));
    }

    /**
     * Returns the newest versions of an asset, the newest first.
     *
     * @param limit how many at most, up to 200
     */
    public List<AssetRevision> versions(String name, int limit) {
        JsonNode page = client.send(
                        Transport.Call.get(path(name) + "/versions", Map.of("limit", Integer.toString(limit))))
                .body();
        List<AssetRevision> versions = new ArrayList<>();
        page.path("items").forEach(item -> versions.add(AssetRevision.of(item)));
        return versions;
    }

    /**
     * Compares two versions.
     *
     * @param from a number or a label; empty for the version before the other one
     * @param to a number or a label; empty for the newest version
     */
    public AssetDiff diff(String name, String from, String to) {
        return AssetDiff.of(client.send(Transport.Call.get(fact(name, "diff"), Map.of("from", from, "to", to)))
                .body());
    }

    /**
     * Makes a new version that says what an earlier one said.
     *
     * @param version a number or a label
     */
    public Asset rollback(String name, String version) {
        return Asset.of(client.send(
                Transport.Call.once(fact(name, "rollback"), Json.object().put("version", version))));
    }

    /**
     * Lets a label such as {@code production} stand for a version, which {@code name@label} then means.
     *
     * @param version a number or another label; null for the newest version
     * @return the number of the version
     */
    public int label(String name, String label, @Nullable String version) {
        return client.send(Transport.Call.of(
                                "PUT",
                                fact(name, "labels/" + Transport.encode(label)),
                                Json.object().put("version", version))
                        .asRepeatable())
                .body()
                .path("version")
                .asInt();
    }

    /** Takes a label away. */
    public void unlabel(String name, String label) {
        client.send(Transport.Call.of("DELETE", fact(name, "labels/" + Transport.encode(label)), null));
    }

    /**
     * Marks an asset as deprecated; whoever uses it is told.
     *
     * @param message why; may be empty
     * @param replacement what to use instead; null when there is nothing
     */
    public Asset deprecate(String name, String message, @Nullable String replacement) {
        return Asset.of(client.send(Transport.Call.of(
                        "PUT",
                        fact(name, "deprecation"),
                        Json.object().put("message", message).put("replacement", replacement))
                .asRepeatable()));
    }

    /** Takes the mark of {@link #deprecate} away. */
    public Asset restore(String name) {
        return Asset.of(client.send(Transport.Call.of("DELETE", fact(name, "deprecation"), null)));
    }

    /** Deletes an asset; its versions stay on record. */
    public void delete(String name) {
        client.send(Transport.Call.of("DELETE", path(name), null));
    }

    private String fact(String name, String what) {
        return "/api/v1/assets/" + type.collection() + "/" + Transport.encodePath(name) + "/" + what;
    }

    private String path(String name) {
        return "/api/v1/" + type.collection() + "/" + Transport.encodePath(name);
    }
}
