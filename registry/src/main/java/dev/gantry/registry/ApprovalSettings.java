package dev.gantry.registry;

import dev.gantry.config.Setting;
import java.util.List;

/** Section {@code patterns.approval_workflow}: the policy of namespaces for which an organization has set none itself. */
public record ApprovalSettings(
        @Setting(
                value = "Whether showing an asset to the whole organization takes an approved version",
                defaultValue = "false")
        boolean enabled,

        @Setting(value = "Approvals that a version needs", defaultValue = "1", min = 1, max = 20)
        int requiredReviews,

        @Setting("Who may approve: users, teams and groups. With none, whoever has patterns:review or workflows:review")
        List<String> reviewers,

        @Setting(
                value =
                        "Whether only approved versions run, of what lies in shared and in the namespaces of teams; always"
                                + " so where the workflow is enabled for what comes from git (patterns.source)",
                defaultValue = "false")
        boolean requireApproved,

        @Setting(
                value = "Labels that only those move who have patterns:promote or workflows:promote",
                defaultValue = "[production]")
        List<String> protectedLabels) {
    /** Copies the lists. */
    public ApprovalSettings {
        reviewers = List.copyOf(reviewers);
        protectedLabels = List.copyOf(protectedLabels);
    }

    static ApprovalSettings defaults() {
        return new ApprovalSettings(false, 1, List.of(), false, List.of("production"));
    }

    ApprovalSettings withRequireApproved() {
        return new ApprovalSettings(enabled, requiredReviews, reviewers, true, protectedLabels);
    }
}
