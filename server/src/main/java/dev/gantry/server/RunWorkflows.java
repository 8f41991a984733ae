package dev.gantry.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.runs.Starter;
import dev.gantry.runs.WorkflowSource;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowReader;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Workflows of the registry, for runs. Thread-safe. */
final class RunWorkflows implements WorkflowSource {
    private static final int WORKFLOWS_KEPT_MAX = 1_000;

    private final Assets assets;
    private final WorkflowReader reader;
    private final Identity identity;
    private final Cache<Version, Workflow> known =
            Caffeine.newBuilder().maximumSize(WORKFLOWS_KEPT_MAX).build();

    private record Version(UUID organization, String name, int number) {}

    private final Cache<String, Workflow> kept =
            Caffeine.newBuilder().maximumSize(WORKFLOWS_KEPT_MAX).build();

    RunWorkflows(Assets assets, WorkflowReader reader, Identity identity) {
        this.assets = assets;
        this.reader = reader;
        this.identity = identity;
    }

    /** Whether it may be run was decided when the run began; a version never changes. */
    @Override
    public Workflow load(Handle handle, UUID organization, String name, int version) {
        return known.get(
                new Version(organization, name, version),
                key -> reader.read(assets.pinned(handle, AssetKind.WORKFLOW, key.name(), key.number())
                        .content()));
    }

    @Override
    public Workflow read(String text) {
        return kept.get(text, reader::read);
    }

    @Override
    public Registered resolve(Starter starter, String name) {
        return resolve(StepCaller.of(identity, starter), name);
    }

    Registered resolve(Caller caller, String name) {
        AssetVersion found = assets.getToRun(caller, AssetKind.WORKFLOW, name);
        String qualified = found.name().toString();
        if (found.isBuiltin()) {
            // The next version of the product may have another under this very number.
            return new Registered(qualified, found.version(), read(found.content()), found.content());
        }
        return new Registered(
                qualified,
                found.version(),
                known.get(
                        new Version(caller.organization(), qualified, found.version()),
                        _ -> reader.read(found.content())));
    }
}
