package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an asset is called, and who finds it by its name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssetNamesTest {
    private final TestingRegistry registry = new TestingRegistry();

    private final Assets assets = registry.assets();

    @AfterAll
    void close() {
        registry.close();
    }

    @Nested
    class Names {
        private final UUID organization = TestingDatabase.newOrganization();
        private final Caller root = admin(organization);
        private final Caller ana = developer(organization, "ana@example.com", "team-a", "team-b");

        @Test
        void shouldResolveOwnThenTeamsThenSharedThenBuiltIn() {
            assertThat(registry.get(ana, "summarize").name()).hasToString("builtin/summarize");
            registry.put(root, "shared/summarize", "shared");
            assertThat(registry.get(ana, "summarize").name()).hasToString("shared/summarize");
            registry.put(developer(organization, "bo", "team-b"), "team-b/summarize", "b");
            assertThat(registry.get(ana, "summarize").name()).hasToString("team-b/summarize");
            registry.put(ana, "team-a/summarize", "a");
            assertThat(registry.get(ana, "summarize").name()).hasToString("team-a/summarize");
            registry.put(ana, "summarize", "own");
            assertThat(registry.get(ana, "Summarize").name()).hasToString("~ana@example.com/summarize");

            assertThat(registry.get(ana, "shared/summarize").content()).isEqualTo("shared");
            assertThat(registry.get(ana, "builtin/summarize").author()).isEqualTo("gantry");
            assertThat(registry.get(developer(organization, "carl"), "summarize")
                            .name())
                    .hasToString("shared/summarize");
        }

        @Test
        void shouldTakeAFirstPartForANamespaceBeforeAPath() {
            registry.put(root, "shared/team-a/tool", "path");
            assertThat(registry.get(ana, "team-a/tool").name()).hasToString("shared/team-a/tool");
            registry.put(ana, "team-a/tool", "namespace");
            assertThat(registry.get(ana, "team-a/tool").name()).hasToString("team-a/tool");
            assertThat(registry.get(ana, "shared/team-a/tool").content()).isEqualTo("path");
        }

        @Test
        void shouldSuggestTheNearestName() {
            registry.put(ana, "team-a/threat-model", "x");

            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> registry.get(ana, "threat-modle"),
                    "did you mean 'threat-model'",
                    "team-b");
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(ana, "sumarize"), "did you mean 'summarize'");
        }

        @Test
        void shouldNotSuggestWhatTheCallerDoesNotSee() {
            registry.put(developer(organization, "eve"), "my-secret-plan", "x");

            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(ana, "my-secret-plam"), "There is no pattern");
            try {
                registry.get(ana, "my-secret-plam");
            } catch (GantryException refused) {
                assertThat(refused.getMessage()).doesNotContain("did you mean");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "../x", "a//b", "~", "~x", "a b", "UPPER CASE", "a\0b"})
        void shouldRefuseNamesThatCannotBe(String name) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> registry.get(ana, name));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> registry.put(ana, name, "x"));
        }
    }

    @Nested
    class Visibility {
        private final UUID organization = TestingDatabase.newOrganization();
        private final Caller root = admin(organization);
        private final Caller ana = developer(organization, "ana", "team-a");
        private final Caller bob = developer(organization, "bob", "team-b");

        @Test
        void shouldHideOtherPeoplesNamespaces() {
            registry.put(ana, "mine", "x");
            registry.put(ana, "team-a/ours", "x");

            for (String name : List.of("mine", "~ana/mine", "ours", "team-a/ours")) {
                assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(bob, name));
            }
            assertThat(registry.get(root, "~ana/mine").content()).isEqualTo("x");
            assertThat(registry.get(root, "team-a/ours").content()).isEqualTo("x");
        }

        @Test
        void shouldRefuseWritesToOtherPeoplesNamespaces() {
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> registry.put(bob, "~ana/x", "x"), "not a namespace of bob");
            assertThat(registry.put(bob, "team-a/x", "x").asset().name()).hasToString("~bob/team-a/x");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(bob, AssetKind.PATTERN, "~ana/mine", new Precondition.None()));
            assertThat(registry.put(root, "~ana/by-root", "x").asset().author()).isEqualTo("root@example.com");
            assertThat(registry.put(root, "team-a/by-root", "x").asset().name()).hasToString("team-a/by-root");
            assertThat(registry.put(root, "no-team/x", "x").asset().name()).hasToString("~root@example.com/no-team/x");
        }

        @Test
        void shouldNeedMoreRightsForShared() {
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> registry.put(ana, "shared/x", "x"), "patterns:create:shared/x");
            registry.put(root, "shared/x", "x");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> registry.put(ana, "shared/x", "y"), "patterns:update:shared/x");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(ana, AssetKind.PATTERN, "shared/x", new Precondition.None()),
                    "patterns:delete:shared/x");
            assertThat(registry.get(ana, "x").content()).isEqualTo("x");
        }

        @Test
        void shouldNeverWriteToTheBuiltInNamespace() {
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> registry.put(root, "builtin/summarize", "x"),
                    "shared/summarize");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> assets.delete(root, AssetKind.PATTERN, "builtin/summarize", new Precondition.None()));
        }

        @Test
        void shouldObeyGrantsByName() {
            registry.put(root, "shared/analysis/one", "x");
            registry.put(root, "shared/other", "x");
            Caller analyst = caller(organization, "al", List.of(), "patterns:read:analysis/*");

            assertThat(registry.get(analyst, "analysis/one").content()).isEqualTo("x");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> registry.get(analyst, "other"), "patterns:read:shared/other");
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
            registry.put(root, "shared/quagga-stripes", "x");
            Caller stranger = admin(TestingDatabase.newOrganization());

            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> registry.get(stranger, "shared/quagga-stripes"));
            assertThat(assets.list(
                                    stranger,
                                    new AssetQuery(
                                            AssetKind.PATTERN, "quagga-stripes", List.of(), null, null, null, 10))
                            .assets())
                    .isEmpty();
        }
    }
}
