package dev.gantry.gitsync;

import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A repository that the registry is exported to. */
public record GitExportSettings(
        @Setting("Address: https://…, ssh://… or git@host:path; git.hosts says how to sign in there")
        String repository,

        @Setting(value = "Branch; made with the first commit where there is none", defaultValue = "main")
        String branch,

        @Setting(value = "How often the registry is looked at for changes", defaultValue = "30s", min = 1_000)
        Duration interval,

        @Setting("Organization whose registry it is; the first one when this is not set")
        Optional<String> organization,

        @Setting("Namespaces that are exported; empty for shared and every team. Those of users never are")
        List<String> namespaces,

        @Setting("Directory of the repository in which the namespaces lie; the repository itself when this is not set")
        Optional<String> directory,

        @Setting(value = "Who commits, beside the author of each version", defaultValue = "Gantry")
        String committerName,

        @Setting(value = "Their address", defaultValue = "gantry@localhost")
        String committerAddress) {
    /** Checks the forms. */
    public GitExportSettings {
        namespaces = List.copyOf(namespaces);
        if (namespaces.stream().anyMatch(namespace -> namespace.startsWith("~"))) {
            throw new IllegalArgumentException("namespaces of users are not exported");
        }
        directory.ifPresent(path -> {
            if (!path.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,15}")) {
                throw new IllegalArgumentException(
                        "directory is not one: names of letters, digits, '.', '_' and '-' with slashes between");
            }
        });
    }
}
