package dev.gantry.mirror;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A registry that is mirrored. */
public record MirrorSettings(
        @Setting("Address of the other Gantry, such as https://gantry.example.com")
        String url,

        @Setting("API key there; what it may read is what is mirrored")
        Secret apiKey,

        @Setting(value = "How often the registry is asked for changes", defaultValue = "60s", min = 1_000)
        Duration interval,

        @Setting("Organization whose registry it feeds; the first one when this is not set")
        Optional<String> organization,

        @Setting("Namespaces there that are mirrored; empty for shared and all teams' that the key may read")
        List<String> namespaces,

        @Setting(
                "Namespace here that everything goes to, shared or a team: team-b/review becomes NAMESPACE/team-b/review;"
                        + " without it namespaces are the same as there, and teams must exist")
        Optional<String> namespace,

        @Setting(
                value =
                        "Who sees here what it brings: same (the organization what everybody in it sees there, and otherwise the"
                                + " team whose namespace it comes to), team, or organization",
                defaultValue = "same")
        Visibility visibility,

        @Setting("File with the certificates of the authorities that are trusted, instead of those that come with Java")
        Optional<Path> caFile,

        @Setting(
                value = "Versions of an asset that are taken over when it is seen first, the newest",
                defaultValue = "100",
                min = 1,
                max = 1_000)
        int historyMax,

        @Setting(
                value = "Whether what changes is handed in for review and runs when it is approved here, which takes"
                        + " patterns.approval_workflow with enabled and require_approved",
                defaultValue = "false")
        boolean approvalWorkflow) {
    /** Who sees what a mirror brings. What is in {@code shared} is seen by everybody. */
    public enum Visibility {
        /** Everybody in the organization what everybody sees there; the rest the team whose namespace it comes to. */
        SAME,
        /** The team whose namespace it comes to. */
        TEAM,
        /** Everybody in the organization. */
        ORGANIZATION
    }

    /** Copies the list. */
    public MirrorSettings {
        namespaces = List.copyOf(namespaces);
    }

    /** Returns whether the mirror may write to a namespace here. */
    public boolean feeds(String name) {
        return namespace
                .map(name::equals)
                .orElseGet(() -> namespaces.isEmpty() ? !name.startsWith("~") : namespaces.contains(name));
    }
}
