package dev.gantry.workflow;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a workflow's file came to.
 *
 * @param workflow null when there is an error among the findings
 * @param findings in the order of lines
 */
public record Checked(@Nullable Workflow workflow, List<Finding> findings) {
    /** Copies the list. */
    public Checked {
        findings = List.copyOf(findings);
    }

    /** Returns whether it can be stored and run. */
    public boolean isUsable() {
        return workflow != null;
    }

    /** Returns the findings that stand against it. */
    public List<Finding> errors() {
        return findings.stream().filter(finding -> finding.rule().isError()).toList();
    }

    /**
     * Returns the workflow.
     *
     * @throws GantryException {@link ErrorCode#INVALID_WORKFLOW} that names every line, if there is an error
     */
    public Workflow require() {
        return Optional.ofNullable(workflow).orElseThrow(() -> {
            List<FieldError> errors = errors().stream()
                    .map(finding -> new FieldError("/content", finding.toString()))
                    .toList();
            return new GantryException(
                    ErrorCode.INVALID_WORKFLOW,
                    "The workflow cannot be used; line " + errors().getFirst(),
                    errors,
                    null,
                    null);
        });
    }
}
