package dev.gantry.gitsync;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A repository that assets are taken from. */
public record GitSourceSettings(
        @Setting("Address: https://…, ssh://… or git@host:path")
        String repository,

        @Setting(value = "Branch", defaultValue = "main") String branch,

        @Setting(value = "How often the repository is asked for changes", defaultValue = "5m", min = 1_000)
        Duration syncInterval,

        @Setting("Organization whose registry it feeds; the first one when this is not set")
        Optional<String> organization,

        @Setting(
                value =
                        "fabric: patterns/NAME/system.md, contexts/, strategies/, workflows/; namespaces: a directory for each"
                                + " namespace (team-a/patterns/…, shared/…, workflows/team-a/…)",
                defaultValue = "fabric")
        Layout layout,

        @Setting(value = "Layout fabric: the namespace of everything, shared or a team", defaultValue = "shared")
        String namespace,

        @Setting("Layout namespaces: those that the repository may write to; empty for shared and every team")
        List<String> namespaces,

        @Setting(
                "Directory of the repository that is the root of the layout, such as data; the repository itself when this"
                        + " is not set")
        Optional<String> directory,

        @Setting(
                value =
                        "What a file that cannot be used does: refuse keeps the last good commit as a whole, skip leaves that"
                                + " file out",
                defaultValue = "refuse")
        BrokenFiles brokenFiles,

        @Setting(
                value =
                        "optional: commits need no signature; required: the branch's newest commit must bear an SSH signature"
                                + " of one of allowed_signers",
                defaultValue = "optional")
        Signatures signatures,

        @Setting("File of allowed signers, as ssh-keygen(1) describes it")
        Optional<Path> allowedSigners,

        @Setting(
                value = "Whether what changes is handed in for review and runs when it is approved, which takes"
                        + " patterns.approval_workflow with enabled and require_approved",
                defaultValue = "false")
        boolean approvalWorkflow,

        @Setting("Secret of the webhook; without one POST /hooks/git/NAME is refused")
        Optional<Secret> webhookSecret) {

    /** Where files lie. */
    public enum Layout {
        /** As in Fabric. */
        FABRIC,
        /** A directory for each namespace. */
        NAMESPACES
    }

    /** What a file that cannot be used does. */
    public enum BrokenFiles {
        /** The commit is not taken over. */
        REFUSE,
        /** All but that file is taken over. */
        SKIP
    }

    /** Whether commits must be signed. */
    public enum Signatures {
        /** They need not be. */
        OPTIONAL,
        /** The newest must be. */
        REQUIRED
    }

    /** Checks what goes together. */
    public GitSourceSettings {
        if (signatures == Signatures.REQUIRED && allowedSigners.isEmpty()) {
            throw new IllegalArgumentException("signatures are required, and allowed_signers names no file");
        }
        namespaces = List.copyOf(namespaces);
    }

    /** Returns whether the repository may write to a namespace. */
    public boolean feeds(String name) {
        return switch (layout) {
            case FABRIC -> namespace.equals(name);
            case NAMESPACES -> namespaces.isEmpty() ? !name.startsWith("~") : namespaces.contains(name);
        };
    }

    /** Returns the source that the section {@code patterns} of Fabric's guide describes. */
    public static GitSourceSettings ofGuide(
            String repository, String branch, Duration interval, boolean approvalWorkflow) {
        return new GitSourceSettings(
                repository,
                branch,
                interval,
                Optional.empty(),
                Layout.FABRIC,
                "shared",
                List.of(),
                Optional.empty(),
                BrokenFiles.REFUSE,
                Signatures.OPTIONAL,
                Optional.empty(),
                approvalWorkflow,
                Optional.empty());
    }
}
