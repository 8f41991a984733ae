package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.AssetOrigin;
import dev.gantry.registry.AssetStanding;
import dev.gantry.registry.AssetSummary;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.PutResult;
import dev.gantry.registry.TextDiff;
import dev.gantry.registry.VariableDeclaration;
import java.time.Instant;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Assets of the registry as the API shows them. */
final class AssetViews {
    private AssetViews() {}

    /** Returns the segment of paths that names a kind, such as {@code patterns}. */
    static String collection(AssetKind kind) {
        return kind == AssetKind.STRATEGY ? "strategies" : kind.id() + "s";
    }

    /** Returns the kind that a segment of a path names. */
    static AssetKind kind(String collection) {
        for (AssetKind kind : AssetKind.values()) {
            if (collection(kind).equals(collection)) {
                return kind;
            }
        }
        throw new IllegalStateException("The document lets no other kind pass: " + collection);
    }

    static ObjectNode summary(AssetSummary asset) {
        ObjectNode node = Json.object()
                .put("name", asset.name().toString())
                .put("version", asset.version())
                .put("hash", asset.hash())
                .put("description", asset.description())
                .put("author", asset.author())
                .put("updated_at", text(asset.updatedAt()))
                .put("visibility", asset.visibility().id())
                .put("deprecated", asset.deprecated());
        ArrayNode tags = node.putArray("tags");
        asset.tags().forEach(tags::add);
        return node;
    }

    static ObjectNode full(AssetVersion asset) {
        ObjectNode node = Json.object()
                .put("name", asset.name().toString())
                .put("version", asset.version())
                .put("hash", asset.hash())
                .put("description", asset.description())
                .put("author", asset.author())
                .put("created_at", text(asset.createdAt()))
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
        standing(node, asset.standing());
        return node;
    }

    private static void standing(ObjectNode node, AssetStanding standing) {
        node.put("visibility", standing.visibility().id()).put("team", standing.team());
        ArrayNode owners = node.putArray("owners");
        standing.owners().forEach(owners::add);
        ObjectNode labels = node.putObject("labels");
        new TreeMap<>(standing.labels()).forEach(labels::put);
        node.put("approved_version", standing.approvedVersion())
                .put("upstream", standing.upstream())
                .put("mirror", standing.mirror());
        AssetOrigin origin = standing.origin();
        if (origin == null) {
            node.putNull("origin");
        } else {
            node.putObject("origin")
                    .put("mirror", origin.mirror())
                    .put("name", origin.name())
                    .put("version", origin.version())
                    .put("author", origin.author())
                    .put("created_at", origin.at().toString());
        }
        AssetStanding.Deprecation deprecation = standing.deprecation();
        if (deprecation == null) {
            node.putNull("deprecation");
        } else {
            node.putObject("deprecation")
                    .put("since", deprecation.since().toString())
                    .put("message", deprecation.message())
                    .put("replacement", deprecation.replacement());
        }
    }

    /**
     * Says in an operation's audit event which asset its path meant: in what it is about and not among the details, since
     * people's names are sealed there only.
     */
    static void note(ApiRequest request, AssetName name, int version) {
        if (!name.toString().equals(request.path().get("name"))) {
            request.noteObject(name.toString());
        }
        request.note("version", new AuditDetail.Count(version));
    }

    /** Returns the reply to a write. */
    static ApiReply written(AssetKind kind, PutResult result) {
        ObjectNode body = full(result.asset());
        body.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        ArrayNode warnings = body.putArray("warnings");
        result.warnings().forEach(warnings::add);
        ApiReply reply = result.outcome() == PutResult.Outcome.CREATED
                ? ApiReply.created(
                        body,
                        "/api/v1/" + collection(kind) + "/" + result.asset().name())
                : ApiReply.ok(body);
        return reply.withEtag(result.asset().hash());
    }

    static void diff(ObjectNode node, TextDiff diff) {
        node.put("added", diff.added()).put("removed", diff.removed()).put("unified", diff.unified());
        ArrayNode hunks = node.putArray("hunks");
        for (TextDiff.Hunk hunk : diff.hunks()) {
            ObjectNode shown = hunks.addObject()
                    .put("old_start", hunk.oldStart())
                    .put("old_lines", hunk.oldLines())
                    .put("new_start", hunk.newStart())
                    .put("new_lines", hunk.newLines());
            ArrayNode lines = shown.putArray("lines");
            for (TextDiff.Line line : hunk.lines()) {
                lines.addObject()
                        .put("change", line.change().name().toLowerCase(Locale.ROOT))
                        .put("text", line.text())
                        .put("old_line", line.oldLine())
                        .put("new_line", line.newLine());
            }
        }
    }

    static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
