package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.registry.Precondition;
import dev.gantry.registry.PutResult;
import dev.gantry.tools.Tools;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Checked;
import dev.gantry.workflow.Finding;
import dev.gantry.workflow.Finding.Rule;
import dev.gantry.workflow.Imported;
import dev.gantry.workflow.Input;
import dev.gantry.workflow.Needs;
import dev.gantry.workflow.Needs.Need;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowImporter;
import dev.gantry.workflow.WorkflowReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;

/** The check of workflows as the caller would run them, and the import of those of other systems. */
final class WorkflowsApi {
    private final Assets assets;
    private final WorkflowReader reader;
    private final WorkflowImporter importer;
    private final Tools tools;
    private final Function<UUID, String> organizations;

    WorkflowsApi(Assets assets, WorkflowReader reader, Tools tools, Function<UUID, String> organizations) {
        this.assets = assets;
        this.reader = reader;
        this.tools = tools;
        this.organizations = organizations;
        this.importer = new WorkflowImporter(reader);
    }

    Map<String, ApiHandler> handlers() {
        return Map.of("validateWorkflow", this::validate, "importWorkflow", this::importWorkflow);
    }

    private ApiReply validate(Caller caller, ApiRequest request) {
        Checked checked = reader.check(request.fields().requireText("content"));
        List<Finding> findings = new ArrayList<>(checked.findings());
        if (checked.workflow() != null) {
            findings.addAll(lookUp(caller, checked.workflow()));
        }
        ObjectNode body = report(findings);
        if (checked.workflow() != null) {
            body.set("inputs", inputs(checked.workflow()));
        }
        return ApiReply.ok(body);
    }

    /** Returns what a run takes, so that a form can ask for it. */
    private static ArrayNode inputs(Workflow workflow) {
        ArrayNode inputs = Json.mapper().createArrayNode();
        for (Input input : workflow.inputs()) {
            ObjectNode shown = inputs.addObject()
                    .put("name", input.name())
                    .put("required", input.required())
                    .put("description", input.description());
            shown.set("schema", input.type().schema());
            shown.set("default", input.defaultValue());
            input.choices().forEach(shown.putArray("choices")::add);
        }
        return inputs;
    }

    private ApiReply importWorkflow(Caller caller, ApiRequest request) {
        String file = request.fields().text("file");
        String namespace = request.fields().text("namespace");
        Imported imported =
                importer.convert(file == null ? "" : file, request.fields().requireText("content"));
        String named = request.fields().text("name");
        String name = (namespace == null ? "" : namespace + "/") + (named == null ? imported.name() : named);
        ObjectNode body = report(imported.findings())
                .put("format", imported.format().title())
                .put("name", name)
                .put("content", imported.content());
        ArrayNode notes = body.putArray("notes");
        imported.notes()
                .forEach(note -> notes.addObject()
                        .put("lost", note.lost())
                        .put("path", note.path())
                        .put("message", note.text()));
        if (imported.isUsable() && !Boolean.TRUE.equals(request.fields().bool("dry_run"))) {
            PutResult stored =
                    assets.put(caller, AssetKind.WORKFLOW, name, imported.content(), new Precondition.None());
            AssetViews.note(request, stored.asset().name(), stored.asset().version());
            body.put("name", stored.asset().name().toString())
                    .put("version", stored.asset().version())
                    .put("outcome", stored.outcome().name().toLowerCase(Locale.ROOT));
        }
        return ApiReply.ok(body);
    }

    /** Returns findings as the API and {@code gantry workflow validate --json} show them. */
    static ObjectNode report(List<Finding> findings) {
        ObjectNode body = Json.object()
                .put(
                        "valid",
                        findings.stream().noneMatch(finding -> finding.rule().isError()));
        ArrayNode items = body.putArray("findings");
        for (Finding finding : findings) {
            items.addObject()
                    .put("rule", finding.rule().id())
                    .put("severity", finding.rule().isError() ? "error" : "warning")
                    .put("line", finding.position().line())
                    .put("column", finding.position().column())
                    .put("path", finding.path())
                    .put("message", finding.text());
        }
        return body;
    }

    private List<Finding> lookUp(Caller caller, Workflow workflow) {
        List<Finding> findings = new ArrayList<>();
        for (Need need : Needs.of(workflow)) {
            Permission permission = need.permission();
            switch (permission.resource()) {
                case "patterns" -> asset(caller, AssetKind.PATTERN, need, findings);
                case "workflows" -> asset(caller, AssetKind.WORKFLOW, need, findings);
                case "models" -> {
                    if (!caller.rights().allowSome(permission.resource(), permission.action())) {
                        findings.add(missing(need, permission.toString()));
                    }
                }
                default -> {
                    if (!caller.may(permission)) {
                        findings.add(missing(need, permission.toString()));
                    }
                }
            }
        }
        String organization = organizations.apply(caller.organization());
        workflow.body().allSteps().forEach(step -> {
            if (step.action() instanceof Action.RunWorkflow child) {
                inputs(caller, step, child, findings);
            }
            findings.addAll(tools(tools, step, organization));
        });
        return findings;
    }

    /** Returns what of a step the operator's configuration does not allow. */
    static List<Finding> tools(Tools tools, Step step, String organization) {
        List<Action> actions = new ArrayList<>(List.of(step.action()));
        if (step.policy().onFailure() instanceof Policy.OnFailure.Fallback fallback) {
            actions.add(fallback.action());
        }
        return actions.stream()
                .map(action -> ToolSteps.refusal(tools, action, organization))
                .filter(Objects::nonNull)
                .map(refusal -> new Finding(Rule.NOT_ALLOWED, step.position(), "step " + step.id(), refusal))
                .toList();
    }

    private void asset(Caller caller, AssetKind kind, Need need, List<Finding> findings) {
        try {
            AssetVersion found = assets.get(caller, kind, need.permission().name());
            Permission exact = Permission.of(
                    kind.resource(),
                    "execute",
                    found.name().namespace(),
                    found.name().path());
            if (!caller.may(exact)) {
                findings.add(missing(need, exact.toString()));
            }
        } catch (GantryException refused) {
            findings.add(
                    new Finding(Rule.DANGLING_REFERENCE, need.position(), "step " + need.step(), refused.getMessage()));
        }
    }

    private static Finding missing(Need need, String permission) {
        return new Finding(
                Rule.MISSING_PERMISSION,
                need.position(),
                "step " + need.step(),
                "needs " + permission + ", which you do not have");
    }

    /** A child must be given what it requires, and nothing that it does not know. */
    private void inputs(Caller caller, Step step, Action.RunWorkflow child, List<Finding> findings) {
        Workflow called;
        try {
            called = reader.read(
                    assets.get(caller, AssetKind.WORKFLOW, child.workflow()).content());
        } catch (GantryException foundAlready) {
            return;
        }
        List<String> known = called.inputs().stream().map(Input::name).toList();
        for (String given : child.inputs().keySet()) {
            if (!known.contains(given)) {
                findings.add(input(
                        step,
                        "'" + child.workflow() + "' has no input '" + given + "'" + Text.didYouMean(given, known)));
            }
        }
        for (Input input : called.inputs()) {
            if (input.required() && !child.inputs().containsKey(input.name())) {
                findings.add(input(step, "'" + child.workflow() + "' requires the input '" + input.name() + "'"));
            }
        }
    }

    private static Finding input(Step step, String text) {
        return new Finding(Rule.DANGLING_REFERENCE, step.position(), "step " + step.id(), text);
    }
}
