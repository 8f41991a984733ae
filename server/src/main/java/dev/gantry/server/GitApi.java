package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gitsync.ExportStatus;
import dev.gantry.gitsync.Finding;
import dev.gantry.gitsync.GitExportSettings;
import dev.gantry.gitsync.GitExports;
import dev.gantry.gitsync.GitSourceSettings;
import dev.gantry.gitsync.GitSources;
import dev.gantry.gitsync.SourceStatus;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on the repositories that assets are taken from, and those that they are exported to. */
final class GitApi {
    private final GitSources sources;
    private final GitExports exports;

    GitApi(Repositories repositories) {
        this.sources = repositories.sources();
        this.exports = repositories.exports();
    }

    /** All that git is used for. */
    record Repositories(GitSources sources, GitExports exports) {
        /** Begins to look at them, before the tasks start. */
        void start() {
            sources.start();
            exports.start();
        }
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "listGitSources", this::list,
                "getGitSource", this::get,
                "syncGitSource", this::sync,
                "listGitExports", this::listExports,
                "getGitExport", this::getExport,
                "runGitExport", this::runExport);
    }

    private ApiReply list(Caller caller, ApiRequest request) {
        return ApiReply.page(
                sources.list(caller.organization()).stream().map(GitApi::view).toList(), null);
    }

    private ApiReply get(Caller caller, ApiRequest request) {
        return ApiReply.ok(view(sources.get(caller.organization(), request.path("source"))));
    }

    private ApiReply sync(Caller caller, ApiRequest request) {
        ObjectNode body = view(sources.lookNow(caller.organization(), request.path("source")));
        return new ApiReply(202, body, Map.of());
    }

    private static ObjectNode view(GitSources.Listed listed) {
        GitSourceSettings settings = listed.source().settings();
        SourceStatus status = listed.status();
        ObjectNode view = Json.object()
                .put("name", status.source())
                .put("repository", settings.repository())
                .put("branch", settings.branch())
                .put("layout", settings.layout().name().toLowerCase(Locale.ROOT))
                .put("sync_interval_seconds", settings.syncInterval().toSeconds())
                .put("state", status.state().id())
                .put("commit", status.commit())
                .put("synced_at", time(status.syncedAt()))
                .put("tried_commit", status.triedCommit())
                .put("tried_at", time(status.triedAt()))
                .put("pending", status.pending())
                .put("assets", status.assets())
                .put("problem", status.problem())
                .put("finding_count", status.findingCount());
        ArrayNode findings = view.putArray("findings");
        for (Finding finding : status.findings()) {
            findings.addObject()
                    .put("path", finding.path())
                    .put("line", finding.line())
                    .put("severity", finding.error() ? "error" : "note")
                    .put("message", finding.text());
        }
        return view;
    }

    private ApiReply listExports(Caller caller, ApiRequest request) {
        return ApiReply.page(
                exports.list(caller.organization()).stream().map(GitApi::view).toList(), null);
    }

    private ApiReply getExport(Caller caller, ApiRequest request) {
        return ApiReply.ok(view(exports.get(caller.organization(), request.path("export"))));
    }

    private ApiReply runExport(Caller caller, ApiRequest request) {
        ObjectNode body = view(exports.lookNow(caller.organization(), request.path("export")));
        return new ApiReply(202, body, Map.of());
    }

    private static ObjectNode view(GitExports.Listed listed) {
        GitExportSettings settings = listed.export().settings();
        ExportStatus status = listed.status();
        return Json.object()
                .put("name", status.export())
                .put("repository", settings.repository())
                .put("branch", settings.branch())
                .put("interval_seconds", settings.interval().toSeconds())
                .put("state", status.state().id())
                .put("commit", status.commit())
                .put("exported_at", time(status.exportedAt()))
                .put("tried_at", time(status.triedAt()))
                .put("pending", status.pending())
                .put("assets", status.assets())
                .put("problem", status.problem());
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
