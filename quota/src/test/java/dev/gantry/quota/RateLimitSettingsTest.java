package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitSettingsTest {
    @TempDir
    private Path directory;

    static RateLimitSettings load(Path directory, String yaml, Map<String, String> environment) {
        try {
            Files.writeString(directory.resolve("limits.yaml"), yaml);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        ConfigSchema schema = ConfigSchema.builder()
                .section("rate_limiting", RateLimitSettings.class, "Limits")
                .check((configuration, complaints) ->
                        RateLimitCheck.check(configuration.get("rate_limiting", RateLimitSettings.class), complaints))
                .build();
        return ConfigLoader.load(directory, false, environment, schema).get("rate_limiting", RateLimitSettings.class);
    }

    private RateLimitSettings load(String yaml) {
        return load(directory, yaml, Map.of());
    }

    @Test
    void shouldReadTheGuidesShapes() {
        RateLimitSettings settings = load("""
                rate_limiting:
                  enabled: true
                  global_limit: 1000
                  per_tenant_limit: 100
                  tiers:
                    "free": "10/minute"
                    "pro": "100/minute"
                    "enterprise": "1000/minute"
                """);

        assertThat(settings.globalLimit()).contains(1000);
        assertThat(settings.perTenantLimit()).contains(100);
        assertThat(settings.tiers()).containsEntry("free", "10/minute").hasSize(3);
    }

    @Test
    void shouldReadTheEnvironmentOfTheHardeningGuide() {
        RateLimitSettings settings = load(
                directory,
                "",
                Map.of("RATE_LIMIT_ENABLED", "True", "RATE_LIMIT_REQUESTS", "100", "RATE_LIMIT_WINDOW", "30"));

        assertThat(settings.enabled()).isTrue();
        assertThat(settings.requests()).contains(100);
        assertThat(settings.window()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tiers: {free: 0/minute}                | limits.yaml:2: rate_limiting.tiers.free: must be a number from 1",
                "tiers: {free: -5/minute}               | limits.yaml:2: rate_limiting.tiers.free: must be a number from 1",
                "tiers: {free: 9999999999999/minute}    | limits.yaml:2: rate_limiting.tiers.free: must be a number from 1",
                "tiers: {Gold!: 5/minute}               | limits.yaml:2: rate_limiting.tiers.\"Gold!\": the name of a tier",
                "default_tier: entreprise               | limits.yaml:2: rate_limiting.default_tier: there is no tier 'entreprise'",
                "tier_of: {teams: {core: gold}}         | limits.yaml:2: rate_limiting.tier_of.teams.core: there is no tier 'gold'",
                "tier_of: {keys: {abc: pro}}            | limits.yaml:2: rate_limiting.tier_of.keys.abc: is not the id of a key",
                "tier_of: {teams: {'*': pro}}           | limits.yaml:2: rate_limiting.tier_of.teams.*: * is no name here",
                "teams: {core: {requests: often}}       | limits.yaml:2: rate_limiting.teams.core.requests: must be a number",
                "teams: {core: {tokens: 5/never}}       | limits.yaml:2: rate_limiting.teams.core.tokens: must be a number",
                "teams: {core: {parallel: 0}}           | limits.yaml:2: rate_limiting.teams.core.parallel: must be a whole number",
                "teams: {core: {}}                      | limits.yaml:2: rate_limiting.teams.core: limits nothing",
                "teams: {Core: {parallel: 1}}           | limits.yaml:2: rate_limiting.teams.Core: is written in lower case",
                "global_limit: 0                        | limits.yaml:2: rate_limiting.global_limit: must be a whole number",
                "global_limit: -1                       | limits.yaml:2: rate_limiting.global_limit: must be a whole number",
                "per_tenant_limit: 99999999999          | limits.yaml:2: rate_limiting.per_tenant_limit: must be a whole number",
                "window: 0s                             | limits.yaml:2: rate_limiting.window: must be a duration",
                "without_redis: unlimited               | limits.yaml:2: rate_limiting.without_redis: must be one of share",
                "tier_parallel: {free: 0}               | limits.yaml:2: rate_limiting.tier_parallel.free: must be a whole number",
            })
    void shouldNameFileAndLineOfWhatMeansNothing(String line, String expected) {
        assertThatThrownBy(() -> load("rate_limiting:\n  " + line + "\n")).hasMessageContaining(expected.strip());
    }
}
