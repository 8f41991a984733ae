package dev.gantry.gateway;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;

/** What tests of the cache stand on. */
final class TestingCache {
    private static final ConfigSchema SCHEMA = ConfigSchema.builder()
            .section("cache", CacheSettings.class, "cache")
            .build();

    private TestingCache() {}

    /** Reads the section; {@code flow} in YAML's flow form. */
    static CacheSettings settings(String flow) {
        return ConfigLoader.loadText("gantry.yaml", "cache: " + flow + "\n", SCHEMA)
                .get("cache", CacheSettings.class);
    }

    static KeyRing keyRing(TestingDatabase testing, Path directory) {
        return new KeyRing(
                new MasterKeyFile(directory.resolve("master.key")).load(),
                (organization, work) -> testing.database().inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
    }
}
