package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditResult;
import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Configuration;
import dev.gantry.gitsync.ExportAuthors;
import dev.gantry.gitsync.ExportObserver;
import dev.gantry.gitsync.ExportStatus;
import dev.gantry.gitsync.GitExport;
import dev.gantry.gitsync.GitExports;
import dev.gantry.gitsync.GitSettings;
import dev.gantry.gitsync.GitSource;
import dev.gantry.gitsync.GitSourceSettings;
import dev.gantry.gitsync.GitSources;
import dev.gantry.gitsync.SourceStatus;
import dev.gantry.gitsync.SyncObserver;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.registry.ApprovalSettings;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.Reviews;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Joins git repositories to the registry, the teams, the audit log and the metrics. */
final class GitWiring {
    /** The name of the source that the section {@code patterns} describes. */
    static final String GUIDE_SOURCE = "patterns";

    private static final UUID NOBODY = new UUID(0, 0);
    private static final Duration RECORD_TIMEOUT = Duration.ofSeconds(10);

    private GitWiring() {}

    static GitSources open(
            Configuration configuration,
            Foundation base,
            Path dataDirectory,
            DurableTasks tasks,
            Registry registry,
            Reviews reviews,
            Metrics metrics) {
        GitSettings settings = configuration.get("git", GitSettings.class);
        return GitSources.open(
                base.database(),
                tasks,
                registry.assetSync(),
                registry.syncedReviews(reviews),
                settings,
                sources(configuration, name -> organization(base, name)),
                dataDirectory.resolve("git"),
                (organization, team) -> base.identity().teams().exists(platform(organization), team),
                observer(base, metrics.git()));
    }

    /** Returns where only approved versions run whatever an organization's policies say: what such a source feeds. */
    static BiPredicate<UUID, String> alwaysApproved(Configuration configuration, Foundation base) {
        List<GitSource> reviewed = sources(configuration, name -> organization(base, name)).stream()
                .filter(source -> source.settings().approvalWorkflow())
                .toList();
        return (organization, namespace) -> reviewed.stream()
                .anyMatch(source -> source.organization().equals(organization)
                        && source.settings().feeds(namespace));
    }

    static GitExports exports(
            Configuration configuration,
            Foundation base,
            Path dataDirectory,
            DurableTasks tasks,
            Registry registry,
            Metrics metrics) {
        GitSettings settings = configuration.get("git", GitSettings.class);
        List<GitExport> exports = new ArrayList<>();
        settings.exports()
                .forEach((name, export) -> exports.add(new GitExport(
                        name, organization(base, export.organization().orElse("")), export)));
        return GitExports.open(
                base.database(),
                tasks,
                registry.assetFeed(),
                settings,
                exports,
                dataDirectory.resolve("git"),
                (organization, id, written) -> author(base, organization, id, written),
                exportObserver(base, metrics.git()));
    }

    static UUID organization(Foundation base, String name) {
        return name.isEmpty()
                ? base.platform().operator()
                : base.identity().organizations().show(name).id();
    }

    /** Users have an address, service accounts have none; somebody elsewhere is written as git writes people. */
    private static ExportAuthors.Author author(Foundation base, UUID organization, UUID id, String written) {
        int address = written.lastIndexOf('<');
        if (id.equals(NOBODY)) {
            return address > 0 && written.endsWith(">")
                    ? new ExportAuthors.Author(
                            written.substring(0, address).strip(), written.substring(address + 1, written.length() - 1))
                    : new ExportAuthors.Author(written, "");
        }
        String name = written;
        try {
            Principal known = base.identity()
                    .users()
                    .show(platform(organization), id.toString())
                    .principal();
            name = known.displayName().isBlank() ? written : known.displayName();
        } catch (GantryException unknown) {
            if (unknown.code() != ErrorCode.NOT_FOUND) {
                throw unknown;
            }
        }
        return new ExportAuthors.Author(name, written.contains("@") ? written : "");
    }

    /** Says what is wrong with the sources, as far as the settings alone tell. */
    static void check(Configuration configuration, ConfigCheck.Complaints complaints) {
        GitSettings settings = configuration.get("git", GitSettings.class);
        if (patterns(configuration).repository().isPresent()
                && settings.sources().containsKey(GUIDE_SOURCE)) {
            complaints.add(
                    "git.sources." + GUIDE_SOURCE, "is the name of what patterns.repository describes; choose another");
        }
        ApprovalSettings approval = patterns(configuration).approvalWorkflow();
        settings.sources().forEach((name, source) -> {
            if (source.approvalWorkflow() && !(approval.enabled() && approval.requireApproved())) {
                complaints.add(
                        "git.sources." + name + ".approval_workflow",
                        "takes patterns.approval_workflow with enabled: true and require_approved: true; without these"
                                + " what is in review would run nonetheless");
            }
        });
        settings.exports().forEach((name, export) -> {
            try {
                GitExports.check(new GitExport(name, NOBODY, export), settings);
            } catch (GantryException unusable) {
                complaints.add("git.exports." + name + ".repository", String.valueOf(unusable.getMessage()));
            }
        });
        checkNoCircle(configuration, settings, complaints);
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

    /** What is exported to a branch that is followed would come back under other names, unless both read files alike. */
    private static void checkNoCircle(
            Configuration configuration, GitSettings settings, ConfigCheck.Complaints complaints) {
        settings.exports().forEach((name, export) -> {
            for (GitSource source : sources(configuration, _ -> NOBODY)) {
                GitSourceSettings follows = source.settings();
                boolean alike = follows.layout() == GitSourceSettings.Layout.NAMESPACES
                        && follows.directory().equals(export.directory());
                if (!alike
                        && follows.branch().equals(export.branch())
                        && place(follows.repository()).equals(place(export.repository()))) {
                    complaints.add(
                            "git.exports." + name + ".branch",
                            "is the branch that the source '" + source.name()
                                    + "' follows, which would make new assets of"
                                    + " what is exported; export to another branch, or give the source layout: namespaces"
                                    + " and the same directory");
                }
            }
        });
    }

    /** Returns the same for two spellings of one address. */
    private static String place(String repository) {
        String bare = repository
                .strip()
                .replaceFirst("/+$", "")
                .replaceFirst("\\.git$", "")
                .toLowerCase(Locale.ROOT);
        return bare.replaceFirst("^[a-z+]+://", "").replaceFirst("^[^@/]*@", "").replaceFirst(":(?!\\d+/)", "/");
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
                        GitSourceSettings.ofGuide(
                                repository,
                                patterns.branch(),
                                patterns.syncInterval(),
                                patterns.approvalWorkflow().enabled())));
        List<GitSource> sources = new ArrayList<>();
        all.forEach((name, settings) -> sources.add(
                new GitSource(name, organizations.apply(settings.organization().orElse("")), settings)));
        return sources;
    }

    /** Stands for the platform itself, which asks for the names of teams. */
    static Caller platform(UUID organization) {
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
        return new SyncObserver() {
            @Override
            public void looked(GitSource source, SourceStatus status, int changed, Duration took) {
                metrics.looked(source, status, changed, took);
            }

            @Override
            public void news(GitSource source, SourceStatus status, int changed, Duration took) {
                boolean good = status.state() == SourceStatus.State.SYNCED;
                Map<String, AuditDetail> details = new HashMap<>();
                details.put("commit", AuditDetail.of(good ? status.commit() : status.triedCommit()));
                details.put("changed", AuditDetail.of(changed));
                details.put("state", AuditDetail.of(status.state().id()));
                record(
                        base,
                        "git.sync",
                        source.organization(),
                        "git/" + source.name(),
                        good ? null : status.problem(),
                        took,
                        details);
            }
        };
    }

    private static ExportObserver exportObserver(Foundation base, GitMetrics metrics) {
        return (export, status, commits, took) -> {
            metrics.exported(export, status, commits, took);
            boolean good = status.state() == ExportStatus.State.EXPORTED;
            if (good && commits == 0) {
                return;
            }
            Map<String, AuditDetail> details = new HashMap<>();
            details.put("commit", AuditDetail.of(status.commit()));
            details.put("commits", AuditDetail.of(commits));
            details.put("state", AuditDetail.of(status.state().id()));
            record(
                    base,
                    "git.export",
                    export.organization(),
                    "git/" + export.name(),
                    good ? null : status.problem(),
                    took,
                    details);
        };
    }

    /** Writes an event, and returns when it is written for good. */
    static void record(
            Foundation base,
            String event,
            UUID organization,
            String resource,
            @Nullable String problem,
            Duration took,
            Map<String, AuditDetail> details) {
        base.auditLog()
                .append(new AuditEvent(
                        Ids.next(),
                        base.clock().instant(),
                        event,
                        new AuditEvent.Actor(null, null, null),
                        organization,
                        null,
                        null,
                        resource,
                        event.substring(event.indexOf('.') + 1),
                        problem == null ? AuditResult.SUCCESS : AuditResult.FAILED,
                        problem,
                        took.toMillis(),
                        null,
                        null,
                        null,
                        null,
                        details,
                        base.writer()))
                .await(RECORD_TIMEOUT);
    }
}
