package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.registry.ImportFile;
import dev.gantry.registry.ImportPlan;
import dev.gantry.registry.ImportReport;
import dev.gantry.registry.Registry;
import dev.gantry.registry.SessionMessage;
import dev.gantry.registry.SessionPage;
import dev.gantry.registry.SessionSummary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Operations on the caller's own sessions, and the import of whole libraries. */
final class LibraryApi {
    private static final int SESSIONS_DEFAULT = 50;

    private final Registry registry;

    LibraryApi(Registry registry) {
        this.registry = registry;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "listSessions", this::sessions,
                "getSession", this::session,
                "deleteSession", this::deleteSession,
                "importLibrary", this::importLibrary);
    }

    private ApiReply sessions(Caller caller, ApiRequest request) {
        SessionPage page =
                registry.sessions().list(caller, request.query("cursor"), request.query("limit", SESSIONS_DEFAULT));
        List<ObjectNode> items = new ArrayList<>();
        for (SessionSummary session : page.sessions()) {
            items.add(Json.object()
                    .put("name", session.name())
                    .put("messages", session.messages())
                    .put("characters", session.characters())
                    .put("created_at", session.createdAt().toString())
                    .put("updated_at", session.updatedAt().toString()));
        }
        return ApiReply.page(items, page.nextAfter());
    }

    private ApiReply session(Caller caller, ApiRequest request) {
        ObjectNode body = Json.object().put("name", request.path("name"));
        ArrayNode messages = body.putArray("messages");
        for (SessionMessage message : registry.sessions().get(caller, request.path("name"))) {
            messages.addObject()
                    .put("role", message.speaker().name().toLowerCase(Locale.ROOT))
                    .put("content", message.text())
                    .put(
                            "created_at",
                            message.createdAt() == null
                                    ? null
                                    : message.createdAt().toString());
        }
        return ApiReply.ok(body);
    }

    private ApiReply deleteSession(Caller caller, ApiRequest request) {
        registry.sessions().delete(caller, request.path("name"));
        return ApiReply.noContent();
    }

    private ApiReply importLibrary(Caller caller, ApiRequest request) {
        List<ImportFile> files = new ArrayList<>();
        for (JsonFields file : request.fields().objects("files")) {
            files.add(new ImportFile(file.requireText("path"), content(file)));
        }
        ImportReport report = registry.libraryImport().run(caller, plan(request.fields()), files);
        ObjectNode body = Json.object().put("written", report.written());
        ArrayNode items = body.putArray("items");
        Map<String, Integer> counts = new TreeMap<>();
        for (ImportReport.Entry entry : report.entries()) {
            String outcome = entry.outcome().name().toLowerCase(Locale.ROOT);
            counts.merge(outcome, 1, Integer::sum);
            ObjectNode item = items.addObject()
                    .put("path", entry.path())
                    .put("type", entry.type())
                    .put("name", entry.name())
                    .put("version", entry.version())
                    .put("outcome", outcome);
            ArrayNode notes = item.putArray("notes");
            entry.notes().forEach(notes::add);
        }
        ObjectNode summary = body.putObject("summary");
        counts.forEach(summary::put);
        return ApiReply.ok(body);
    }

    private static ImportPlan plan(JsonFields body) {
        List<ImportPlan.Rule> rules = new ArrayList<>();
        for (JsonFields rule : body.objects("map")) {
            rules.add(new ImportPlan.Rule(rule.requireText("from"), rule.requireText("to")));
        }
        return new ImportPlan(
                choice(body.text("layout"), ImportPlan.Layout.FABRIC),
                body.text("namespace"),
                rules,
                choice(body.text("on_conflict"), ImportPlan.OnConflict.NEW_VERSION),
                body.node().path("dry_run").asBoolean(false));
    }

    /** Reads one of the words that the API document lets pass. */
    private static <E extends Enum<E>> E choice(@Nullable String written, E otherwise) {
        return written == null
                ? otherwise
                : Enum.valueOf(otherwise.getDeclaringClass(), written.toUpperCase(Locale.ROOT));
    }

    private static byte[] content(JsonFields file) {
        String encoded = file.text("content_base64");
        if (encoded == null) {
            String text = file.text("content");
            if (text == null) {
                throw file.invalid("content", "or 'content_base64' is required");
            }
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException malformed) {
            throw file.invalid("content_base64", "is not valid base64");
        }
    }
}
