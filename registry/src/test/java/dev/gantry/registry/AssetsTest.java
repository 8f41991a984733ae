package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.PutResult.Outcome;
import dev.gantry.testing.TestingDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssetsTest {
    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();

    @AfterAll
    void close() {
        registry.close();
    }

    private static UUID organization() {
        return TestingDatabase.newOrganization();
    }

    private PutResult put(Caller caller, String name, String content) {
        return assets.put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private AssetVersion get(Caller caller, String name) {
        return assets.get(caller, AssetKind.PATTERN, name);
    }

    @Nested
    class Versions {
        private final Caller ana = developer(organization(), "ana@example.com");

        @Test
        void shouldNumberChangesAndKeepOldVersions() {
            PutResult first = put(ana, "draft", "one");
            PutResult second = put(ana, "draft", "---\ndescription: Two\ntags: [b, a]\n---\ntwo");

            assertThat(first.outcome()).isEqualTo(Outcome.CREATED);
            assertThat(second.outcome()).isEqualTo(Outcome.UPDATED);
            assertThat(second.asset().name()).hasToString("~ana@example.com/draft");
            assertThat(second.asset().version()).isEqualTo(2);
            assertThat(second.asset().description()).isEqualTo("Two");
            assertThat(second.asset().tags()).containsExactly("b", "a");
            assertThat(second.asset().author()).isEqualTo("ana@example.com");
            assertThat(second.asset().createdAt()).isEqualTo(TestingRegistry.NOW);
            assertThat(get(ana, "draft")).isEqualTo(second.asset());
            assertThat(get(ana, "draft@1").content()).isEqualTo("one");
            assertThat(get(ana, "~/draft@1")).isEqualTo(get(ana, "~ana@example.com/draft@1"));
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "draft@3"), "no version 3", "newest is 2");
        }

        @Test
        void shouldNotCountTheSameContent() {
            PutResult first = put(ana, "same", "text\r\n");
            PutResult again = put(ana, "same", "text\n");

            assertThat(again.outcome()).isEqualTo(Outcome.UNCHANGED);
            assertThat(again.asset()).isEqualTo(first.asset());
        }

        @Test
        void shouldGoOnCountingAfterADeletion() {
            put(ana, "phoenix", "one");
            assets.delete(ana, AssetKind.PATTERN, "phoenix", new Precondition.None());
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "phoenix"));
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> assets.delete(ana, AssetKind.PATTERN, "phoenix", new Precondition.None()));

            PutResult again = put(ana, "phoenix", "one");

            assertThat(again.outcome()).isEqualTo(Outcome.CREATED);
            assertThat(again.asset().version()).isEqualTo(2);
            assertThat(get(ana, "phoenix@1").content()).isEqualTo("one");
        }

        @Test
        void shouldPageThroughTheHistory() {
            for (int version = 1; version <= 5; version++) {
                put(ana, "history", "text " + version);
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
            put(ana, "kinds", "a pattern");
            assets.put(ana, AssetKind.CONTEXT, "kinds", "a context", new Precondition.None());

            assertThat(get(ana, "kinds").content()).isEqualTo("a pattern");
            assertThat(assets.get(ana, AssetKind.CONTEXT, "kinds").content()).isEqualTo("a context");
            assertRefused(ErrorCode.NOT_FOUND, () -> assets.get(ana, AssetKind.STRATEGY, "kinds"), "no strategy");
        }
    }

    @Nested
    class Preconditions {
        private final Caller ana = developer(organization(), "ana@example.com");

        @Test
        void shouldProtectWhatWasChangedMeanwhile() {
            String seen = put(ana, "x", "one").asset().hash();
            put(ana, "x", "two");

            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> assets.put(ana, AssetKind.PATTERN, "x", "three", new Precondition.Matches(Set.of(seen))),
                    "changed in the meantime",
                    "version is 2");
            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> assets.delete(ana, AssetKind.PATTERN, "x", new Precondition.Matches(Set.of(seen))));
            assertThat(get(ana, "x").content()).isEqualTo("two");
        }

        @Test
        void shouldLetTheCurrentVersionPass() {
            String hash = put(ana, "y", "one").asset().hash();

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
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "none"));
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
            assertThat(get(ana, "race").version()).isEqualTo(1);
        }

        @Test
        void shouldGiveEveryConcurrentChangeAVersionOfItsOwn() throws InterruptedException, ExecutionException {
            List<Integer> versions = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<PutResult>> attempts = new ArrayList<>();
                for (int index = 0; index < 8; index++) {
                    String content = "content " + index;
                    attempts.add(threads.submit(() -> put(ana, "busy", content)));
                }
                for (Future<PutResult> attempt : attempts) {
                    versions.add(attempt.get().asset().version());
                }
            }
            assertThat(versions).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Nested
    class Names {
        private final UUID organization = organization();
        private final Caller root = admin(organization);
        private final Caller ana = developer(organization, "ana@example.com", "team-a", "team-b");

        @Test
        void shouldResolveOwnThenTeamsThenSharedThenBuiltIn() {
            assertThat(get(ana, "summarize").name()).hasToString("builtin/summarize");
            put(root, "shared/summarize", "shared");
            assertThat(get(ana, "summarize").name()).hasToString("shared/summarize");
            put(developer(organization, "bo", "team-b"), "team-b/summarize", "b");
            assertThat(get(ana, "summarize").name()).hasToString("team-b/summarize");
            put(ana, "team-a/summarize", "a");
            assertThat(get(ana, "summarize").name()).hasToString("team-a/summarize");
            put(ana, "summarize", "own");
            assertThat(get(ana, "Summarize").name()).hasToString("~ana@example.com/summarize");

            assertThat(get(ana, "shared/summarize").content()).isEqualTo("shared");
            assertThat(get(ana, "builtin/summarize").author()).isEqualTo("gantry");
            assertThat(get(developer(organization, "carl"), "summarize").name()).hasToString("shared/summarize");
        }

        @Test
        void shouldTakeAFirstPartForANamespaceBeforeAPath() {
            put(root, "shared/team-a/tool", "path");
            assertThat(get(ana, "team-a/tool").name()).hasToString("shared/team-a/tool");
            put(ana, "team-a/tool", "namespace");
            assertThat(get(ana, "team-a/tool").name()).hasToString("team-a/tool");
            assertThat(get(ana, "shared/team-a/tool").content()).isEqualTo("path");
        }

        @Test
        void shouldSuggestTheNearestName() {
            put(ana, "team-a/threat-model", "x");

            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "threat-modle"), "did you mean 'threat-model'", "team-b");
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "sumarize"), "did you mean 'summarize'");
        }

        @Test
        void shouldNotSuggestWhatTheCallerDoesNotSee() {
            put(developer(organization, "eve"), "my-secret-plan", "x");

            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "my-secret-plam"), "There is no pattern");
            try {
                get(ana, "my-secret-plam");
            } catch (GantryException refused) {
                assertThat(refused.getMessage()).doesNotContain("did you mean");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "../x", "a//b", "~", "~x", "a b", "UPPER CASE", "a\0b"})
        void shouldRefuseNamesThatCannotBe(String name) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> get(ana, name));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> put(ana, name, "x"));
        }
    }

    @Nested
    class Visibility {
        private final UUID organization = organization();
        private final Caller root = admin(organization);
        private final Caller ana = developer(organization, "ana", "team-a");
        private final Caller bob = developer(organization, "bob", "team-b");

        @Test
        void shouldHideOtherPeoplesNamespaces() {
            put(ana, "mine", "x");
            put(ana, "team-a/ours", "x");

            for (String name : List.of("mine", "~ana/mine", "ours", "team-a/ours")) {
                assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(bob, name));
            }
            assertThat(get(root, "~ana/mine").content()).isEqualTo("x");
            assertThat(get(root, "team-a/ours").content()).isEqualTo("x");
        }

        @Test
        void shouldRefuseWritesToOtherPeoplesNamespaces() {
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(bob, "~ana/x", "x"), "not a namespace of bob");
            assertThat(put(bob, "team-a/x", "x").asset().name()).hasToString("~bob/team-a/x");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(bob, AssetKind.PATTERN, "~ana/mine", new Precondition.None()));
            assertThat(put(root, "~ana/by-root", "x").asset().author()).isEqualTo("root@example.com");
            assertThat(put(root, "team-a/by-root", "x").asset().name()).hasToString("team-a/by-root");
            assertThat(put(root, "no-team/x", "x").asset().name()).hasToString("~root@example.com/no-team/x");
        }

        @Test
        void shouldNeedMoreRightsForShared() {
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(ana, "shared/x", "x"), "patterns:create:shared/x");
            put(root, "shared/x", "x");
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(ana, "shared/x", "y"), "patterns:update:shared/x");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(ana, AssetKind.PATTERN, "shared/x", new Precondition.None()),
                    "patterns:delete:shared/x");
            assertThat(get(ana, "x").content()).isEqualTo("x");
        }

        @Test
        void shouldNeverWriteToTheBuiltInNamespace() {
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(root, "builtin/summarize", "x"), "shared/summarize");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(root, AssetKind.PATTERN, "builtin/summarize", new Precondition.None()));
        }

        @Test
        void shouldObeyGrantsByName() {
            put(root, "shared/analysis/one", "x");
            put(root, "shared/other", "x");
            Caller analyst = caller(organization, "al", List.of(), "patterns:read:analysis/*");

            assertThat(get(analyst, "analysis/one").content()).isEqualTo("x");
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> get(analyst, "other"), "patterns:read:shared/other");
            assertThat(assets.list(analyst, new AssetQuery(AssetKind.PATTERN, null, List.of(), "shared", null, null, 1))
                            .assets())
                    .extracting(asset -> asset.name().path())
                    .containsExactly("analysis/one");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.list(caller(organization, "no", List.of()), AssetQuery.all(AssetKind.PATTERN)),
                    "patterns:read");
        }

        @Test
        void shouldShowNothingToOtherOrganizations() {
            put(root, "shared/quagga-stripes", "x");
            Caller stranger = admin(organization());

            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(stranger, "shared/quagga-stripes"));
            assertThat(assets.list(
                                    stranger,
                                    new AssetQuery(
                                            AssetKind.PATTERN, "quagga-stripes", List.of(), null, null, null, 10))
                            .assets())
                    .isEmpty();
        }
    }

    @Nested
    class Lists {
        private final UUID organization = organization();
        private final Caller root = admin(organization);
        private final Caller ana = developer(organization, "ana", "team-a");

        private List<String> names(@Nullable String text, List<String> tags, @Nullable String namespace) {
            return assets
                    .list(ana, new AssetQuery(AssetKind.PATTERN, text, tags, namespace, null, null, 100))
                    .assets()
                    .stream()
                    .map(asset -> asset.name().toString())
                    .toList();
        }

        private void fill() {
            put(
                    root,
                    "shared/write-report",
                    "---\ndescription: Writes reports on incidents.\ntags: [work]\n---\nText.");
            put(root, "shared/incident", "---\ntags: [work, ops]\n---\nHandle what happened to customers.");
            put(
                    root,
                    "shared/notes",
                    "Takes down what is said in a meeting.\n\nMentions an incident somewhere in its instructions.");
            put(ana, "team-a/incident_review", "Reviews it.");
            put(ana, "diary", "---\ntags: [incident]\n---\nNothing else.");
        }

        @Test
        void shouldListEverythingVisibleInOrderOfNames() {
            fill();

            List<String> all = names(null, List.of(), null);

            assertThat(all)
                    .contains("shared/incident", "team-a/incident_review", "~ana/diary", "builtin/summarize")
                    .isSortedAccordingTo(
                            Comparator.comparing(name -> name.substring(name.indexOf('/') + 1) + "\0" + name));
            assertThat(names(null, List.of(), "shared"))
                    .containsExactly("shared/incident", "shared/notes", "shared/write-report");
            assertThat(names(null, List.of(), "~")).containsExactly("~ana/diary");
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> names(null, List.of(), "team-b"), "team-b");
        }

        @Test
        void shouldRankNamesBeforeTagsBeforeDescriptionsBeforeText() {
            fill();

            assertThat(names("incident", List.of(), null))
                    .filteredOn(name -> !name.startsWith("builtin/"))
                    .containsExactly(
                            "shared/incident",
                            "team-a/incident_review",
                            "~ana/diary",
                            "shared/write-report",
                            "shared/notes");
        }

        @Test
        void shouldFindWordsByTheirStemAndNamesByTheirParts() {
            fill();

            assertThat(names("customer happening", List.of(), null)).contains("shared/incident");
            assertThat(names("incid_rev", List.of(), "team-a")).containsExactly("team-a/incident_review");
            assertThat(names("incident review", List.of(), null).getFirst()).isEqualTo("team-a/incident_review");
            assertThat(names("summaries", List.of(), null)).contains("builtin/summarize");
        }

        @Test
        void shouldFilterByAllTags() {
            fill();

            assertThat(names(null, List.of("work"), "shared"))
                    .containsExactly("shared/incident", "shared/write-report");
            assertThat(names(null, List.of("work", "ops"), null)).containsExactly("shared/incident");
            assertThat(names("report", List.of("work"), "shared")).containsExactly("shared/write-report");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "%",
                    "_",
                    "\\",
                    "'",
                    "\"",
                    "&",
                    "a & | !",
                    "((",
                    "-",
                    "*",
                    ":*",
                    "'; DROP TABLE assets; --",
                    "<->"
                })
        void shouldTakeAnyTextForASearch(String text) {
            put(root, "shared/plain", "Words and nothing else");

            assertThat(names(text, List.of(), "shared")).doesNotContain("shared/plain");
        }

        @Test
        void shouldPageWithoutGapsOrRepetition() {
            for (int index = 0; index < 7; index++) {
                put(ana, "page/item-" + index, "Text about pagination " + "really ".repeat(index));
            }
            for (String text : Arrays.asList(null, "pagination")) {
                List<String> paged = new ArrayList<>();
                String cursor = null;
                do {
                    AssetPage page =
                            assets.list(ana, new AssetQuery(AssetKind.PATTERN, text, List.of(), null, null, cursor, 3));
                    page.assets().forEach(asset -> paged.add(asset.name().toString()));
                    cursor = page.nextCursor();
                } while (cursor != null);

                assertThat(paged).isEqualTo(names(text, List.of(), null)).doesNotHaveDuplicates();
                assertThat(paged).contains("~ana/page/item-0", "~ana/page/item-6");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "!!!", "AAAA"})
        void shouldRefuseForgedCursors(String cursor) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> assets.list(ana, new AssetQuery(AssetKind.PATTERN, null, List.of(), null, null, cursor, 3)),
                    "cursor");
        }

        @Test
        void shouldLeaveOutTheDeleted() {
            put(ana, "gone-soon", "x");
            assets.delete(ana, AssetKind.PATTERN, "gone-soon", new Precondition.None());

            assertThat(names("gone-soon", List.of(), null)).isEmpty();
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
            Caller ana = developer(organization(), "ana");
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
