package dev.gantry.gitsync;

import java.util.UUID;

/**
 * A repository that the registry is exported to.
 *
 * @param name the operator's own
 * @param organization whose registry it is
 */
public record GitExport(String name, UUID organization, GitExportSettings settings) {
    /** Returns what the registry knows the copy by: another repository or branch is another copy. */
    String holder() {
        return "git:" + name + ":" + settings.repository() + "#" + settings.branch() + "#"
                + settings.directory().orElse("");
    }
}
