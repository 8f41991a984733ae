package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditResult;
import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Configuration;
import dev.gantry.gitsync.GitSettings;
import dev.gantry.gitsync.GitSource;
import dev.gantry.gitsync.GitSourceSettings;
import dev.gantry.gitsync.GitSources;
import dev.gantry.gitsync.SourceStatus;
import dev.gantry.gitsync.SyncObserver;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Joins git repositories to the registry, the teams, the audit log and the metrics. */
final class GitWiring {
    /** The name of the source that the section {@code patterns} describes. */
    static final String GUIDE_SOURCE = "patterns";

    private static final UUID NOBODY = new UUID(0, 0);

    private GitWiring() {}

    static GitSources open(
            Configuration configuration,
            Foundation base,
            Path dataDirectory,
            DurableTasks tasks,
            Registry registry,
            Metrics metrics) {
        GitSettings settings = configuration.get("git", GitSettings.class);
        return GitSources.open(
                base.database(),
                tasks,
                registry.assetSync(),
                settings,
                sources(
                        configuration,
                        name -> name.isEmpty()
                                ? base.platform().operator()
                                : base.identity().organizations().show(name).id()),
                dataDirectory.resolve("git"),
                (organization, team) -> base.identity().teams().exists(platform(organization), team),
                observer(base, metrics.git()));
    }

    /** Says what is wrong with the sources, as far as the settings alone tell. */
    static void check(Configuration configuration, ConfigCheck.Complaints complaints) {
        GitSettings settings = configuration.get("git", GitSettings.class);
        if (patterns(configuration).repository().isPresent()
                && settings.sources().containsKey(GUIDE_SOURCE)) {
            complaints.add(
                    "git.sources." + GUIDE_SOURCE, "is the name of what patterns.repository describes; choose another");
        }
        for (GitSource source : sources(configuration, _ -> NOBODY)) {
            try {
                GitSources.check(source, settings);
            } catch (GantryException unusable) {
                boolean guide = source.name().equals(GUIDE_SOURCE)
                        && patterns(configuration).repository().isPresent();
                complaints.add(
                        guide ? "patterns.repository" : "git.sources." + source.name() + ".repository",
                        String.valueOf(unusable.getMessage()));
            }
        }
    }

    private static RegistrySettings patterns(Configuration configuration) {
        return configuration.get("patterns", RegistrySettings.class);
    }

    private static List<GitSource> sources(Configuration configuration, Function<String, UUID> organizations) {
        Map<String, GitSourceSettings> all =
                new HashMap<>(configuration.get("git", GitSettings.class).sources());
        RegistrySettings patterns = patterns(configuration);
        patterns.repository()
                .ifPresent(repository -> all.putIfAbsent(
                        GUIDE_SOURCE,
                        GitSourceSettings.ofGuide(repository, patterns.branch(), patterns.syncInterval())));
        List<GitSource> sources = new ArrayList<>();
        all.forEach((name, settings) -> sources.add(
                new GitSource(name, organizations.apply(settings.organization().orElse("")), settings)));
        return sources;
    }

    /** Stands for the platform itself, which asks for the names of teams. */
    private static Caller platform(UUID organization) {
        return new Caller(
                organization,
                NOBODY,
                "gantry",
                PrincipalKind.SERVICE_ACCOUNT,
                null,
                List.of(),
                null,
                null,
                AccessRights.EVERYTHING);
    }

    /** What changes the registry, and what keeps it from changing, is in the audit log; that nothing is new is not. */
    private static SyncObserver observer(Foundation base, GitMetrics metrics) {
        return (source, status, changed, took) -> {
            metrics.looked(source, status, changed, took);
            boolean good = status.state() == SourceStatus.State.SYNCED;
            if (good && changed == 0) {
                return;
            }
            Map<String, AuditDetail> details = new HashMap<>();
            details.put("commit", AuditDetail.of(good ? status.commit() : status.triedCommit()));
            details.put("changed", AuditDetail.of(changed));
            details.put("state", AuditDetail.of(status.state().id()));
            base.auditLog()
                    .append(new AuditEvent(
                            Ids.next(),
                            base.clock().instant(),
                            "git.sync",
                            new AuditEvent.Actor(null, null, null),
                            source.organization(),
                            null,
                            null,
                            "git/" + source.name(),
                            "sync",
                            good ? AuditResult.SUCCESS : AuditResult.FAILED,
                            good ? null : status.problem(),
                            took.toMillis(),
                            null,
                            null,
                            null,
                            null,
                            details,
                            base.writer()));
        };
    }
}
