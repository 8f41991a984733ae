package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishingTest {
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

    private PutResult put(Caller caller, String name, String content) {
        return assets.put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private AssetVersion get(Caller caller, String name) {
        return assets.get(caller, AssetKind.PATTERN, name);
    }

    private AssetVersion publish(Caller caller, String name, Visibility visibility, @Nullable String team) {
        return publishing.publish(caller, AssetKind.PATTERN, name, new Publication(visibility, team, null, null));
    }

    private List<String> found(Caller caller, String text, @Nullable Visibility visibility) {
        return assets
                .list(caller, new AssetQuery(AssetKind.PATTERN, text, List.of(), null, visibility, null, 100))
                .assets()
                .stream()
                .map(asset -> asset.name().toString())
                .toList();
    }

    @Nested
    class WhoSees {
        @Test
        void shouldShowAPersonalAssetToATeamAndThenToEverybody() {
            put(ana, "walrus-notes", "x");
            assertThat(get(ana, "walrus-notes").standing().visibility()).isEqualTo(Visibility.PRIVATE);
            String full = "~ana@example.com/walrus-notes";
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(anton, full));

            publish(ana, "walrus-notes", Visibility.TEAM, null);
            assertThat(get(anton, full).standing().team()).isEqualTo("team-a");
            assertThat(found(anton, "walrus", null)).containsExactly(full);
            assertThat(found(bob, "walrus", null)).isEmpty();
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(bob, full));

            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> publish(ana, "walrus-notes", Visibility.ORGANIZATION, null),
                    "patterns:publish:~ana@example.com/walrus-notes");
            publish(root, full, Visibility.ORGANIZATION, null);
            assertThat(get(bob, full).content()).isEqualTo("x");
            assertThat(found(bob, "walrus", Visibility.ORGANIZATION)).containsExactly(full);
            assertThat(found(bob, "walrus", Visibility.TEAM)).isEmpty();
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(bob, full, "y"), "not a namespace of bob");
        }

        @Test
        void shouldKeepATeamsPrivateAssetToItsOwners() {
            put(ana, "team-a/okapi-draft", "x");
            publish(ana, "team-a/okapi-draft", Visibility.PRIVATE, null);

            assertThat(get(ana, "okapi-draft").standing().owners()).containsExactly("ana@example.com");
            assertThat(found(ana, "okapi", null)).containsExactly("team-a/okapi-draft");
            assertThat(found(anton, "okapi", null)).isEmpty();
            assertThat(assets.list(anton, new AssetQuery(AssetKind.PATTERN, null, List.of(), "team-a", null, null, 100))
                            .assets())
                    .extracting(asset -> asset.name().path())
                    .doesNotContain("okapi-draft");
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(anton, "team-a/okapi-draft"));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> put(anton, "team-a/okapi-draft", "y"),
                    "taken",
                    "keep to themselves");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(anton, AssetKind.PATTERN, "team-a/okapi-draft", new Precondition.None()));

            publishing.publish(
                    ana,
                    AssetKind.PATTERN,
                    "okapi-draft",
                    new Publication(null, null, List.of("ana@example.com", "Anton@example.com"), null));
            assertThat(get(anton, "okapi-draft").content()).isEqualTo("x");
        }

        @Test
        void shouldRefuseWhatANamespaceDoesNotAllow() {
            put(root, "shared/ibis", "x");
            put(ana, "team-a/ibis", "x");
            put(ana, "ibis-mine", "x");

            assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> publish(root, "shared/ibis", Visibility.PRIVATE, null), "shared");
            assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> publish(ana, "team-a/ibis", Visibility.TEAM, "team-b"), "team-a");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> publish(ana, "ibis-mine", Visibility.TEAM, "team-b"), "team-b");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> publish(root, "builtin/summarize", Visibility.PRIVATE, null),
                    "comes with Gantry");
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new Publication(Visibility.PRIVATE, "team-a", null, null));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new Publication(null, null, List.of("a b"), null), "'a b'");
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new Publication(null, null, null, List.of("%")), "tag");
        }

        @Test
        void shouldLetNobodyTakeTheNameOfWhatIsBuiltIn() {
            Caller mallory =
                    caller(organization, "mallory", List.of("analysis"), "patterns:*:analysis/*", "patterns:*:paper");
            put(mallory, "analysis/paper", "evil");
            publish(mallory, "analysis/paper", Visibility.ORGANIZATION, null);

            assertThat(get(bob, "analysis/paper").name()).hasToString("builtin/analysis/paper");
        }

        @Test
        void shouldForgetWhatWasSaidAboutADeletedAsset() {
            put(ana, "phoenix", "x");
            publish(ana, "phoenix", Visibility.TEAM, null);
            publishing.label(ana, AssetKind.PATTERN, "phoenix", "production", null);
            publishing.deprecate(ana, AssetKind.PATTERN, "phoenix", "old", null);
            assets.delete(ana, AssetKind.PATTERN, "phoenix", new Precondition.None());

            AssetStanding reborn = put(ana, "phoenix", "y").asset().standing();

            assertThat(reborn.visibility()).isEqualTo(Visibility.PRIVATE);
            assertThat(reborn.labels()).isEmpty();
            assertThat(reborn.deprecation()).isNull();
            assertThat(found(anton, "phoenix", null)).isEmpty();
        }
    }

    @Nested
    class Tags {
        @Test
        void shouldAddTagsToThoseOfTheText() {
            put(ana, "tapir", "---\ntags: [one]\n---\nx");
            publishing.publish(
                    ana, AssetKind.PATTERN, "tapir", new Publication(null, null, null, List.of("Two Words", "one")));

            assertThat(get(ana, "tapir").tags()).containsExactly("one", "two-words");
            assertThat(assets.list(
                                    ana,
                                    new AssetQuery(
                                            AssetKind.PATTERN, "tapir", List.of("two-words"), null, null, null, 10))
                            .assets())
                    .hasSize(1);
            put(ana, "tapir", "---\ntags: [three]\n---\ny");
            assertThat(get(ana, "tapir").tags()).containsExactly("three", "two-words", "one");
            assertThat(get(ana, "tapir@1").frontMatter().tags()).containsExactly("one");
        }
    }

    @Nested
    class Labelling {
        @Test
        void shouldNameVersionsByLabelWhereverANameIsTaken() {
            put(ana, "gnu", "one");
            put(ana, "gnu", "two");
            assertThat(publishing
                            .label(ana, AssetKind.PATTERN, "gnu", "production", "1")
                            .before())
                    .isNull();

            assertThat(get(ana, "gnu@production").content()).isEqualTo("one");
            assertThat(get(ana, "~/gnu@Production").version()).isEqualTo(1);
            assertThat(get(ana, "~ana@example.com/gnu@production").version()).isEqualTo(1);
            assertThat(get(ana, "gnu@latest").version()).isEqualTo(2);
            assertThat(get(ana, "gnu").standing().labels()).isEqualTo(Map.of("production", 1));
            assertThat(registry.assembler()
                            .assemble(ana, ExecutionRequest.of("gnu@production", "in"))
                            .pattern()
                            .version())
                    .isEqualTo(1);

            assertThat(publishing
                            .label(ana, AssetKind.PATTERN, "gnu", "production", null)
                            .before())
                    .isEqualTo(1);
            assertThat(get(ana, "gnu@production").content()).isEqualTo("two");
            publishing.unlabel(ana, AssetKind.PATTERN, "gnu", "production");
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> get(ana, "gnu@production"),
                    "no label 'production'",
                    "newest is 2");
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    () -> publishing.unlabel(ana, AssetKind.PATTERN, "gnu", "production"),
                    "no label");
        }

        @ParameterizedTest
        @ValueSource(strings = {"latest", "approved", "1", "Prod", "a b", "", "a/b", "ä", "@", "a@b"})
        void shouldRefuseLabelsThatCannotBe(String label) {
            put(ana, "gnat", "x");
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> publishing.label(ana, AssetKind.PATTERN, "gnat", label, null),
                    label);
        }

        @Test
        void shouldLabelOnlyVersionsThatThereAre() {
            put(ana, "emu", "x");
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> publishing.label(ana, AssetKind.PATTERN, "emu", "staging", "7"),
                    "no version 7");
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> get(ana, "emu@approved"), "no approved version");
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> publishing.label(bob, AssetKind.PATTERN, "~ana@example.com/emu", "staging", null));
        }
    }

    @Nested
    class History {
        @Test
        void shouldRollBackToANewVersionThatIsEqualToAnOldOne() {
            put(ana, "yak", "one\n");
            put(ana, "yak", "two\n");

            PutResult result = publishing.rollback(ana, AssetKind.PATTERN, "yak", "1", new Precondition.None());

            assertThat(result.asset().version()).isEqualTo(3);
            assertThat(result.asset().content()).isEqualTo("one\n");
            assertThat(publishing
                            .compare(ana, AssetKind.PATTERN, "yak", "1", "3")
                            .diff()
                            .hunks())
                    .isEmpty();
            TextDiff last = publishing
                    .compare(ana, AssetKind.PATTERN, "yak", null, null)
                    .diff();
            assertThat(last.unified()).isEqualTo("@@ -1 +1 @@\n-two\n+one\n");
            assertThat(last.added()).isEqualTo(1);
        }

        @Test
        void shouldWarnThoseWhoUseWhatIsDeprecated() {
            put(root, "shared/new-dodo", "x");
            put(root, "shared/dodo", "x");
            publishing.deprecate(root, AssetKind.PATTERN, "shared/dodo", "It has died out.", "new-dodo");

            assertThat(registry.assembler()
                            .assemble(ana, ExecutionRequest.of("dodo", "in"))
                            .warnings())
                    .containsExactly(
                            "The pattern 'shared/dodo' is deprecated; use 'shared/new-dodo' instead: It has died out.");
            publishing.restore(root, AssetKind.PATTERN, "dodo");
            assertThat(registry.assembler()
                            .assemble(ana, ExecutionRequest.of("dodo", "in"))
                            .warnings())
                    .isEmpty();
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> publishing.deprecate(root, AssetKind.PATTERN, "dodo", "", "no-such-bird"));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> publishing.deprecate(root, AssetKind.PATTERN, "dodo", "", "dodo"),
                    "cannot replace itself");
        }
    }
}
