package dev.gantry.server;

import dev.gantry.audit.AuditSettings;
import dev.gantry.batch.BatchSettings;
import dev.gantry.config.ConfigCheck;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.GuideKeys;
import dev.gantry.config.Setting;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.gateway.AnswerSettings;
import dev.gantry.gateway.CacheSettings;
import dev.gantry.gateway.GatewaySettings;
import dev.gantry.gateway.RoutingCheck;
import dev.gantry.gateway.RoutingSettings;
import dev.gantry.gitsync.GitSettings;
import dev.gantry.guard.ContentFilteringSettings;
import dev.gantry.guard.DataGovernanceSettings;
import dev.gantry.guard.GuardPolicies;
import dev.gantry.guard.InputSanitizingSettings;
import dev.gantry.guard.PiiDetectionSettings;
import dev.gantry.guard.PromptInjectionSettings;
import dev.gantry.identity.RoleBook;
import dev.gantry.identity.RolesSettings;
import dev.gantry.jobs.JobSettings;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelsCheck;
import dev.gantry.metering.ModelsSettings;
import dev.gantry.mirror.MirrorsSettings;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.quota.BudgetSettings;
import dev.gantry.quota.BudgetTokenSettings;
import dev.gantry.redis.RedisSettings;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.runs.RunSettings;
import dev.gantry.signin.AuthenticationSettings;
import dev.gantry.signin.ClientCertificates;
import dev.gantry.tools.ToolSettings;
import dev.gantry.triggers.TriggerSettings;
import dev.gantry.vault.SecretManagementSettings;
import dev.gantry.vault.VaultSecrets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every section of the configuration and the record that it becomes. */
final class ConfigSections {
    private static final List<String> PROVIDERS_WITHOUT_SETTINGS =
            List.of("openai", "anthropic", "gemini", "bedrock", "ollama", "offline");

    private ConfigSections() {}

    /** Section {@code providers}. */
    record ProvidersSection(
            @Setting("Providers by the name that models use")
            Map<String, ProviderSettings> providers) {}

    /** Section {@code data_governance}. */
    record GovernanceSection(
            @Setting("Detection of personal data and secrets in prompts and answers")
            PiiDetectionSettings piiDetection,

            @Setting("Content that is refused, whatever else is done about personal data")
            ContentFilteringSettings contentFiltering,

            @Setting("Invisible and control characters in prompts")
            InputSanitizingSettings inputSanitizing,

            @Setting("Words in prompts that try to turn a model against its instructions")
            PromptInjectionSettings promptInjection,

            @Setting("How long records are kept") RetentionSection retention) {}

    /** Section {@code data_governance.retention}. */
    record RetentionSection(
            @Setting("How long audit events are kept; the same as audit.retention")
            Optional<Duration> auditLogs) {}

    static ConfigSchema schema() {
        ConfigSchema.Builder schema = ConfigSchema.builder()
                .section("server", ServerSettings.class, "Where the server listens, and its bounds")
                .section("database", DatabaseSettings.class, "A PostgreSQL of your own; without it one is embedded")
                .section("gateway", GatewaySettings.class, "How requests for a model's answer are served")
                .section("audit", AuditSettings.class, "How long the audit log is kept, and where besides the database")
                .section("routing", RoutingSettings.class, "Which model answers, and what happens when one fails")
                .section("authentication", AuthenticationSettings.class, "How callers prove who they are")
                .section("patterns", RegistrySettings.class, "Bounds of the registry, and what templates may reach")
                .section(
                        "data_governance",
                        GovernanceSection.class,
                        "What is done about personal data, secrets and other content of prompts and answers, and how long"
                                + " records are kept")
                .section("git", GitSettings.class, "Repositories that patterns and workflows are taken from")
                .section("mirrors", MirrorsSettings.class, "Registries of other Gantrys that are mirrored here")
                .section("workflows", RunSettings.class, "Bounds of what workflows give, and how long it is kept")
                .section("triggers", TriggerSettings.class, "Bounds of what starts workflows without a person")
                .section("tools", ToolSettings.class, "What workflows and agents may reach outside of Gantry")
                .section("answers", AnswerSettings.class, "Size and form of what models answer")
                .section(
                        "jobs",
                        JobSettings.class,
                        "How much durable work is done at a time, and what becomes of failures")
                .section("cache", CacheSettings.class, "Which answers are given again instead of asking a model")
                .section("batches", BatchSettings.class, "Bounds of requests that are handed in at once")
                .section("budgets", BudgetSettings.class, "How much may be spent, by whom")
                .secretStore(
                        "vault",
                        "secret_management",
                        SecretManagementSettings.class,
                        "Where secrets are kept besides files and environment",
                        VaultSecrets::open)
                .topLevel(BudgetTokenSettings.class)
                .topLevel(ProvidersSection.class)
                .topLevel(RolesSettings.class)
                .topLevel(ModelsSettings.class)
                .spelling("MODEL_SELECTION", "model_selection")
                .spelling("TEAM_BUDGETS", "team_budgets")
                .check((configuration, complaints) ->
                        configuration.get(RolesSettings.class).complain(complaints))
                .check(ConfigSections::checkBudgets)
                .check(ConfigSections::checkTls)
                .check(ConfigSections::checkClientCertificates)
                .check(VaultSecrets::check)
                .check(ConfigSections::checkDefaultModel)
                .check(ConfigSections::checkGuard)
                .check(ConfigSections::checkRetention)
                .check(ConfigSections::checkCache)
                .check(GitWiring::check)
                .check(MirrorWiring::check)
                .check((configuration, complaints) ->
                        configuration.get("tools", ToolSettings.class).complain(complaints))
                .check(new ModelsCheck(ConfigSections::providerNames))
                .check(new RoutingCheck(ConfigSections::providers));
        LimitSections.declare(schema);
        AccountSections.declare(schema);
        GuideKeys.declare(schema);
        return schema.build();
    }

    private static void checkTls(Configuration configuration, ConfigCheck.Complaints complaints) {
        configuration.get("server", ServerSettings.class).tls().ifPresent(files -> {
            try {
                new TlsFiles(files, Optional.empty()).read();
            } catch (GantryException unusable) {
                complaints.add("server.tls", String.valueOf(unusable.getMessage()));
            }
        });
    }

    private static void checkClientCertificates(Configuration configuration, ConfigCheck.Complaints complaints) {
        AuthenticationSettings settings = configuration.get("authentication", AuthenticationSettings.class);
        settings.mtls().ifPresent(mtls -> {
            String key = "authentication.providers[" + settings.providers().indexOf(mtls) + "]";
            if (configuration.get("server", ServerSettings.class).tls().isEmpty()) {
                complaints.add(
                        key,
                        "is mtls, which needs server.tls: what a proxy says of certificates in headers is never believed");
            }
            try {
                ClientCertificates.check(mtls, Clock.systemUTC());
            } catch (GantryException unusable) {
                complaints.add(key, String.valueOf(unusable.getMessage()));
            }
        });
    }

    private static void checkDefaultModel(Configuration configuration, ConfigCheck.Complaints complaints) {
        String name = configuration
                .get("gateway", GatewaySettings.class)
                .defaultModel()
                .orElse("");
        if (name.isEmpty()) {
            return;
        }
        try {
            ModelCatalog catalog = models(configuration);
            // A model that a provider reports only at run time bears the provider's name.
            if (catalog.find(name).isEmpty() && catalog.group(name).isEmpty() && name.indexOf('/') < 0) {
                complaints.add("gateway.default_model", "there is no model or group '" + Text.shorten(name, 60) + "'");
            }
        } catch (GantryException reportedAlready) {
            // By the check of models.
        }
    }

    private static void checkGuard(Configuration configuration, ConfigCheck.Complaints complaints) {
        try {
            guardPolicies(configuration);
        } catch (IllegalArgumentException unusable) {
            complaints.add("data_governance", String.valueOf(unusable.getMessage()));
        }
        try {
            AnswerSettings answers = configuration.get("answers", AnswerSettings.class);
            answers.check();
        } catch (IllegalArgumentException unusable) {
            complaints.add("answers.schemas", String.valueOf(unusable.getMessage()));
        }
    }

    private static void checkCache(Configuration configuration, ConfigCheck.Complaints complaints) {
        boolean wantsRedis = configuration.get("cache", CacheSettings.class).store() == CacheSettings.Store.REDIS;
        if (wantsRedis && !configuration.get("redis", RedisSettings.class).isPresent()) {
            complaints.add("cache.store", "is redis, and no Redis is named; set redis.url or REDIS_URL");
        }
    }

    static GuardPolicies guardPolicies(Configuration configuration) {
        GovernanceSection section = governance(configuration);
        return new GuardPolicies(new DataGovernanceSettings(
                section.piiDetection(),
                section.contentFiltering(),
                section.inputSanitizing(),
                section.promptInjection()));
    }

    private static GovernanceSection governance(Configuration configuration) {
        return configuration.get("data_governance", GovernanceSection.class);
    }

    /** Returns section {@code audit}, with the retention that {@code data_governance} says where it does. */
    static AuditSettings audit(Configuration configuration) {
        AuditSettings settings = configuration.get("audit", AuditSettings.class);
        Optional<Duration> governed = governance(configuration).retention().auditLogs();
        return governed.isPresent() ? settings.withRetention(governed) : settings;
    }

    private static void checkRetention(Configuration configuration, ConfigCheck.Complaints complaints) {
        String key = "data_governance.retention.audit_logs";
        Optional<Duration> governed = governance(configuration).retention().auditLogs();
        if (governed.isPresent()
                && configuration.get("audit", AuditSettings.class).retention().isPresent()) {
            complaints.add(key, "is given here and as audit.retention; remove one of them");
        }
        try {
            audit(configuration);
        } catch (IllegalArgumentException tooShort) {
            complaints.add(key, String.valueOf(tooShort.getMessage()));
        }
    }

    static ServerSettings server(Configuration configuration, Options options) {
        ServerSettings file = configuration.get("server", ServerSettings.class);
        return new ServerSettings(
                options.host().orElse(file.host()),
                options.port().orElse(file.port()),
                file.tls(),
                file.publicUrl(),
                file.allowedOrigins(),
                file.trustedProxies(),
                file.forwardedHeader(),
                file.bodySizeMax(),
                file.headerSizeMax(),
                file.headerTimeout(),
                file.bodyTimeout(),
                file.keepAliveTimeout(),
                file.shutdownTimeout());
    }

    static Map<String, ProviderSettings> providers(Configuration configuration) {
        return configuration.get(ProvidersSection.class).providers();
    }

    private static void checkBudgets(Configuration configuration, ConfigCheck.Complaints complaints) {
        configuration
                .get("budgets", BudgetSettings.class)
                .complain(configuration.get(BudgetTokenSettings.class), complaints);
    }

    static ModelCatalog models(Configuration configuration) {
        return ModelCatalog.of(configuration.get(ModelsSettings.class));
    }

    static RoleBook roleBook(Configuration configuration) {
        return new RoleBook(configuration.get(RolesSettings.class));
    }

    private static Set<String> providerNames(Configuration configuration) {
        Set<String> names = new HashSet<>(PROVIDERS_WITHOUT_SETTINGS);
        names.addAll(providers(configuration).keySet());
        return names;
    }
}
