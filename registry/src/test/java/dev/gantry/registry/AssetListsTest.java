package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.testing.TestingDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of assets, and searches in them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssetListsTest {
    private final TestingRegistry registry = new TestingRegistry();

    private final Assets assets = registry.assets();

    @AfterAll
    void close() {
        registry.close();
    }

    @Nested
    class Lists {
        private final UUID organization = TestingDatabase.newOrganization();
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
            registry.put(
                    root,
                    "shared/write-report",
                    "---\ndescription: Writes reports on incidents.\ntags: [work]\n---\nText.");
            registry.put(root, "shared/incident", "---\ntags: [work, ops]\n---\nHandle what happened to customers.");
            registry.put(
                    root,
                    "shared/notes",
                    "Takes down what is said in a meeting.\n\nMentions an incident somewhere in its instructions.");
            registry.put(ana, "team-a/incident_review", "Reviews it.");
            registry.put(ana, "diary", "---\ntags: [incident]\n---\nNothing else.");
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
            registry.put(root, "shared/plain", "Words and nothing else");

            assertThat(names(text, List.of(), "shared")).doesNotContain("shared/plain");
        }

        @Test
        void shouldPageWithoutGapsOrRepetition() {
            for (int index = 0; index < 7; index++) {
                registry.put(ana, "page/item-" + index, "Text about pagination " + "really ".repeat(index));
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
            registry.put(ana, "gone-soon", "x");
            assets.delete(ana, AssetKind.PATTERN, "gone-soon", new Precondition.None());

            assertThat(names("gone-soon", List.of(), null)).isEmpty();
        }
    }
}
