package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingCallers.developer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.Ids;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchTest {
    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();
    private final Publishing publishing = registry.publishing();
    private final UUID organization = TestingDatabase.newOrganization();
    private final Caller root = admin(organization);
    private final Caller ana = developer(organization, "ana@example.com", "team-a");
    private final Caller anton = developer(organization, "anton@example.com", "team-a");
    private final Caller bob = developer(organization, "bob@example.com", "team-b");

    @AfterAll
    void close() {
        registry.close();
    }

    private void put(Caller caller, String name, String content) {
        assets.put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private void show(Caller caller, String name, Visibility visibility) {
        publishing.publish(caller, AssetKind.PATTERN, name, new Publication(visibility, null, null, null));
    }

    private AssetPage page(Caller caller, String text, @Nullable String cursor, int limit) {
        return assets.list(caller, new AssetQuery(AssetKind.PATTERN, text, List.of(), null, null, cursor, limit));
    }

    private static List<String> names(AssetPage page) {
        return page.assets().stream().map(asset -> asset.name().toString()).toList();
    }

    private List<String> found(Caller caller, String text) {
        return names(page(caller, text, null, 100));
    }

    private List<String> foundInPages(Caller caller, String text, int limit) {
        List<String> found = new ArrayList<>();
        String cursor = null;
        do {
            AssetPage page = page(caller, text, cursor, limit);
            found.addAll(names(page));
            cursor = page.nextCursor();
        } while (cursor != null);
        return found;
    }

    @Nested
    class Ranking {
        @Test
        void shouldPutTheWholeNameBeforeEndingsBeforeBeginnings() {
            put(root, "shared/kestrel_flight-plan", "x");
            put(root, "shared/a-kestrel-flight", "x");
            put(root, "shared/kestrel-flight", "x");
            put(root, "shared/flight_of_a_kestrel", "x");

            assertThat(found(bob, "Kestrel flight"))
                    .containsExactly(
                            "shared/kestrel-flight",
                            "shared/a-kestrel-flight",
                            "shared/kestrel_flight-plan",
                            "shared/flight_of_a_kestrel");
        }

        @Test
        void shouldKnowAWholeNameThatHasWordsThatTellNothing() {
            put(root, "shared/mend-the-marmot", "x");
            put(root, "shared/a-marmot-mend", "x");

            assertThat(found(bob, "mend the marmot").getFirst()).isEqualTo("shared/mend-the-marmot");
        }

        @Test
        void shouldGoOnToLesserMatchesOnLaterPages() {
            for (int index = 10; index < 20; index++) {
                put(root, "shared/heron-" + index, "x");
                put(root, "shared/tagged-" + index, "---\ntags: [heron]\n---\nx");
                put(root, "shared/described-" + index, "---\ndescription: About a heron.\n---\nx");
                put(root, "shared/written-" + index, "Look at the herons.");
                put(bob, "heron-of-bob-" + index, "x");
            }

            List<String> all = found(ana, "heron");

            assertThat(all).hasSize(40);
            assertThat(all.stream()
                            .map(name -> name.replaceAll("shared/|-.*", ""))
                            .distinct())
                    .containsExactly("heron", "tagged", "described", "written");
            assertThat(foundInPages(ana, "heron", 3)).isEqualTo(all);
            assertThat(foundInPages(ana, "heron", 1)).isEqualTo(all);
        }

        @Test
        void shouldFillAPageWithWhatACallerMayReadOfWhatTheySee() {
            for (int index = 10; index < 30; index++) {
                put(root, "shared/egret-" + index, "x");
            }
            put(root, "shared/open/bird", "An egret stands in the water.");
            Caller reader = caller(organization, "reader", List.of(), "patterns:read:open/*");

            assertThat(names(page(reader, "egret", null, 2))).containsExactly("shared/open/bird");
        }
    }

    @Nested
    class Typos {
        @ParameterizedTest
        @CsvSource({
            "pangloin anatomy, swapped letters",
            "pangolin anatmoy, swapped letters",
            "pangollin anatomy, a letter too much",
            "pngolin anatomy, a letter too little",
            "pangolim amatomy, wrong letters in both"
        })
        void shouldUnderstandMisspeltWords(String written, String how) {
            put(root, "shared/pangolin_anatomy", "x");

            assertThat(found(bob, written)).as(how).containsExactly("shared/pangolin_anatomy");
        }

        @Test
        void shouldRankWhatIsWrittenBeforeWhatWasPerhapsMeant() {
            put(root, "shared/wombat", "x");
            put(root, "shared/combat", "x");

            assertThat(found(bob, "wombat")).containsExactly("shared/wombat", "shared/combat");
        }

        @Test
        void shouldNotFindByTyposWhatSomebodyDoesNotSee() {
            put(ana, "axolotl-diary", "x");

            assertThat(found(bob, "axoltl")).isEmpty();
            assertThat(found(ana, "axoltl")).containsExactly("~ana@example.com/axolotl-diary");
        }
    }

    @Nested
    class WhoFinds {
        @Test
        void shouldFollowWhatIsShownAndHiddenAgain() {
            put(ana, "team-a/lemur", "---\ndescription: Something on indri.\n---\nText on sifakas.");
            for (String word : List.of("lemur", "indri", "sifakas", "lemr")) {
                assertThat(found(anton, word)).as(word).containsExactly("team-a/lemur");
                assertThat(found(bob, word)).as(word).isEmpty();
            }
            show(ana, "team-a/lemur", Visibility.PRIVATE);
            for (String word : List.of("lemur", "indri", "sifakas", "lemr")) {
                assertThat(found(anton, word)).as(word).isEmpty();
                assertThat(found(ana, word)).as(word).containsExactly("team-a/lemur");
            }
            show(root, "team-a/lemur", Visibility.ORGANIZATION);
            for (String word : List.of("lemur", "indri", "sifakas", "lemr")) {
                assertThat(found(bob, word)).as(word).containsExactly("team-a/lemur");
            }
        }

        @Test
        void shouldFollowOwners() {
            put(ana, "team-a/quokka", "Text on wallabies.");
            publishing.publish(
                    ana,
                    AssetKind.PATTERN,
                    "team-a/quokka",
                    new Publication(null, null, List.of("bob@example.com"), null));
            assertThat(found(bob, "quokka")).containsExactly("team-a/quokka");
            assertThat(found(bob, "wallabies")).containsExactly("team-a/quokka");

            publishing.publish(
                    ana,
                    AssetKind.PATTERN,
                    "team-a/quokka",
                    new Publication(null, null, List.of("ana@example.com"), null));
            assertThat(found(bob, "quokka")).isEmpty();
            assertThat(found(bob, "wallabies")).isEmpty();
        }

        @Test
        void shouldFollowANameToItsNewPlace() {
            put(ana, "team-a/numbat", "Text on bilbies.");
            assets.rename(ana, AssetKind.PATTERN, "team-a/numbat", "~/bandicoot");

            assertThat(found(ana, "numbat")).isEmpty();
            assertThat(found(ana, "bandicoot")).containsExactly("~ana@example.com/bandicoot");
            assertThat(found(ana, "bilbies")).containsExactly("~ana@example.com/bandicoot");
            assertThat(found(anton, "bandicoot")).isEmpty();
            assertThat(found(anton, "bilbies")).isEmpty();
        }

        @Test
        void shouldForgetWhatIsDeletedOrWasWrittenBefore() {
            put(ana, "team-a/tenrec", "Text on solenodons.");
            put(ana, "team-a/tenrec", "Text on shrews.");
            assertThat(found(anton, "solenodons")).isEmpty();
            assertThat(found(anton, "shrews")).containsExactly("team-a/tenrec");

            assets.delete(ana, AssetKind.PATTERN, "team-a/tenrec", new Precondition.None());
            assertThat(found(anton, "tenrec")).isEmpty();
            assertThat(found(anton, "shrews")).isEmpty();
        }

        @Test
        void shouldNarrowByVisibilityBeforeAPageIsFull() {
            for (int index = 10; index < 20; index++) {
                put(ana, "team-a/ocelot-" + index, "x");
            }
            put(root, "shared/cats", "Text on ocelots.");

            AssetQuery query =
                    new AssetQuery(AssetKind.PATTERN, "ocelot", List.of(), null, Visibility.ORGANIZATION, null, 3);
            assertThat(names(assets.list(anton, query))).containsExactly("shared/cats");
        }

        @Test
        void shouldKeepOrganizationsApartWhoseIdsEndAlike() {
            UUID twin = new UUID(Ids.next().getMostSignificantBits(), organization.getLeastSignificantBits());
            put(admin(twin), "shared/dugong", "Text on manatees.");

            assertThat(found(root, "dugong")).isEmpty();
            assertThat(found(root, "manatees")).isEmpty();
            assertThat(found(admin(twin), "manatees")).containsExactly("shared/dugong");
        }

        @ParameterizedTest
        @ValueSource(strings = {"x & team-a", ":ateam-a", "':a' | ':n'", ":n", ":o"})
        void shouldTakeMarksOfTermsForNothingButWords(String text) {
            put(ana, "marten-of-ana", "Text.");

            assertThat(found(bob, text)).doesNotContain("~ana@example.com/marten-of-ana");
            assertThat(found(ana, text)).doesNotContain("~ana@example.com/marten-of-ana");
        }
    }

    @Nested
    class Lists {
        private static final int OTHERS = 1_200;

        private final UUID large = TestingDatabase.newOrganization();
        private final Caller zoe = developer(large, "zoe@example.com", "team-z");
        private final Caller yann = developer(large, "yann@example.com", "team-y");
        private final List<AssetSync.Authored> batch = new ArrayList<>();

        /** Names in their order: one of the team's, 1,200 of another, two of the team's, of which one is tagged. */
        private void fill() {
            write("team-z/a-first", "x");
            for (int index = 1_000; index < 1_000 + OTHERS; index++) {
                write("team-y/b-other-" + index, "x");
            }
            write("team-z/c-second", "x");
            write("team-z/d-third", "---\ntags: [rare]\n---\nx");
            registry.testing()
                    .database()
                    .inOrganization(large, handle -> registry.assetSync().write(handle, large, batch));
        }

        private void write(String name, String content) {
            int slash = name.indexOf('/');
            AssetName parsed = new AssetName(name.substring(0, slash), name.substring(slash + 1));
            batch.add(new AssetSync.Authored(
                    registry.assetSync().check(AssetKind.PATTERN, parsed, content.getBytes(StandardCharsets.UTF_8)),
                    "somebody"));
        }

        private List<String> listed(Caller caller, List<String> tags, @Nullable String namespace, int limit) {
            List<String> listed = new ArrayList<>();
            String cursor = null;
            do {
                AssetPage page = assets.list(
                        caller,
                        new AssetQuery(AssetKind.PATTERN, null, tags, namespace, Visibility.TEAM, cursor, limit));
                listed.addAll(names(page));
                cursor = page.nextCursor();
            } while (cursor != null);
            return listed;
        }

        @Test
        void shouldFindTheLittleThatIsShownBehindMuchThatIsNot() {
            fill();

            List<String> all = List.of("team-z/a-first", "team-z/c-second", "team-z/d-third");
            assertThat(listed(zoe, List.of(), null, 100)).isEqualTo(all);
            assertThat(listed(zoe, List.of(), null, 1)).isEqualTo(all);
            assertThat(listed(zoe, List.of(), "team-z", 2)).isEqualTo(all);
            assertThat(listed(zoe, List.of("rare"), null, 100)).containsExactly("team-z/d-third");
            assertThat(listed(zoe, List.of("other"), null, 100)).isEmpty();
            assertThat(listed(yann, List.of("rare"), null, 100)).isEmpty();
            assertThat(listed(yann, List.of(), null, 500)).hasSize(OTHERS).isSorted();
            assertThat(listed(admin(large), List.of(), "team-y", 400)).hasSize(OTHERS);
        }
    }

    @Test
    void shouldFindWhatWasThereBeforeTheIndex() throws IOException {
        put(ana, "team-a/gharial", "---\ndescription: On caimans.\ntags: [scales]\n---\nText on tomistomas.");
        put(ana, "gavial", "Text on tomistomas.");
        put(ana, "deleted-gharial", "x");
        assets.delete(ana, AssetKind.PATTERN, "deleted-gharial", new Precondition.None());
        List<String> before = List.of(rowsOf("asset_terms"), rowsOf("asset_texts"));

        registry.testing().asSuperuser("TRUNCATE gantry.asset_terms, gantry.asset_texts");
        assertThat(found(anton, "gharial")).isEmpty();
        registry.testing().asSuperuser("SET search_path = gantry; " + filling());

        assertThat(List.of(rowsOf("asset_terms"), rowsOf("asset_texts"))).isEqualTo(before);
        assertThat(found(anton, "gharial")).containsExactly("team-a/gharial");
        assertThat(found(anton, "tomistomas")).containsExactly("team-a/gharial");
    }

    private String rowsOf(String table) {
        return registry.testing()
                .database()
                .inOrganization(
                        organization,
                        handle -> handle.createQuery("SELECT string_agg(rows::text, chr(10) ORDER BY asset_id) FROM "
                                        + table + " AS rows")
                                .mapTo(String.class)
                                .one());
    }

    /** Returns what the migration does to fill the tables. */
    private static String filling() throws IOException {
        try (InputStream migration = Assets.class.getResourceAsStream("/db/migration/registry/V10__search_index.sql")) {
            String text = new String(Objects.requireNonNull(migration).readAllBytes(), StandardCharsets.UTF_8);
            Matcher inserts = Pattern.compile("(?ms)^INSERT INTO .*?;$").matcher(text);
            String filling = String.join(
                    "\n", inserts.results().map(found -> found.group()).toList());
            assertThat(filling).contains("asset_terms", "asset_texts");
            return filling;
        }
    }
}
