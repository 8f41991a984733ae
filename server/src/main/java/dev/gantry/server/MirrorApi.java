package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.mirror.MirrorSettings;
import dev.gantry.mirror.MirrorStatus;
import dev.gantry.mirror.Mirrors;
import dev.gantry.registry.AssetInventory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations on the registries that are mirrored here, and what those ask that mirror this one. */
final class MirrorApi {
    /** Texts of one reply, in characters. */
    private static final long TEXTS_CHARS_MAX = 4 << 20;

    private static final int PAGE_DEFAULT = 500;

    private final Mirrors mirrors;
    private final AssetInventory inventory;

    MirrorApi(Mirrors mirrors, AssetInventory inventory) {
        this.mirrors = mirrors;
        this.inventory = inventory;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "listMirrors", this::list,
                "getMirror", this::get,
                "syncMirror", this::sync,
                "releaseMirror", this::release,
                "listMirrorFeed", this::feed,
                "listMirrorFeedVersions", this::versions);
    }

    private ApiReply list(Caller caller, ApiRequest request) {
        return ApiReply.page(
                mirrors.list(caller.organization()).stream()
                        .map(MirrorApi::view)
                        .toList(),
                null);
    }

    private ApiReply get(Caller caller, ApiRequest request) {
        return ApiReply.ok(view(mirrors.get(caller.organization(), request.path("mirror"))));
    }

    private ApiReply sync(Caller caller, ApiRequest request) {
        ObjectNode body = view(mirrors.lookNow(caller.organization(), request.path("mirror")));
        return new ApiReply(202, body, Map.of());
    }

    private ApiReply release(Caller caller, ApiRequest request) {
        int released = mirrors.release(caller.organization(), request.path("mirror"));
        request.note("released", AuditDetail.of(released));
        return ApiReply.ok(Json.object().put("name", request.path("mirror")).put("released", released));
    }

    private static ObjectNode view(Mirrors.Listed listed) {
        MirrorSettings settings = listed.mirror().settings();
        MirrorStatus status = listed.status();
        ObjectNode view = Json.object()
                .put("name", status.mirror())
                .put("url", settings.url())
                .put("namespace", settings.namespace().orElse(null))
                .put("interval_seconds", settings.interval().toSeconds())
                .put("visibility", settings.visibility().name().toLowerCase(Locale.ROOT))
                .put("approval_workflow", settings.approvalWorkflow())
                .put("state", status.state().id())
                .put("synced_at", AssetViews.text(status.syncedAt()))
                .put("tried_at", AssetViews.text(status.triedAt()))
                .put("pending", status.pending())
                .put("failing_since", AssetViews.text(status.failingSince()))
                .put("assets", status.assets())
                .put("problem", status.problem())
                .put("finding_count", status.findingCount());
        ArrayNode namespaces = view.putArray("namespaces");
        settings.namespaces().forEach(namespaces::add);
        ArrayNode findings = view.putArray("findings");
        for (MirrorStatus.Finding finding : status.findings()) {
            findings.addObject()
                    .put("asset", finding.asset())
                    .put("severity", finding.error() ? "error" : "note")
                    .put("message", finding.text());
        }
        return view;
    }

    /** The tag of the first page stands for all: whoever has it has everything. */
    private ApiReply feed(Caller caller, ApiRequest request) {
        String written = request.query("namespaces");
        List<String> namespaces = written == null ? List.of() : List.of(written.split(",", -1));
        String cursor = request.query("cursor");
        String state = cursor == null ? inventory.state(caller, namespaces) : "";
        if (cursor == null && isKnown(state, request.headers().get("If-None-Match"))) {
            return new ApiReply(304, null, Map.of()).withEtag(state);
        }
        AssetInventory.Page page = inventory.page(caller, namespaces, cursor, request.query("limit", PAGE_DEFAULT));
        List<ObjectNode> items = new ArrayList<>();
        page.items().forEach(item -> items.add(view(item)));
        ApiReply reply = ApiReply.page(items, page.next());
        return cursor == null ? reply.withEtag(state) : reply;
    }

    /** Compares as RFC 9110, section 13.1.2, says: a list of tags, weakly compared, or {@code *}. */
    private static boolean isKnown(String state, @Nullable String tags) {
        if (tags == null) {
            return false;
        }
        for (String entry : tags.split(",", -1)) {
            String tag = entry.strip();
            if (tag.equals("*") || tag.equals("\"" + state + "\"") || tag.equals("W/\"" + state + "\"")) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode view(AssetInventory.Item item) {
        ObjectNode view = Json.object()
                .put("id", item.id().toString())
                .put("kind", item.kind().id())
                .put("name", item.name().toString())
                .put("version", item.version())
                .put("hash", item.hash())
                .put("updated_at", item.updatedAt().toString())
                .put("visibility", item.visibility().id());
        ArrayNode tags = view.putArray("added_tags");
        item.addedTags().forEach(tags::add);
        ObjectNode labels = view.putObject("labels");
        item.labels()
                .forEach((label, meant) ->
                        labels.putObject(label).put("version", meant.version()).put("hash", meant.hash()));
        if (item.deprecation() == null) {
            view.putNull("deprecation");
        } else {
            view.putObject("deprecation")
                    .put("message", item.deprecation().message())
                    .put("replacement", item.deprecation().replacement());
        }
        return view;
    }

    private ApiReply versions(Caller caller, ApiRequest request) {
        Map<UUID, Integer> wanted = new LinkedHashMap<>();
        for (String asset : String.valueOf(request.query("assets")).split(",", -1)) {
            wanted.put(Ids.parse("assets", asset.substring(0, 36)), Integer.valueOf(asset.substring(37)));
        }
        AssetInventory.Copies copies = inventory.versions(caller, wanted, TEXTS_CHARS_MAX);
        ObjectNode body = Json.object().put("complete", copies.complete());
        ArrayNode items = body.putArray("items");
        for (AssetInventory.Copy copy : copies.copies()) {
            items.addObject()
                    .put("asset", copy.asset().toString())
                    .put("kind", copy.kind().id())
                    .put("name", copy.name().toString())
                    .put("version", copy.version())
                    .put("hash", copy.hash())
                    .put("author", copy.author())
                    .put("created_at", copy.at().toString())
                    .put("content", copy.content());
        }
        return ApiReply.ok(body);
    }
}
