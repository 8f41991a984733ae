package dev.gantry.gitsync;

import dev.gantry.config.Setting;
import java.util.Map;

/** Section {@code git}. */
public record GitSettings(
        @Setting("Repositories that assets are taken from, by names of your own")
        Map<String, GitSourceSettings> sources,

        @Setting("Repositories that the registry is exported to, by names of your own")
        Map<String, GitExportSettings> exports,

        @Setting("How to sign in, by the name of the host") Map<String, GitHostSettings> hosts,

        @Setting(
                value = "Whether file:// addresses may be used, which read what the server's user may read",
                defaultValue = "false")
        boolean allowFileUrls,

        @Setting(
                value = "Whether http:// addresses may be used, which protect neither the token nor the files",
                defaultValue = "false")
        boolean allowHttp,

        @Setting("Bounds on what a repository may be") GitLimits limits) {
    /** Copies the maps. */
    public GitSettings {
        sources = Map.copyOf(sources);
        exports = Map.copyOf(exports);
        hosts = Map.copyOf(hosts);
    }
}
