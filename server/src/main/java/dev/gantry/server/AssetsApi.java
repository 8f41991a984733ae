package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetPage;
import dev.gantry.registry.AssetQuery;
import dev.gantry.registry.AssetSummary;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.registry.Precondition;
import dev.gantry.registry.PutResult;
import dev.gantry.registry.VariableDeclaration;
import dev.gantry.registry.VersionPage;
import dev.gantry.registry.VersionSummary;
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
        AssetPage page = assets.list(
                caller,
                new AssetQuery(
                        kind,
                        request.query("q"),
                        tags == null ? List.of() : List.of(tags.split(",", -1)),
                        request.query("namespace"),
                        request.query("cursor"),
                        request.query("limit", 100)));
        List<ObjectNode> items = new ArrayList<>();
        page.assets().forEach(asset -> items.add(summary(asset)));
        return ApiReply.page(items, page.nextCursor());
    }

    private ApiReply create(AssetKind kind, Caller caller, ApiRequest request) {
        PutResult result = assets.create(
                caller,
                kind,
                request.fields().requireText("name"),
                request.fields().requireText("content"));
        return written(kind, result);
    }

    private ApiReply get(AssetKind kind, Caller caller, String name) {
        AssetVersion asset = assets.get(caller, kind, name);
        return ApiReply.ok(full(asset)).withEtag(asset.hash());
    }

    private ApiReply put(AssetKind kind, Caller caller, ApiRequest request) {
        return written(
                kind,
                assets.put(
                        caller,
                        kind,
                        request.path("name"),
                        request.fields().requireText("content"),
                        precondition(request)));
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

    private static ApiReply written(AssetKind kind, PutResult result) {
        ObjectNode body = full(result.asset());
        body.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        ArrayNode warnings = body.putArray("warnings");
        result.warnings().forEach(warnings::add);
        String collection = kind == AssetKind.STRATEGY ? "strategies" : kind.id() + "s";
        ApiReply reply = result.outcome() == PutResult.Outcome.CREATED
                ? ApiReply.created(
                        body, "/api/v1/" + collection + "/" + result.asset().name())
                : ApiReply.ok(body);
        return reply.withEtag(result.asset().hash());
    }

    private static Precondition precondition(ApiRequest request) {
        return Precondition.ofHeaders(
                request.headers().get("If-Match"), request.headers().get("If-None-Match"));
    }

    private static ObjectNode summary(AssetSummary asset) {
        ObjectNode node = Json.object()
                .put("name", asset.name().toString())
                .put("version", asset.version())
                .put("hash", asset.hash())
                .put("description", asset.description())
                .put("author", asset.author())
                .put(
                        "updated_at",
                        asset.updatedAt() == null ? null : asset.updatedAt().toString());
        ArrayNode tags = node.putArray("tags");
        asset.tags().forEach(tags::add);
        return node;
    }

    private static ObjectNode full(AssetVersion asset) {
        ObjectNode node = Json.object()
                .put("name", asset.name().toString())
                .put("version", asset.version())
                .put("hash", asset.hash())
                .put("description", asset.description())
                .put("author", asset.author())
                .put(
                        "created_at",
                        asset.createdAt() == null ? null : asset.createdAt().toString())
                .put("model", asset.frontMatter().model())
                .put("temperature", asset.frontMatter().temperature())
                .put("content", asset.content());
        if (asset.frontMatter().output() != null) {
            node.set("output_schema", asset.frontMatter().output());
        }
        ArrayNode tags = node.putArray("tags");
        asset.tags().forEach(tags::add);
        ArrayNode variables = node.putArray("variables");
        for (VariableDeclaration variable : asset.frontMatter().variables()) {
            ObjectNode declared = variables
                    .addObject()
                    .put("name", variable.name())
                    .put("description", variable.description())
                    .put("default", variable.defaultValue())
                    .put("required", variable.required());
            ArrayNode choices = declared.putArray("choices");
            variable.choices().forEach(choices::add);
        }
        return node;
    }
}
