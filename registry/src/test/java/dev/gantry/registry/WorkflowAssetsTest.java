package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What workflows in the registry do differently from patterns. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowAssetsTest {
    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();

    @AfterAll
    void close() {
        registry.close();
    }

    private PutResult put(Caller caller, String name, String content) {
        return assets.put(caller, AssetKind.WORKFLOW, name, content, new Precondition.None());
    }

    @Test
    void shouldBeVersionedAndKeepApartFromPatternsOfTheSameName() {
        Caller root = TestingCallers.admin(TestingDatabase.newOrganization());
        put(root, "shared/nightly", "name: one\n");
        AssetVersion second = put(root, "shared/nightly", "name: two\n").asset();
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.description()).isEqualTo("name: two");
        AssetVersion read = assets.get(root, AssetKind.WORKFLOW, "nightly");
        assertThat(read).isEqualTo(second);
        assertThat(read.tags()).containsExactly("flow");
        assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> assets.get(root, AssetKind.PATTERN, "nightly"), "no pattern");
    }

    @Test
    void shouldRefuseATextThatIsNone() {
        Caller root = TestingCallers.admin(TestingDatabase.newOrganization());
        assertRefused(ErrorCode.INVALID_WORKFLOW, () -> put(root, "shared/x", "no workflow"), "name: is missing");
    }

    @Test
    void shouldAskForPermissionsOnWorkflowsAndNotOnPatterns() {
        UUID organization = TestingDatabase.newOrganization();
        put(TestingCallers.admin(organization), "shared/nightly", "name: one\n");
        Caller patternsOnly = TestingCallers.developer(organization, "pat@example.com");
        Caller stitcher = TestingCallers.caller(
                organization, "sue@example.com", List.of(), "stitches:read:nightly", "stitches:create_custom");

        assertRefused(
                ErrorCode.PERMISSION_DENIED,
                () -> assets.get(patternsOnly, AssetKind.WORKFLOW, "nightly"),
                "workflows:read");
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(patternsOnly, "mine", "name: x"), "workflows:create");
        assertThat(assets.get(stitcher, AssetKind.WORKFLOW, "nightly").content())
                .isEqualTo("name: one\n");
        assertThat(put(stitcher, "mine", "name: x").asset().name()).hasToString("~sue@example.com/mine");
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> put(stitcher, "shared/mine", "name: x"), "workflows:create");
    }

    @Test
    void shouldFindThoseThatComeWithTheProduct() {
        Caller root = TestingCallers.admin(TestingDatabase.newOrganization());
        assertThat(assets.list(root, new AssetQuery(AssetKind.WORKFLOW, null, List.of(), null, null, null, 50))
                        .assets())
                .extracting(asset -> asset.name().toString())
                .contains("builtin/code-review", "builtin/text-digest")
                .hasSizeGreaterThanOrEqualTo(8);
        assertThat(assets.get(root, AssetKind.WORKFLOW, "code-review").content())
                .startsWith("name: Code review");
    }
}
