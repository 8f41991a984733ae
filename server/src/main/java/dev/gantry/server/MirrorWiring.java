package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Configuration;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.kernel.GantryException;
import dev.gantry.mirror.Mirror;
import dev.gantry.mirror.MirrorObserver;
import dev.gantry.mirror.MirrorStatus;
import dev.gantry.mirror.Mirrors;
import dev.gantry.mirror.MirrorsSettings;
import dev.gantry.registry.ApprovalSettings;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.Reviews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Joins mirrors of other registries to the registry, the teams, the audit log and the metrics. */
final class MirrorWiring {
    private static final UUID NOBODY = new UUID(0, 0);

    private MirrorWiring() {}

    static Mirrors open(
            Configuration configuration,
            Foundation base,
            DurableTasks tasks,
            Registry registry,
            Reviews reviews,
            Metrics metrics) {
        return Mirrors.open(
                base.database(),
                tasks,
                registry.assetMirror(),
                registry.syncedReviews(reviews),
                configuration.get("mirrors", MirrorsSettings.class),
                mirrors(configuration, name -> GitWiring.organization(base, name)),
                (organization, team) -> base.identity().teams().exists(GitWiring.platform(organization), team),
                observer(base, metrics.mirrors()));
    }

    /** Returns where only approved versions run whatever an organization's policies say: what such a mirror feeds. */
    static BiPredicate<UUID, String> alwaysApproved(Configuration configuration, Foundation base) {
        List<Mirror> reviewed = mirrors(configuration, name -> GitWiring.organization(base, name)).stream()
                .filter(mirror -> mirror.settings().approvalWorkflow())
                .toList();
        return (organization, namespace) -> reviewed.stream()
                .anyMatch(mirror -> mirror.organization().equals(organization)
                        && mirror.settings().feeds(namespace));
    }

    private static List<Mirror> mirrors(Configuration configuration, Function<String, UUID> organizations) {
        List<Mirror> mirrors = new ArrayList<>();
        configuration
                .get("mirrors", MirrorsSettings.class)
                .registries()
                .forEach((name, settings) -> mirrors.add(new Mirror(
                        name, organizations.apply(settings.organization().orElse("")), settings)));
        return mirrors;
    }

    /** Says what is wrong with the mirrors, as far as the settings alone tell. */
    static void check(Configuration configuration, ConfigCheck.Complaints complaints) {
        MirrorsSettings settings = configuration.get("mirrors", MirrorsSettings.class);
        ApprovalSettings approval =
                configuration.get("patterns", RegistrySettings.class).approvalWorkflow();
        for (Mirror mirror : mirrors(configuration, _ -> NOBODY)) {
            String key = "mirrors.registries." + mirror.name();
            try {
                Mirrors.check(mirror, settings);
            } catch (GantryException unusable) {
                complaints.add(key, String.valueOf(unusable.getMessage()));
            }
            if (mirror.settings().approvalWorkflow() && !(approval.enabled() && approval.requireApproved())) {
                complaints.add(
                        key + ".approval_workflow",
                        "takes patterns.approval_workflow with enabled: true and require_approved: true; without these"
                                + " what is in review would run nonetheless");
            }
        }
    }

    /** What changes the registry, and what keeps it from changing, is in the audit log; that nothing is new is not. */
    private static MirrorObserver observer(Foundation base, MirrorMetrics metrics) {
        return new MirrorObserver() {
            @Override
            public void looked(Mirror mirror, MirrorStatus status, int changed, Duration took) {
                metrics.looked(mirror, status, changed, took);
            }

            @Override
            public void news(Mirror mirror, MirrorStatus status, int changed, Duration took) {
                GitWiring.record(
                        base,
                        "mirror.sync",
                        mirror.organization(),
                        "mirrors/" + mirror.name(),
                        status.state() == MirrorStatus.State.SYNCED ? null : status.problem(),
                        took,
                        Map.of(
                                "changed",
                                AuditDetail.of(changed),
                                "state",
                                AuditDetail.of(status.state().id())));
            }
        };
    }
}
