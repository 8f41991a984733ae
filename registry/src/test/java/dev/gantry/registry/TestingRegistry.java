package dev.gantry.registry;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeys;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.TestingDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;

/** A registry over a fresh database, at a fixed time. */
final class TestingRegistry implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    private final TestingDatabase testing = TestingDatabase.open("crypto", "registry");
    private final Registry registry;

    TestingRegistry() {
        this(RegistrySettings.defaults());
    }

    TestingRegistry(RegistrySettings settings) {
        Secret masterKey = Secret.of(Base64.getEncoder().encodeToString(new byte[32]));
        KeyRing keyRing = new KeyRing(
                MasterKeys.of(List.of(masterKey)),
                (organization, work) -> testing.database().inOrganization(organization, handle -> {
                    try {
                        work.over(handle.getConnection());
                    } catch (SQLException failed) {
                        throw new AssertionError(failed);
                    }
                    return null;
                }));
        registry = Registry.open(
                testing.database(),
                keyRing,
                settings,
                Clock.fixed(NOW, ZoneOffset.UTC),
                (caller, team) -> team.startsWith("team-"),
                TestingRegistry::describe,
                (_, namespace) -> namespace.equals("team-fed"));
    }

    /** Stands for the check of workflows: a text is one when it begins with "name:". */
    static WorkflowFormat.Description describe(String content) {
        if (!content.startsWith("name:")) {
            throw new GantryException(ErrorCode.INVALID_WORKFLOW, "line 1: name: is missing");
        }
        return new WorkflowFormat.Description(content.lines().findFirst().orElse(""), List.of("flow"), List.of());
    }

    Assets assets() {
        return registry.assets();
    }

    /** Stores a pattern whatever was there. */
    PutResult put(Caller caller, String name, String content) {
        return assets().put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    /** Returns a pattern. */
    AssetVersion get(Caller caller, String name) {
        return assets().get(caller, AssetKind.PATTERN, name);
    }

    Publishing publishing() {
        return registry.publishing();
    }

    AssetSync assetSync() {
        return registry.assetSync();
    }

    Forks forks() {
        return registry.forks();
    }

    ReviewPolicies reviewPolicies() {
        return registry.reviewPolicies();
    }

    PatternTests patternTests() {
        return registry.patternTests();
    }

    Reviews reviews(Reviewers reviewers, List<ReviewCheck> checks) {
        return registry.reviews(reviewers, checks);
    }

    AssetInventory assetInventory() {
        return registry.assetInventory();
    }

    Sessions sessions() {
        return registry.sessions();
    }

    LibraryImport libraryImport() {
        return registry.libraryImport();
    }

    PromptAssembler assembler() {
        return registry.assembler();
    }

    TestingDatabase testing() {
        return testing;
    }

    @Override
    public void close() {
        testing.close();
    }
}
