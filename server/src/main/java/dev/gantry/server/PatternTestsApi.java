package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.PatternTests;
import dev.gantry.registry.Registry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What patterns are tried with, and trying them. */
final class PatternTestsApi {
    private static final int COLUMNS_MAX = 10;
    private static final int REQUESTS_MAX = 300;

    private final Registry registry;
    private final PatternTests tests;
    private final PatternTrials trials;

    PatternTestsApi(Registry registry, PatternTrials trials) {
        this.registry = registry;
        this.tests = registry.patternTests();
        this.trials = trials;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "getPatternTests", (caller, request) -> reply(tests.get(caller, request.path("name"))),
                "putPatternTests", this::put,
                "listPatternTestRuns", this::runs,
                "runPatternTests", this::run);
    }

    private ApiReply put(Caller caller, ApiRequest request) {
        PatternTests.Suite suite = tests.put(
                caller, request.path("name"), request.fields().requireText("content"), AssetsApi.precondition(request));
        request.note("revision", new AuditDetail.Count(suite.revision()));
        return reply(suite);
    }

    private static ApiReply reply(PatternTests.Suite suite) {
        return ApiReply.ok(view(suite)).withEtag(suite.tag());
    }

    static ObjectNode view(PatternTests.Suite suite) {
        return Json.object()
                .put("name", suite.pattern().name().toString())
                .put("version", suite.pattern().version())
                .put("revision", suite.revision())
                .put("author", suite.author())
                .put("created_at", suite.createdAt().toString())
                .put("content", suite.content());
    }

    private ApiReply runs(Caller caller, ApiRequest request) {
        return ApiReply.page(
                tests.runs(caller, request.path("name"), request.query("limit", 50)).stream()
                        .map(PatternTestsApi::view)
                        .toList(),
                null);
    }

    private ApiReply run(Caller caller, ApiRequest request) {
        PatternTests.Suite suite = tests.get(caller, request.path("name"));
        String full = suite.pattern().name().toString();
        List<Integer> versions = new ArrayList<>(List.of(suite.pattern().version()));
        for (String other : request.fields().texts("compare")) {
            versions.add(registry.assets()
                    .get(caller, AssetKind.PATTERN, full + "@" + other)
                    .version());
        }
        List<String> models = request.fields().texts("models");
        int columns = versions.size() * Math.max(1, models.size());
        if (columns > COLUMNS_MAX || columns * suite.tests().size() > REQUESTS_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "At a time, up to " + COLUMNS_MAX + " versions and models and " + REQUESTS_MAX
                            + " requests; these are " + columns + " and "
                            + columns * suite.tests().size());
        }
        ObjectNode body = Json.object().put("name", full).put("revision", suite.revision());
        ArrayNode shown = body.putArray("runs");
        boolean passed = true;
        for (int version : versions) {
            for (String model : models.isEmpty() ? Arrays.asList((String) null) : models) {
                PatternTrials.Column column = trials.run(caller, suite, version, model, RunsApi.region(request));
                passed &= version != suite.pattern().version() || column.failed() == 0;
                PatternTests.TestRun kept = tests.keep(
                        caller,
                        suite,
                        version,
                        column.model(),
                        column.passed(),
                        column.failed(),
                        column.costMicroUsd(),
                        withoutOutputs(column.results()));
                ObjectNode view = view(kept);
                view.set("results", column.results());
                shown.add(view);
            }
        }
        AssetViews.note(request, suite.pattern().name(), suite.pattern().version());
        request.note("passed", new AuditDetail.Text(Boolean.toString(passed)));
        return ApiReply.ok(body.put("passed", passed));
    }

    /** Answers are shown and not kept. */
    private static ArrayNode withoutOutputs(ArrayNode results) {
        ArrayNode kept = results.deepCopy();
        for (JsonNode result : kept) {
            ((ObjectNode) result).remove("output");
        }
        return kept;
    }

    static ObjectNode view(PatternTests.TestRun run) {
        ObjectNode view = Json.object()
                .put("id", run.id().toString())
                .put("version", run.version())
                .put("revision", run.revision())
                .put("model", run.model())
                .put("passed", run.passed())
                .put("failed", run.failed())
                .put("cost_micro_usd", run.costMicroUsd())
                .put("run_by", run.runBy())
                .put("run_at", run.runAt().toString());
        view.set("results", run.results());
        return view;
    }
}
