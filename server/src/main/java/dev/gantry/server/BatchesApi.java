package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.batch.Batch;
import dev.gantry.batch.BatchRequest;
import dev.gantry.batch.Batches;
import dev.gantry.batch.ItemResult;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.TimeCursor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Batches over REST. Whoever may call the platform may hand in a batch, since each of its requests is checked like any other;
 * everybody sees their own, and with {@code runs:read}, {@code runs:update} and {@code runs:delete} those of others.
 */
final class BatchesApi {
    static final String REGION = "X-Gantry-Region";
    static final String TASK = "X-Gantry-Task";
    static final String TAGS = "X-Gantry-Tags";
    static final String CACHE_CONTROL = "Cache-Control";
    static final String CACHE = "X-Gantry-Cache";

    private static final List<String> WISHES = List.of(REGION, TASK, TAGS, CACHE_CONTROL, CACHE);
    private static final Permission READ = Permission.of("runs", "read");
    private static final Permission UPDATE = Permission.of("runs", "update");
    private static final Permission DELETE = Permission.of("runs", "delete");
    private static final int CUSTOM_ID_LENGTH_MAX = 256;

    private final Batches batches;
    private final GatedRoutes routes;

    BatchesApi(Batches batches, GatedRoutes routes) {
        this.batches = batches;
        this.routes = routes;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "createBatch", this::create,
                "listBatches", this::list,
                "getBatch", this::get,
                "cancelBatch", this::cancel,
                "deleteBatch", this::delete,
                "getBatchResults", this::results);
    }

    private ApiReply create(Caller caller, ApiRequest request) {
        // Whoever may execute nothing at all would fill the audit log with refusals, one for each request.
        if (!caller.rights().allowSome("models", "execute") && !caller.rights().allowSome("patterns", "execute")) {
            caller.require(Permission.of("models", "execute"));
        }
        JsonFields fields = request.fields();
        String endpoint = fields.text("endpoint");
        List<BatchRequest.Item> items = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonFields item : fields.objects("requests")) {
            items.add(item(item, endpoint, names));
        }
        Map<String, String> wishes = new HashMap<>();
        for (String name : WISHES) {
            String value = request.headers().get(name);
            if (value != null) {
                wishes.put(name, value);
            }
        }
        Batch batch = batches.submit(caller, new BatchRequest(fields.text("name"), wishes, items));
        request.noteObject(batch.id().toString());
        request.note("requests", new AuditDetail.Count(items.size()));
        return ApiReply.created(view(batch), "/api/v1/batches/" + batch.id());
    }

    private BatchRequest.Item item(JsonFields item, @Nullable String usual, Set<String> names) {
        String customId = item.requireText("custom_id");
        if (customId.isEmpty() || customId.length() > CUSTOM_ID_LENGTH_MAX) {
            throw item.invalid("custom_id", "must have 1 to " + CUSTOM_ID_LENGTH_MAX + " characters");
        }
        if (!names.add(customId)) {
            throw item.invalid("custom_id", "must be another one for each request");
        }
        String method = item.text("method");
        if (method != null && !method.equals("POST")) {
            throw item.invalid("method", "must be POST");
        }
        String url = item.text("url");
        String endpoint = url == null ? usual : url;
        if (endpoint == null || !routes.has(endpoint)) {
            throw item.invalid(
                    "url",
                    "must be " + String.join(", ", routes.sdkPaths()) + " or " + ExecuteRoute.ENDPOINT
                            + "; without it the batch's 'endpoint' holds");
        }
        JsonFields body = item.object("body");
        if (body == null) {
            throw item.invalid("body", "is required");
        }
        if (Boolean.TRUE.equals(body.bool("stream"))) {
            throw body.invalid("stream", "must not be true in a batch, where nobody reads along");
        }
        return new BatchRequest.Item(customId, endpoint, Json.write(body.node()));
    }

    private ApiReply list(Caller caller, ApiRequest request) {
        int limit = request.query("limit", 50);
        String cursor = request.query("cursor");
        boolean all = "true".equals(request.query("all"));
        if (all) {
            caller.require(READ);
        }
        List<Batch> found = batches.list(caller, all, cursor == null ? null : TimeCursor.parse(cursor), limit + 1);
        List<Batch> page = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit
                ? new TimeCursor(page.getLast().createdAt(), page.getLast().id()).encode()
                : null;
        return ApiReply.page(page.stream().map(BatchesApi::view).toList(), next);
    }

    private ApiReply get(Caller caller, ApiRequest request) {
        return ApiReply.ok(view(batches.get(caller, request.id("batch"), caller.may(READ))));
    }

    private ApiReply cancel(Caller caller, ApiRequest request) {
        return ApiReply.ok(view(batches.cancel(caller, request.id("batch"), caller.may(UPDATE))));
    }

    private ApiReply delete(Caller caller, ApiRequest request) {
        batches.delete(caller, request.id("batch"), caller.may(DELETE));
        return ApiReply.noContent();
    }

    private ApiReply results(Caller caller, ApiRequest request) {
        Batch batch = batches.get(caller, request.id("batch"), caller.may(READ));
        return ApiReply.lines(out -> batches.results(caller, batch, result -> {
            try {
                out.write(Json.write(view(result)));
                out.write('\n');
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }));
    }

    private static ObjectNode view(Batch batch) {
        ObjectNode view = Json.object()
                .put("id", batch.id().toString())
                .put("name", batch.name())
                .put("status", batch.state().name().toLowerCase(Locale.ROOT))
                .put("submitted_by", batch.principal())
                .put("created_at", batch.createdAt().toString())
                .put("expires_at", batch.expiresAt().toString())
                .put(
                        "finished_at",
                        batch.finishedAt() == null ? null : batch.finishedAt().toString());
        view.putObject("requests")
                .put("total", batch.counts().total())
                .put("open", batch.counts().open())
                .put("succeeded", batch.counts().succeeded())
                .put("failed", batch.counts().failed())
                .put("cancelled", batch.counts().cancelled())
                .put("expired", batch.counts().expired());
        return view;
    }

    private static ObjectNode view(ItemResult result) {
        ObjectNode view = Json.object().put("custom_id", result.customId()).put("status", result.state());
        byte[] body = result.body();
        if (body == null) {
            view.putNull("response");
            view.putObject("error")
                    .put("code", result.state())
                    .put(
                            "message",
                            result.state().equals("expired")
                                    ? "The batch's time was over before the request began"
                                    : "The batch was cancelled before the request was answered");
            return view;
        }
        JsonNode reply = body.length == 0 ? Json.object() : Json.read(body);
        view.putObject("response")
                .put("status_code", result.status())
                .put("request_id", result.requestId())
                .set("body", reply);
        view.putNull("error");
        return view;
    }
}
