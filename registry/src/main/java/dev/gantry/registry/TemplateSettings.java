package dev.gantry.registry;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the functions of templates may reach. Whoever can write a pattern or choose its variables works with the rights of
 * the server's process here, so everything that reads from the server is off until the operator names it.
 */
public record TemplateSettings(
        @Setting(
                "Directories whose files plugin:file may read, subdirectories included; symbolic links that lead out are refused")
        List<Path> allowedPaths,

        @Setting("Names of environment variables that plugin:sys:env may show; no wildcards")
        List<String> allowedEnvironment,

        @Setting(
                value = "Whether plugin:sys may show the server's host name, user, home and working directory",
                defaultValue = "false")
        boolean systemInformation,

        @Setting(
                value = "Whether plugin:fetch may get pages from public addresses; private ones are never reached",
                defaultValue = "true")
        boolean fetchEnabled,

        @Setting(
                "Hosts that plugin:fetch may get pages from, as example.org or *.example.org; empty means every public host")
        List<String> fetchAllowedHosts,

        @Setting(value = "Longest time for one fetch, redirects included", defaultValue = "10s", min = 1, max = 120_000)
        Duration fetchTimeout,

        @Setting(value = "Redirects that one fetch follows", defaultValue = "3", min = 0, max = 10)
        int fetchRedirectsMax,

        @Setting(
                value = "Largest file or page that a function returns",
                defaultValue = "1Mi",
                min = 1,
                max = 67_108_864)
        DataSize resultSizeMax) {

    /** Copies the lists. */
    public TemplateSettings {
        allowedPaths = List.copyOf(allowedPaths);
        allowedEnvironment = List.copyOf(allowedEnvironment);
        fetchAllowedHosts = List.copyOf(fetchAllowedHosts);
    }

    /** Returns the settings of an operator who wrote none. */
    public static TemplateSettings defaults() {
        return new TemplateSettings(
                List.of(), List.of(), false, true, List.of(), Duration.ofSeconds(10), 3, new DataSize(1024 * 1024));
    }
}
