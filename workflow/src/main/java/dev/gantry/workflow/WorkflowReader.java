package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.config.Origin;
import dev.gantry.config.YamlNode;
import dev.gantry.config.YamlText;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Concurrency.WhenFull;
import dev.gantry.workflow.Finding.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads workflows. One look finds all mistakes: of the text, of the format, of references, of types, and those that only show
 * when everything is seen together. What needs the platform (whether a pattern exists, who may run it) is left to the
 * server.
 *
 * <p>Thread-safe.
 */
public final class WorkflowReader {
    private static final Duration DEADLINE_DEFAULT = Duration.ofHours(1);
    private static final Duration DEADLINE_MAX = Duration.ofDays(366);
    private static final Path NAME = Path.of("workflow.yaml");

    private final Expressions expressions;

    private WorkflowReader(Expressions expressions) {
        this.expressions = expressions;
    }

    /** Returns a reader. */
    public static WorkflowReader open() {
        return new WorkflowReader(Expressions.open());
    }

    /**
     * Reads a workflow.
     *
     * @throws GantryException {@link ErrorCode#INVALID_WORKFLOW} that names every line
     */
    public Workflow read(String text) {
        return check(text).require();
    }

    /** Checks a text; never throws. */
    public Checked check(String text) {
        Findings findings = new Findings();
        YamlText yaml = YamlText.read(NAME, text);
        yaml.problems().forEach(problem -> {
            Origin.InFile place = (Origin.InFile) problem.origin();
            findings.add(Rule.SYNTAX, new Position(place.line(), place.column()), problem.key(), problem.text());
        });
        if (yaml.root() == null) {
            if (yaml.problems().isEmpty()) {
                findings.add(Rule.SYNTAX, Position.NONE, "", "the file is empty");
            }
            return new Checked(null, findings.list());
        }
        Workflow workflow = workflow(yaml.root(), findings);
        return new Checked(findings.hasErrors() ? null : workflow, findings.list());
    }

    private Workflow workflow(YamlNode root, Findings findings) {
        Section section = new Section(root, Format.WORKFLOW, "", new Position(1, 1), "a workflow", findings);
        StepReader steps = new StepReader(findings);
        List<Input> inputs = inputs(section, steps, findings);
        List<Output> outputs = new ArrayList<>();
        section.entries("outputs", (entry, path) -> {
            requireIdentifier(entry, path, findings);
            outputs.add(new Output(entry.key(), section.value(entry.value(), path)));
        });
        Body written = new Body(steps.steps(section, 1), new ValueTemplate.Text(Template.plain("", Position.NONE)));
        Concurrency concurrency = concurrency(section);
        Body body = analyse(written, inputs, outputs, concurrency, findings);
        String description = section.words("description");
        String version = section.words("version");
        Duration deadline = section.span("deadline");
        Workflow workflow = new Workflow(
                section.requireWords("name"),
                description == null ? "" : description,
                version == null ? "" : version,
                inputs,
                outputs,
                body,
                section.whole("token_budget", Workflow.TOKEN_BUDGET_DEFAULT),
                deadline == null ? deadline(body) : deadline,
                (int) section.whole("max_parallel", 10),
                concurrency,
                section.words("team"),
                section.has("permissions") ? section.names("permissions") : null,
                section.names("tags").stream()
                        .map(tag -> tag.toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList());
        if (!findings.hasErrors()) {
            new Prospects(findings, new Parser(findings), expressions).check(workflow);
        }
        Needs.check(workflow, findings);
        return workflow;
    }

    private static Body analyse(
            Body written, List<Input> inputs, List<Output> outputs, Concurrency concurrency, Findings findings) {
        Parser parser = new Parser(findings);
        Dependencies dependencies = new Dependencies(findings, parser);
        Body body = dependencies.complete(written);
        Set<String> all = new LinkedHashSet<>();
        body.steps().forEach(step -> all.add(step.id()));
        for (Output output : outputs) {
            Uses.of(output.value(), "outputs." + output.name())
                    .forEach(use -> dependencies.references(use.expression(), use.where(), all, ""));
        }
        new TypeCheck(findings, parser).check(inputs, body, outputs, concurrency);
        return body;
    }

    private static List<Input> inputs(Section section, StepReader steps, Findings findings) {
        List<Input> inputs = new ArrayList<>();
        section.entries("inputs", (entry, path) -> {
            requireIdentifier(entry, path, findings);
            YamlNode node = entry.value();
            if (!(node instanceof YamlNode.Mapping)) {
                DataType type = node.isAbsent() ? DataType.Simple.STRING : DataTypes.read(node, path, findings);
                inputs.add(new Input(entry.key(), type, false, null, List.of(), ""));
                return;
            }
            inputs.add(input(entry.key(), steps.section(node, Format.INPUT, path, "an input"), path, findings));
        });
        return inputs;
    }

    private static Input input(String name, Section section, String path, Findings findings) {
        DataType type = section.type("type", DataType.Simple.STRING);
        YamlNode written = section.node("default");
        JsonNode value = written == null || written.isAbsent() ? null : Scalars.json(written);
        if (value != null) {
            type.problems(value)
                    .forEach(problem ->
                            findings.add(Rule.TYPE_MISMATCH, section.position("default"), path + ".default", problem));
        }
        List<JsonNode> choices = new ArrayList<>();
        section.each("choices", (node, where) -> {
            JsonNode choice = Scalars.json(node);
            choices.add(choice);
            type.problems(choice)
                    .forEach(problem -> findings.add(Rule.TYPE_MISMATCH, Section.place(node), where, problem));
        });
        if (value != null && !choices.isEmpty() && !choices.contains(value)) {
            section.invalid("default", "is not among the choices");
        }
        boolean required = section.truth("required", false);
        if (required && value != null) {
            section.invalid("default", "never applies to a required input; leave one of the two out");
        }
        String description = section.words("description");
        return new Input(name, type, required, value, choices, description == null ? "" : description);
    }

    private static void requireIdentifier(YamlNode.Entry entry, String path, Findings findings) {
        if (!Section.isIdentifier(entry.key())) {
            findings.add(
                    Rule.INVALID_VALUE,
                    Section.place(entry.keyOrigin()),
                    path,
                    "a name is letters, digits and underscores, at most 64, and does not begin with a digit");
        }
    }

    private static Concurrency concurrency(Section workflow) {
        @Nullable Section section = workflow.section("concurrency", "the concurrency of a workflow");
        return section == null
                ? Concurrency.UNLIMITED
                : new Concurrency(
                        (int) section.whole("max_runs", 1),
                        WhenFull.valueOf(section.choice("when_full", "queue").toUpperCase(Locale.ROOT)),
                        section.template("key"));
    }

    /** An hour of work, and all the time that the steps may wait for others. */
    private static Duration deadline(Body body) {
        Duration waits = body.allSteps()
                .map(step -> Prospects.wait(step.action()))
                .filter(Objects::nonNull)
                .reduce(Duration.ZERO, Duration::plus);
        Duration sum = DEADLINE_DEFAULT.plus(waits);
        return sum.compareTo(DEADLINE_MAX) > 0 ? DEADLINE_MAX : sum;
    }
}
