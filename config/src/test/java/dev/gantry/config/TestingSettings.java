package dev.gantry.config;

import dev.gantry.kernel.Secret;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settings records in the shapes that the modules use. */
final class TestingSettings {
    private TestingSettings() {}

    static ConfigSchema.Builder guides() {
        ConfigSchema.Builder schema = ConfigSchema.builder()
                .section("server", Server.class, "The HTTP server")
                .section("database", Database.class, "The system of record")
                .section("authentication", Authentication.class, "How callers prove who they are")
                .section("security", Security.class, "Passwords and sessions")
                .section("redis", Redis.class, "Shared counters")
                .section("reachability_analysis", Reachability.class, "What holds for more than analyses")
                .topLevel(Access.class)
                .topLevel(Models.class);
        GuideKeys.declare(schema);
        return schema;
    }

    record Security(
            @Setting(value = "Roles decide", defaultValue = "true")
            boolean enableRbac,

            @Setting(value = "What happens is audited", defaultValue = "true")
            boolean enableAuditLogging,

            @Setting("Minutes without use") Optional<Integer> sessionTimeoutMinutes,
            @Setting("Wrong attempts") Optional<Integer> maxLoginAttempts,
            @Setting("Shortest password") Optional<Integer> passwordMinLength,
            @Setting("Second factors") Optional<Boolean> requireMfa) {}

    record Session(
            @Setting(value = "Time without use", unit = "seconds", defaultValue = "3600")
            Duration timeout,

            @Setting(value = "Whether use prolongs it", defaultValue = "true")
            boolean refreshEnabled) {}

    record Reachability(
            @Setting("Limits of the whole installation") Optional<RateLimiting> rateLimiting,
            @Setting("Quotas of each organization") Optional<QuotaManagement> quotaManagement) {}

    record QuotaManagement(
            @Setting("Whether it is enforced") boolean enabled,
            @Setting("Analyses at a time") int maxConcurrentAnalyses,
            @Setting("Repositories") int maxRepositories,
            @Setting("Components") int maxComponents,
            @Setting("Storage") int storageQuotaGb) {}

    record Redis(
            @Setting(value = "Host", defaultValue = "localhost")
            String host,

            @Setting(value = "Port", defaultValue = "6379") int port,

            @Setting("Password") Optional<Secret> password,

            @Setting(value = "Database", defaultValue = "0") int db,

            @Setting(value = "Connections", defaultValue = "50")
            int maxConnections) {}

    record RateLimiting(
            @Setting(value = "Whether it is enforced", defaultValue = "true")
            boolean enabled,

            @Setting(value = "Requests a minute of everybody", min = 1)
            Optional<Integer> globalLimit,

            @Setting(value = "Requests a minute of each organization", min = 1)
            Optional<Integer> perTenantLimit) {}

    enum SslMode {
        DISABLE,
        REQUIRE,
        VERIFY_FULL
    }

    record Server(
            @Setting(value = "Address to listen on", defaultValue = "127.0.0.1")
            String host,

            @Setting(value = "Port to listen on", defaultValue = "7420", min = 0, max = 65_535)
            int port,

            @Setting("Certificate and key") Optional<Tls> tls,

            @Setting(value = "Largest body", defaultValue = "32Mi", min = 1_024)
            DataSize bodySizeMax,

            @Setting(value = "Longest silence", defaultValue = "75s", min = 100, max = 3_600_000)
            Duration idleTimeout,

            @Setting(value = "Session time", defaultValue = "1h", unit = "seconds")
            Duration sessionTimeout,

            @Setting(value = "Whether it is verbose", defaultValue = "false")
            boolean verbose,

            @Setting(value = "Share to trace", defaultValue = "0.25", min = 0, max = 1)
            double sampling,

            @Setting("Where browsers may come from") List<URI> allowedOrigins,

            @Setting(value = "Methods", defaultValue = "[GET, POST]")
            List<String> methods,

            @Setting("Extra headers") Map<String, String> headers,
            @Setting("A note") @Nullable String note) {}

    record Tls(
            @Setting("Certificate file") Path certificate,
            @Setting("Key file") Path key) {}

    record Database(
            @Setting(value = "Whole address", environment = "DATABASE_URL")
            Optional<Secret> url,

            @Setting("Host") Optional<String> host,

            @Setting(value = "Port", defaultValue = "5432", min = 1, max = 65_535)
            int port,

            @Setting(value = "Database", defaultValue = "gantry")
            String name,

            @Setting("User") Optional<String> user,
            @Setting("Password") Optional<Secret> password,

            @Setting(value = "Connections kept", defaultValue = "10", min = 1, max = 1_000)
            int poolSize,

            @Setting(value = "Further connections", defaultValue = "0", min = 0, max = 1_000)
            int maxOverflow,

            @Setting(value = "Wait for a connection", defaultValue = "30s", unit = "seconds")
            Duration poolTimeout,

            @Setting(value = "Age of a connection", defaultValue = "30m", unit = "seconds")
            Duration poolRecycle,

            @Setting(value = "Encryption", defaultValue = "require")
            SslMode sslMode) {
        Database {
            if (host.isPresent() && user.isEmpty()) {
                throw new IllegalArgumentException("names a host and no user; add 'user'");
            }
        }
    }

    record Authentication(
            @Setting("Ways to sign in") List<Provider> providers,
            @Setting("How long one stays signed in") Session session) {}

    @ChosenBy("type")
    sealed interface Provider permits ApiKey, Anonymous {}

    enum Validation {
        DATABASE
    }

    @Kind("api_key")
    record ApiKey(
            @Setting(value = "Header that carries the key", defaultValue = "X-API-Key")
            String header,

            @Setting(value = "Where keys are looked up", defaultValue = "database")
            Validation validation)
            implements Provider {}

    @Kind("anonymous")
    record Anonymous(@Setting("Role of everybody") String role) implements Provider {}

    record Access(
            @Setting("Roles by name") Map<String, Role> roles,
            @Setting("Who has which role") List<Assignment> roleAssignments) {
        List<String> permissions(String role) {
            return Objects.requireNonNull(roles.get(role), role).permissions();
        }
    }

    record Role(@Setting("What the role may do") List<String> permissions) {}

    record Assignment(
            @Setting("A user's e-mail address") Optional<String> user,
            @Setting("A group") Optional<String> group,
            @Setting("The role") String role) {
        Assignment {
            if (user.isPresent() == group.isPresent()) {
                throw new IllegalArgumentException("names either a user or a group");
            }
        }
    }

    record Models(@Setting("Models by name") Map<String, ModelSettings> models) {
        PriceSettings prices(String model) {
            return Objects.requireNonNull(models.get(model), model).prices();
        }
    }

    record ModelSettings(
            @Setting("Who serves it") String provider,
            @Setting(value = "Tokens of context", min = 1) long contextTokens,
            @Setting("Prices") PriceSettings prices) {}

    record PriceSettings(
            @Setting(value = "Input", unit = "US dollars per million tokens", min = 0, defaultValue = "0")
            BigDecimal input,

            @Setting(value = "Output", unit = "US dollars per million tokens", min = 0, defaultValue = "0")
            BigDecimal output) {}
}
