package dev.gantry.server;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.Configuration;
import dev.gantry.config.Problem;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Utf8;
import dev.gantry.tools.ToolSettings;
import dev.gantry.tools.Tools;
import dev.gantry.workflow.Checked;
import dev.gantry.workflow.Finding;
import dev.gantry.workflow.Position;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code workflow validate FILE}: what storing a workflow would say of it, and starting it as far as the section {@code tools} of
 * the configuration tells, without a platform.
 */
final class WorkflowCommands {
    private static final int BYTES_MAX = 4 * 1024 * 1024;

    private WorkflowCommands() {}

    static int validate(Options options, InputStream in, PrintStream out) {
        String file = options.key();
        if (file == null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "Name the file of the workflow, or - for standard input");
        }
        boolean hasConfiguration = Files.isDirectory(options.configDirectory());
        if (!hasConfiguration && !options.configOptional()) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "There is no folder '" + options.configDirectory()
                            + "'; name the one with the configuration, or leave --config out to check without its tools");
        }
        Checked checked = WorkflowReader.open().check(read(file, in));
        List<Finding> findings = new ArrayList<>(checked.findings());
        if (checked.workflow() != null && hasConfiguration) {
            findings.addAll(tools(options, checked.workflow()));
        }
        long errors =
                findings.stream().filter(finding -> finding.rule().isError()).count();
        String shown = file.equals("-") ? "standard input" : file;
        if (options.json()) {
            out.println(WorkflowsApi.report(findings).put("file", shown).toPrettyString());
        } else {
            findings.forEach(
                    finding -> out.println(shown + ":" + (finding.position().line() == 0 ? " " : "") + finding + " ["
                            + finding.rule().id() + "]"));
            out.println(errors == 0 ? shown + " is valid." : errors + (errors == 1 ? " error." : " errors."));
        }
        return errors == 0 ? 0 : 1;
    }

    /** Returns what the operator has not configured; nothing that at least one organization may use is missing. */
    private static List<Finding> tools(Options options, Workflow workflow) {
        List<Problem> problems =
                ConfigLoader.check(options.configDirectory(), false, System.getenv(), ConfigSections.schema());
        if (!problems.isEmpty()) {
            return List.of(new Finding(
                    Finding.Rule.ADVICE,
                    Position.NONE,
                    "",
                    "The tools were not looked up, since the configuration cannot be used: " + problems.getFirst()));
        }
        Configuration configuration =
                ConfigLoader.load(options.configDirectory(), false, System.getenv(), ConfigSections.schema());
        try (Tools tools = Tools.open(configuration.get("tools", ToolSettings.class), options.dataDirectory())) {
            return workflow.body()
                    .allSteps()
                    .flatMap(step -> refusals(tools, step).stream())
                    .toList();
        } finally {
            configuration.secrets().close();
        }
    }

    private static List<Finding> refusals(Tools tools, Step step) {
        List<Finding> findings = List.of();
        for (String organization : tools.organizations()) {
            findings = WorkflowsApi.tools(tools, step, organization);
            if (findings.isEmpty()) {
                break;
            }
        }
        return findings;
    }

    private static String read(String file, InputStream in) {
        try (InputStream stream = file.equals("-") ? in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = stream.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new GantryException(
                        ErrorCode.REQUEST_TOO_LARGE, "'" + file + "' has more than " + BYTES_MAX + " bytes");
            }
            if (!Utf8.isValid(bytes, 0, bytes.length)) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "'" + file + "' is not UTF-8");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND, "'" + file + "' cannot be read; is it there and a file?", unreadable);
        }
    }
}
