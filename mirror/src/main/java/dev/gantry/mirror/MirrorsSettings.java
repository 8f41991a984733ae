package dev.gantry.mirror;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.Map;

/** Section {@code mirrors}. */
public record MirrorsSettings(
        @Setting("Registries of other Gantrys that are mirrored here, by names of your own")
        Map<String, MirrorSettings> registries,

        @Setting(
                value = "Whether http:// addresses may be used, which protect neither the key nor the texts",
                defaultValue = "false")
        boolean allowHttp,

        @Setting(value = "Assets of one registry; beyond them nothing is taken over", defaultValue = "100000", min = 1)
        int assetsMax,

        @Setting(value = "Largest reply that is read", defaultValue = "32Mi", min = 65_536, max = 268_435_456)
        DataSize replySizeMax,

        @Setting(value = "Longest time for one exchange with a registry", defaultValue = "30s", min = 100)
        Duration timeout,

        @Setting(
                value = "Longest time for one look; what is not there by then is for the next one",
                defaultValue = "15m",
                min = 1_000)
        Duration lookTimeout) {
    /** Copies the map. */
    public MirrorsSettings {
        registries = Map.copyOf(registries);
    }
}
