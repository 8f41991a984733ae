package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
            asset = Asset.of(client.send(Transport.Call.once(
                    "/api/v1/assets/" + type.collection() + "/" + Transport.encodePath(asset.name()) + "/publish",
                    publication.facts())));
        }
        if (publication.reviewMessage() != null) {
            ObjectNode review = Json.object().put("kind", type.collection()).put("name", asset.name());
            client.send(Transport.Call.once("/api/v1/reviews", review.put("message", publication.reviewMessage())));
        }
        return asset;
    }

    /**
     * Copies an asset under another name; the copy remembers what it was made from.
     *
     * @param newName must be free; plain for one's own namespace
     */
    public Asset fork(String name, String newName) {
        return Asset.of(client.send(Transport.Call.once(
                "/api/v1/assets/" + type.collection() + "/" + Transport.encodePath(name) + "/fork",
                Json.object().put("name", newName))));
    }

    /** Deletes an asset; its versions stay on record. */
    public void delete(String name) {
        client.send(Transport.Call.of("DELETE", path(name), null));
    }

    private String path(String name) {
        return "/api/v1/" + type.collection() + "/" + Transport.encodePath(name);
    }
}
