package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.PutResult.Outcome;
import dev.gantry.testing.TestingDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Assets and their versions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssetsTest {
    private final TestingRegistry registry = new TestingRegistry();

    private final Assets assets = registry.assets();

    @AfterAll
    void close() {
        registry.close();
    }

    @Nested
    class Versions {
        private final Caller ana = developer(TestingDatabase.newOrganization(), "ana@example.com");

        @Test
        void shouldNumberChangesAndKeepOldVersions() {
            PutResult first = registry.put(ana, "draft", "one");
            PutResult second = registry.put(ana, "draft", "---\ndescription: Two\ntags: [b, a]\n---\ntwo");

            assertThat(first.outcome()).isEqualTo(Outcome.CREATED);
            assertThat(second.outcome()).isEqualTo(Outcome.UPDATED);
            assertThat(second.asset().name()).hasToString("~ana@example.com/draft");
            assertThat(second.asset().version()).isEqualTo(2);
            assertThat(second.asset().description()).isEqualTo("Two");
            assertThat(second.asset().tags()).containsExactly("b", "a");
            assertThat(second.asset().author()).isEqualTo("ana@example.com");
            assertThat(second.asset().createdAt()).isEqualTo(TestingRegistry.NOW);
            assertThat(registry.get(ana, "draft")).isEqualTo(second.asset());
            assertThat(registry.get(ana, "draft@1").content()).isEqualTo("one");
            assertThat(registry.get(ana, "~/draft@1")).isEqualTo(registry.get(ana, "~ana@example.com/draft@1"));
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(ana, "draft@3"), "no version 3", "newest is 2");
        }

        @Test
        void shouldNotCountTheSameContent() {
            PutResult first = registry.put(ana, "same", "text\r\n");
            PutResult again = registry.put(ana, "same", "text\n");

            assertThat(again.outcome()).isEqualTo(Outcome.UNCHANGED);
            assertThat(again.asset()).isEqualTo(first.asset());
        }

        @Test
        void shouldGoOnCountingAfterADeletion() {
            registry.put(ana, "phoenix", "one");
            assets.delete(ana, AssetKind.PATTERN, "phoenix", new Precondition.None());
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(ana, "phoenix"));
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> assets.delete(ana, AssetKind.PATTERN, "phoenix", new Precondition.None()));

            PutResult again = registry.put(ana, "phoenix", "one");

            assertThat(again.outcome()).isEqualTo(Outcome.CREATED);
            assertThat(again.asset().version()).isEqualTo(2);
            assertThat(registry.get(ana, "phoenix@1").content()).isEqualTo("one");
        }

        @Test
        void shouldPageThroughTheHistory() {
            for (int version = 1; version <= 5; version++) {
                registry.put(ana, "history", "text " + version);
            }

            VersionPage first = assets.versions(ana, AssetKind.PATTERN, "history", null, 2);
            VersionPage second = assets.versions(ana, AssetKind.PATTERN, "history", first.nextBefore(), 2);
            VersionPage third = assets.versions(ana, AssetKind.PATTERN, "history", second.nextBefore(), 2);

            assertThat(first.versions()).extracting(VersionSummary::version).containsExactly(5, 4);
            assertThat(second.versions()).extracting(VersionSummary::version).containsExactly(3, 2);
            assertThat(third.versions()).extracting(VersionSummary::version).containsExactly(1);
            assertThat(third.nextBefore()).isNull();
        }

        @Test
        void shouldKeepKindsApart() {
            registry.put(ana, "kinds", "a pattern");
            assets.put(ana, AssetKind.CONTEXT, "kinds", "a context", new Precondition.None());

            assertThat(registry.get(ana, "kinds").content()).isEqualTo("a pattern");
            assertThat(assets.get(ana, AssetKind.CONTEXT, "kinds").content()).isEqualTo("a context");
            assertRefused(ErrorCode.NOT_FOUND, () -> assets.get(ana, AssetKind.STRATEGY, "kinds"), "no strategy");
        }
    }

    @Nested
    class Preconditions {
        private final Caller ana = developer(TestingDatabase.newOrganization(), "ana@example.com");

        @Test
        void shouldProtectWhatWasChangedMeanwhile() {
            String seen = registry.put(ana, "x", "one").asset().hash();
            registry.put(ana, "x", "two");

            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> assets.put(ana, AssetKind.PATTERN, "x", "three", new Precondition.Matches(Set.of(seen))),
                    "changed in the meantime",
                    "version is 2");
            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> assets.delete(ana, AssetKind.PATTERN, "x", new Precondition.Matches(Set.of(seen))));
            assertThat(registry.get(ana, "x").content()).isEqualTo("two");
        }

        @Test
        void shouldLetTheCurrentVersionPass() {
            String hash = registry.put(ana, "y", "one").asset().hash();

            PutResult result =
                    assets.put(ana, AssetKind.PATTERN, "y", "two", new Precondition.Matches(Set.of("other", hash)));

            assertThat(result.asset().version()).isEqualTo(2);
        }

        @Test
        void shouldRefuseToCreateWhatExists() {
            assertThat(assets.create(ana, AssetKind.PATTERN, "z", "one").outcome())
                    .isEqualTo(Outcome.CREATED);
            assertRefused(
                    ErrorCode.CONFLICT, () -> assets.create(ana, AssetKind.PATTERN, "z", "one"), "exists already");
        }

        @Test
        void shouldRefuseToChangeWhatDoesNotExist() {
            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> assets.put(ana, AssetKind.PATTERN, "none", "x", new Precondition.Exists()));
            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> assets.put(ana, AssetKind.PATTERN, "none", "x", new Precondition.Matches(Set.of("h"))));
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(ana, "none"));
        }

        @Test
        void shouldLetOneOfManyCreatorsWin() throws InterruptedException {
            int won = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<PutResult>> attempts = new ArrayList<>();
                for (int index = 0; index < 8; index++) {
                    String content = "content " + index;
                    attempts.add(threads.submit(() -> assets.create(ana, AssetKind.PATTERN, "race", content)));
                }
                for (Future<PutResult> attempt : attempts) {
                    try {
                        attempt.get();
                        won++;
                    } catch (ExecutionException lost) {
                        assertThat(lost.getCause())
                                .isInstanceOfSatisfying(
                                        GantryException.class,
                                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT));
                    }
                }
            }
            assertThat(won).isEqualTo(1);
            assertThat(registry.get(ana, "race").version()).isEqualTo(1);
        }

        @Test
        void shouldGiveEveryConcurrentChangeAVersionOfItsOwn() throws InterruptedException, ExecutionException {
            List<Integer> versions = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<PutResult>> attempts = new ArrayList<>();
                for (int index = 0; index < 8; index++) {
                    String content = "content " + index;
                    attempts.add(threads.submit(() -> registry.put(ana, "busy", content)));
                }
                for (Future<PutResult> attempt : attempts) {
                    versions.add(attempt.get().asset().version());
                }
            }
            assertThat(versions).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Test
    void shouldBoundAssetsAndVersions() {
        RegistrySettings defaults = RegistrySettings.defaults();
        RegistrySettings tight = new RegistrySettings(
                defaults.assetSizeMax(),
                2,
                3,
                defaults.importSizeMax(),
                defaults.importEntriesMax(),
                defaults.promptCharsMax(),
                defaults.sessionsMax(),
                defaults.sessionMessagesMax(),
                defaults.sessionCharsMax(),
                defaults.templates(),
                defaults.approvalWorkflow(),
                defaults.source(),
                defaults.repository(),
                defaults.branch(),
                defaults.syncInterval());
        try (TestingRegistry small = new TestingRegistry(tight)) {
            Caller ana = developer(TestingDatabase.newOrganization(), "ana");
            for (String content : List.of("1", "2", "3")) {
                small.assets().put(ana, AssetKind.PATTERN, "a", content, new Precondition.None());
            }
            small.assets().put(ana, AssetKind.CONTEXT, "b", "x", new Precondition.None());

            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> small.assets().put(ana, AssetKind.PATTERN, "a", "4", new Precondition.None()),
                    "3 versions");
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> small.assets().put(ana, AssetKind.PATTERN, "c", "x", new Precondition.None()),
                    "assets_max");
        }
    }
}
