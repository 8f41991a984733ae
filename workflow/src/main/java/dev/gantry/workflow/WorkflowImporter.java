package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.config.YamlText;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Imported.Note;
import dev.gantry.workflow.Imported.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Imports workflows of other systems: Gorgon's YAML and its older JSON, Fabric's stitches. Nothing of the original is executed
 * or looked up. Thread-safe.
 */
public final class WorkflowImporter {
    /** Kinds of steps that no other format has. */
    private static final Set<String> OURS = Set.of("pattern", "agent", "tool", "transform", "map", "wait", "workflow");

    private final WorkflowReader reader;

    /** Makes an importer whose results the reader checks. */
    public WorkflowImporter(WorkflowReader reader) {
        this.reader = reader;
    }

    /**
     * Rewrites a workflow.
     *
     * @param fileName the name of the file, for the workflow's name and for messages
     * @throws GantryException {@link ErrorCode#INVALID_WORKFLOW} if it is not YAML or JSON, or none of these formats, our own among them
     */
    public Imported convert(String fileName, String text) {
        YamlText yaml = YamlText.read(Path.of("imported"), text);
        if (yaml.root() == null || !yaml.problems().isEmpty()) {
            String problem = yaml.problems().isEmpty()
                    ? "the file is empty"
                    : yaml.problems().getFirst().toString().replaceFirst("^imported", "line ");
            throw new GantryException(ErrorCode.INVALID_WORKFLOW, "The file cannot be read: " + problem);
        }
        JsonNode root = Scalars.json(yaml.root());
        Source source = source(root)
                .orElseThrow(() -> new GantryException(
                        ErrorCode.INVALID_WORKFLOW,
                        "This is no workflow that can be imported: Gorgon's have 'steps' with a 'type' each, Fabric's"
                                + " stitches have 'steps' with a 'pattern' each"));
        refuseOurs(root);
        List<Note> notes = new ArrayList<>();
        ObjectNode object = (ObjectNode) root;
        ObjectNode converted = source == Source.FABRIC_STITCH
                ? new StitchImporter(object, notes).convert()
                : new GorgonImporter(object, notes).convert();
        String content = YamlWriter.write(converted);
        String name = fileName.isBlank()
                ? converted.path("name").asText()
                : fileName.replaceFirst(".*[/\\\\]", "").replaceFirst("\\.[A-Za-z]+$", "");
        return new Imported(
                source,
                ForeignNames.assetName(name),
                content,
                notes.stream().distinct().limit(200).toList(),
                reader.check(content).findings());
    }

    private static void refuseOurs(JsonNode root) {
        for (JsonNode step : root.path("steps")) {
            if (OURS.contains(step.path("type").asText(""))) {
                throw new GantryException(
                        ErrorCode.INVALID_WORKFLOW,
                        "This is a workflow of Gantry's own format already; gantry workflow publish stores it");
            }
        }
    }

    private static Optional<Source> source(JsonNode root) {
        JsonNode steps = root.path("steps");
        if (!root.isObject() || !steps.isArray() || steps.isEmpty()) {
            return Optional.empty();
        }
        JsonNode first = steps.get(0);
        if (first.has("type")) {
            boolean older = root.has("variables") || first.has("next_step") || first.has("action");
            return Optional.of(older ? Source.GORGON_JSON : Source.GORGON_YAML);
        }
        return first.has("pattern") || first.has("parallel") ? Optional.of(Source.FABRIC_STITCH) : Optional.empty();
    }
}
