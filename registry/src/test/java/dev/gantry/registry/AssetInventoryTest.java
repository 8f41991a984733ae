package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.testing.TestingDatabase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What other registries are told that mirror this one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssetInventoryTest {
    private static final String LIBRARY = "team-a/library";

    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();
    private final Publishing publishing = registry.publishing();
    private final AssetInventory inventory = registry.assetInventory();

    @AfterAll
    void close() {
        registry.close();
    }

    private void put(Caller caller, String name, String content) {
        assets.put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private List<String> names(Caller caller) {
        return inventory.page(caller, List.of(), null, 100).items().stream()
                .map(item -> item.name() + " " + item.visibility().id())
                .toList();
    }

    @Test
    void shouldHaveAnotherStateAfterWhateverChangesWhatIsSeen() {
        Caller root = admin(TestingDatabase.newOrganization());
        Caller reader = caller(root.organization(), "site", List.of("team-a"), "patterns:read");
        String[] before = {inventory.state(reader, List.of())};
        List<Runnable> changes = List.of(
                () -> put(root, LIBRARY, "One."),
                () -> put(root, LIBRARY, "Two."),
                () -> publishing.label(root, AssetKind.PATTERN, LIBRARY, "production", "1"),
                () -> publishing.label(root, AssetKind.PATTERN, LIBRARY, "production", "2"),
                () -> publishing.unlabel(root, AssetKind.PATTERN, LIBRARY, "production"),
                () -> publishing.publish(
                        root, AssetKind.PATTERN, LIBRARY, new Publication(Visibility.ORGANIZATION, null, null, null)),
                () -> publishing.publish(
                        root, AssetKind.PATTERN, LIBRARY, new Publication(null, null, null, List.of("tagged"))),
                () -> publishing.deprecate(root, AssetKind.PATTERN, LIBRARY, "old", null),
                () -> publishing.restore(root, AssetKind.PATTERN, LIBRARY),
                () -> assets.delete(root, AssetKind.PATTERN, LIBRARY, new Precondition.None()),
                () -> put(root, LIBRARY, "Again."));
        for (Runnable change : changes) {
            change.run();
            String state = inventory.state(reader, List.of());
            assertThat(state).as("after change %s", changes.indexOf(change)).isNotEqualTo(before[0]);
            assertThat(inventory.state(reader, List.of())).isEqualTo(state);
            before[0] = state;
        }
    }

    @Test
    void shouldKeepItsStateWhileNothingChangesThatAnybodyIsTold() {
        Caller root = admin(TestingDatabase.newOrganization());
        Caller reader = caller(root.organization(), "site", List.of("team-a"), "patterns:read");
        put(root, LIBRARY, "One.");
        String state = inventory.state(reader, List.of());
        put(root, LIBRARY, "One.");
        put(root, "~/mine", "My own.");
        put(admin(TestingDatabase.newOrganization()), LIBRARY, "Another organization's.");
        assertThat(inventory.state(reader, List.of())).isEqualTo(state);
    }

    @Test
    void shouldHaveAnotherStateForEveryReaderWhoSeesOtherThings() {
        UUID organization = TestingDatabase.newOrganization();
        put(admin(organization), LIBRARY, "One.");
        List<String> states = List.of(
                inventory.state(caller(organization, "site", List.of("team-a"), "patterns:read"), List.of()),
                inventory.state(caller(organization, "site", List.of("team-a"), "patterns:read"), List.of("team-a")),
                inventory.state(caller(organization, "site", List.of("team-b"), "patterns:read"), List.of()),
                inventory.state(caller(organization, "site", List.of("team-a"), "patterns:read:team-a/*"), List.of()),
                inventory.state(caller(organization, "other", List.of("team-a"), "patterns:read"), List.of()),
                inventory.state(admin(organization), List.of()));
        assertThat(states).doesNotHaveDuplicates();
    }

    @Test
    void shouldTellAKeyThatMayReadSomeNamesOfThoseOnly() {
        Caller root = admin(TestingDatabase.newOrganization());
        put(root, LIBRARY, "One.");
        put(root, "shared/common", "Common.");
        put(root, "team-b/open", "Open.");
        publishing.publish(
                root, AssetKind.PATTERN, "team-b/open", new Publication(Visibility.ORGANIZATION, null, null, null));
        assets.put(root, AssetKind.WORKFLOW, "team-a/flow", "name: flow", new Precondition.None());
        Caller key = caller(root.organization(), "site", List.of("team-a"), "patterns:read:team-a/*");

        assertThat(names(key)).containsExactly(LIBRARY + " team");
        assertThat(names(root))
                .containsExactly(
                        "shared/common organization",
                        LIBRARY + " team",
                        "team-b/open organization",
                        "team-a/flow team");
        Map<UUID, Integer> all = new HashMap<>();
        inventory.page(root, List.of(), null, 100).items().forEach(item -> all.put(item.id(), 0));
        assertThat(inventory.versions(key, all, 1_000).copies())
                .extracting(copy -> copy.name().toString())
                .containsExactly(LIBRARY);
        Caller stranger = caller(root.organization(), "stranger", List.of("team-a"), "models:read");
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> inventory.state(stranger, List.of()), "patterns:read");
    }
}
