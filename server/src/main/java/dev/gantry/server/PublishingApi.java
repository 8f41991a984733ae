package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Forks;
import dev.gantry.registry.Publication;
import dev.gantry.registry.Publishing;
import dev.gantry.registry.PutResult;
import dev.gantry.registry.Registry;
import dev.gantry.registry.TextMerge;
import dev.gantry.registry.Visibility;
import java.util.Map;

/** What is said about assets besides their text, and copies of them: the same for every kind. */
final class PublishingApi {
    private final Publishing publishing;
    private final Forks forks;

    PublishingApi(Registry registry) {
        this.publishing = registry.publishing();
        this.forks = registry.forks();
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "publishAsset", this::publish,
                "deprecateAsset", this::deprecate,
                "restoreAsset", this::restore,
                "labelAsset", this::label,
                "unlabelAsset", this::unlabel,
                "rollbackAsset", this::rollback,
                "diffAsset", this::diff,
                "forkAsset", this::fork,
                "getAssetUpstream", this::upstream,
                "mergeAssetUpstream", this::merge);
    }

    private static AssetKind kind(ApiRequest request) {
        return AssetViews.kind(request.path("kind"));
    }

    private ApiReply publish(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String visibility = fields.text("visibility");
        Publication publication = new Publication(
                visibility == null ? null : Visibility.parse(visibility),
                fields.text("team"),
                fields.has("owners") ? fields.texts("owners") : null,
                fields.has("tags") ? fields.texts("tags") : null);
        AssetVersion asset = publishing.publish(caller, kind(request), request.path("name"), publication);
        note(request, asset);
        request.note(
                "visibility", new AuditDetail.Text(asset.standing().visibility().id()));
        return ApiReply.ok(AssetViews.full(asset)).withEtag(asset.hash());
    }

    private static void note(ApiRequest request, AssetVersion asset) {
        AssetViews.note(request, asset.name(), asset.version());
    }

    private ApiReply deprecate(Caller caller, ApiRequest request) {
        String message = request.fields().text("message");
        AssetVersion asset = publishing.deprecate(
                caller,
                kind(request),
                request.path("name"),
                message == null ? "" : message,
                request.fields().text("replacement"));
        note(request, asset);
        return ApiReply.ok(AssetViews.full(asset)).withEtag(asset.hash());
    }

    private ApiReply restore(Caller caller, ApiRequest request) {
        AssetVersion asset = publishing.restore(caller, kind(request), request.path("name"));
        note(request, asset);
        return ApiReply.ok(AssetViews.full(asset)).withEtag(asset.hash());
    }

    private ApiReply label(Caller caller, ApiRequest request) {
        Publishing.LabelMove move = publishing.label(
                caller,
                kind(request),
                request.path("name"),
                request.path("label"),
                request.fields().text("version"));
        AssetViews.note(request, move.name(), move.version());
        return ApiReply.ok(Json.object()
                .put("name", move.name().toString())
                .put("label", move.label())
                .put("version", move.version())
                .put("before", move.before()));
    }

    private ApiReply unlabel(Caller caller, ApiRequest request) {
        publishing.unlabel(caller, kind(request), request.path("name"), request.path("label"));
        return ApiReply.noContent();
    }

    private ApiReply rollback(Caller caller, ApiRequest request) {
        PutResult result = publishing.rollback(
                caller,
                kind(request),
                request.path("name"),
                request.fields().requireText("version"),
                AssetsApi.precondition(request));
        note(request, result.asset());
        return AssetViews.written(kind(request), result);
    }

    private ApiReply diff(Caller caller, ApiRequest request) {
        Publishing.Comparison comparison = publishing.compare(
                caller, kind(request), request.path("name"), request.query("from"), request.query("to"));
        ObjectNode body = Json.object()
                .put("name", comparison.to().name().toString())
                .put("from", comparison.from().version())
                .put("to", comparison.to().version());
        AssetViews.diff(body, comparison.diff());
        return ApiReply.ok(body);
    }

    private ApiReply fork(Caller caller, ApiRequest request) {
        PutResult copy = forks.fork(
                caller, kind(request), request.path("name"), request.fields().requireText("name"));
        note(request, copy.asset());
        return AssetViews.written(kind(request), copy);
    }

    private ApiReply upstream(Caller caller, ApiRequest request) {
        return ApiReply.ok(view(forks.lineage(caller, kind(request), request.path("name"))));
    }

    private static ObjectNode view(Forks.Lineage lineage) {
        AssetVersion upstream = lineage.upstream();
        ObjectNode body = Json.object()
                .put("name", lineage.fork().name().toString())
                .put("version", lineage.fork().version())
                .put("upstream", lineage.upstreamName())
                .put("upstream_version", upstream == null ? null : upstream.version())
                .put("base_version", lineage.baseVersion())
                .put("behind", lineage.isBehind());
        if (lineage.changes() != null) {
            AssetViews.diff(body.putObject("changes"), lineage.changes());
        }
        if (lineage.merge() != null) {
            body.put("conflicts", lineage.merge().conflicts().size());
        }
        return body;
    }

    private ApiReply merge(Caller caller, ApiRequest request) {
        boolean dryRun = Boolean.TRUE.equals(request.fields().bool("dry_run"));
        String content = request.fields().text("content");
        Integer takenOver = request.fields().intNumber("upstream_version", 1, Integer.MAX_VALUE);
        Forks.Merged merged = forks.merge(
                caller,
                kind(request),
                request.path("name"),
                content == null ? null : new Forks.Resolution(content, takenOver),
                dryRun,
                AssetsApi.precondition(request));
        PutResult result = merged.result();
        Forks.Lineage lineage = merged.lineage();
        AssetVersion upstream = lineage.upstream();
        AssetVersion shown = result == null ? lineage.fork() : result.asset();
        note(request, shown);
        request.note(
                "conflicts",
                new AuditDetail.Count(
                        result == null ? merged.merge().conflicts().size() : 0));
        ObjectNode body = Json.object()
                .put("name", shown.name().toString())
                .put("written", result != null)
                .put("version", shown.version())
                .put("upstream", lineage.upstreamName())
                .put("upstream_version", upstream == null ? null : upstream.version())
                .put("content", result == null ? merged.merge().text() : shown.content());
        ArrayNode conflicts = body.putArray("conflicts");
        if (result == null) {
            for (TextMerge.Conflict conflict : merged.merge().conflicts()) {
                conflicts
                        .addObject()
                        .put("line", conflict.line())
                        .put("ours", conflict.ours())
                        .put("theirs", conflict.theirs());
            }
        }
        ApiReply reply = ApiReply.ok(body).withEtag(shown.hash());
        return result == null && !dryRun ? new ApiReply(409, body, reply.headers()) : reply;
    }
}
