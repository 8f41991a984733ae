package dev.gantry.server;

import dev.gantry.kernel.Text;
import dev.gantry.registry.WorkflowFormat;
import dev.gantry.workflow.Checked;
import dev.gantry.workflow.Finding;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowReader;

/** Checks workflows for the registry. */
final class WorkflowTexts implements WorkflowFormat {
    private final WorkflowReader reader;

    WorkflowTexts(WorkflowReader reader) {
        this.reader = reader;
    }

    @Override
    public Description check(String content) {
        Checked checked = reader.check(content);
        Workflow workflow = checked.require();
        String description = workflow.description().isEmpty() ? workflow.name() : workflow.description();
        return new Description(
                Text.shorten(description, 200),
                workflow.tags(),
                checked.findings().stream().map(Finding::toString).toList());
    }
}
