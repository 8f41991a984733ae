package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetPage;
import dev.gantry.registry.AssetQuery;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.registry.Precondition;
import dev.gantry.registry.PutResult;
import dev.gantry.registry.VersionPage;
import dev.gantry.registry.VersionSummary;
import dev.gantry.registry.Visibility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Operations on patterns, contexts, strategies and workflows, which differ in nothing but their kind. */
final class AssetsApi {
    private static final int VERSIONS_DEFAULT = 50;

    private final Assets assets;

    AssetsApi(Assets assets) {
        this.assets = assets;
    }

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        for (AssetKind kind : AssetKind.values()) {
            String one = kind.id().substring(0, 1).toUpperCase(Locale.ROOT)
                    + kind.id().substring(1);
            String many = kind == AssetKind.STRATEGY ? "Strategies" : one + "s";
            handlers.put("list" + many, (caller, request) -> list(kind, caller, request));
            handlers.put("create" + one, (caller, request) -> create(kind, caller, request));
            handlers.put("get" + one, (caller, request) -> get(kind, caller, request.path("name")));
            handlers.put("put" + one, (caller, request) -> put(kind, caller, request));
            handlers.put("delete" + one, (caller, request) -> delete(kind, caller, request));
            handlers.put("list" + one + "Versions", (caller, request) -> versions(kind, caller, request));
            handlers.put(
                    "get" + one + "Version",
                    (caller, request) -> get(kind, caller, request.path("name") + "@" + request.path("version")));
        }
        return handlers;
    }

    private ApiReply list(AssetKind kind, Caller caller, ApiRequest request) {
        String tags = request.query("tag");
        String visibility = request.query("visibility");
        AssetPage page = assets.list(
                caller,
                new AssetQuery(
                        kind,
                        request.query("q"),
                        tags == null ? List.of() : List.of(tags.split(",", -1)),
                        request.query("namespace"),
                        visibility == null ? null : Visibility.parse(visibility),
                        request.query("cursor"),
                        request.query("limit", 100)));
        List<ObjectNode> items = new ArrayList<>();
        page.assets().forEach(asset -> items.add(AssetViews.summary(asset)));
        return ApiReply.page(items, page.nextCursor());
    }

    private ApiReply create(AssetKind kind, Caller caller, ApiRequest request) {
        String name = request.fields().requireText("name");
        // Of what is refused, too, the audit log says what was to be made.
        request.noteObject(name);
        PutResult result = assets.create(caller, kind, name, request.fields().requireText("content"));
        AssetViews.note(request, result.asset().name(), result.asset().version());
        return AssetViews.written(kind, result);
    }

    private ApiReply get(AssetKind kind, Caller caller, String name) {
        AssetVersion asset = assets.get(caller, kind, name);
        return ApiReply.ok(AssetViews.full(asset)).withEtag(asset.hash());
    }

    private ApiReply put(AssetKind kind, Caller caller, ApiRequest request) {
        PutResult result = assets.put(
                caller, kind, request.path("name"), request.fields().requireText("content"), precondition(request));
        AssetViews.note(request, result.asset().name(), result.asset().version());
        return AssetViews.written(kind, result);
    }

    private ApiReply delete(AssetKind kind, Caller caller, ApiRequest request) {
        assets.delete(caller, kind, request.path("name"), precondition(request));
        return ApiReply.noContent();
    }

    private ApiReply versions(AssetKind kind, Caller caller, ApiRequest request) {
        String before = request.query("before");
        VersionPage page = assets.versions(
                caller,
                kind,
                request.path("name"),
                before == null ? null : Integer.valueOf(before),
                request.query("limit", VERSIONS_DEFAULT));
        ObjectNode body = Json.object().put("name", page.name().toString());
        ArrayNode items = body.putArray("items");
        for (VersionSummary version : page.versions()) {
            items.addObject()
                    .put("version", version.version())
                    .put("hash", version.hash())
                    .put("description", version.description())
                    .put("author", version.author())
                    .put(
                            "created_at",
                            version.createdAt() == null
                                    ? null
                                    : version.createdAt().toString());
        }
        body.put("next_before", page.nextBefore());
        return ApiReply.ok(body);
    }

    /** Returns what the headers of a write demand. */
    static Precondition precondition(ApiRequest request) {
        return Precondition.ofHeaders(
                request.headers().get("If-Match"), request.headers().get("If-None-Match"));
    }
}
