package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.Forks.Lineage;
import dev.gantry.registry.Forks.Merged;
import dev.gantry.testing.TestingDatabase;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForksTest {
    private static final String BASE = "one\ntwo\nthree\nfour\nfive\n";

    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();
    private final Forks forks = registry.forks();
    private final UUID organization = TestingDatabase.newOrganization();
    private final Caller root = admin(organization);
    private final Caller ana = developer(organization, "ana", "team-a");

    @AfterAll
    void close() {
        registry.close();
    }

    private PutResult put(Caller caller, String name, String content) {
        return assets.put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private Merged merge(String name, @Nullable String resolved) {
        return merge(name, resolved, null);
    }

    private Merged merge(String name, @Nullable String resolved, @Nullable Integer upstreamVersion) {
        return forks.merge(
                ana,
                AssetKind.PATTERN,
                name,
                resolved == null ? null : new Forks.Resolution(resolved, upstreamVersion),
                false,
                new Precondition.None());
    }

    @Test
    void shouldTakeOverWhatTheUpstreamHasChangedAndKeepOnesOwnChanges() {
        put(root, "shared/clean", BASE);
        PutResult copy = forks.fork(ana, AssetKind.PATTERN, "shared/clean", "clean-copy");
        assertThat(copy.asset().standing().upstream()).isEqualTo("shared/clean@1");
        assertThat(copy.asset().content()).isEqualTo(BASE);
        assertThat(forks.lineage(ana, AssetKind.PATTERN, "clean-copy").isBehind())
                .isFalse();

        put(ana, "clean-copy", "mine\n" + BASE);
        put(root, "shared/clean", BASE + "theirs\n");
        Lineage behind = forks.lineage(ana, AssetKind.PATTERN, "clean-copy");
        assertThat(behind.isBehind()).isTrue();
        assertThat(behind.baseVersion()).isEqualTo(1);
        assertThat(requireNonNull(behind.changes()).unified())
                .contains("+theirs")
                .doesNotContain("mine");

        Merged merged = merge("clean-copy", null);
        assertThat(requireNonNull(merged.result()).asset().content()).isEqualTo("mine\n" + BASE + "theirs\n");
        assertThat(requireNonNull(merged.result()).asset().standing().upstream())
                .isEqualTo("shared/clean@2");
        assertThat(forks.lineage(ana, AssetKind.PATTERN, "clean-copy").isBehind())
                .isFalse();
        assertThat(requireNonNull(merge("clean-copy", null).result()).outcome()).isEqualTo(PutResult.Outcome.UNCHANGED);
    }

    @Test
    void shouldReportConflictsAndLoseNothing() {
        put(root, "shared/hard", BASE);
        forks.fork(ana, AssetKind.PATTERN, "shared/hard", "hard-copy");
        put(ana, "hard-copy", BASE.replace("three", "mine"));
        put(root, "shared/hard", BASE.replace("three", "theirs"));

        Merged merged = merge("hard-copy", null);

        assertThat(merged.result()).isNull();
        assertThat(merged.merge().text())
                .isEqualTo(
                        "one\ntwo\n<<<<<<< ~ana/hard-copy@2\nmine\n=======\ntheirs\n>>>>>>> shared/hard@2\nfour\nfive\n");
        assertThat(merged.merge().conflicts()).containsExactly(new TextMerge.Conflict(3, "mine\n", "theirs\n"));
        assertThat(assets.get(ana, AssetKind.PATTERN, "hard-copy").version()).isEqualTo(2);
        assertRefused(
                ErrorCode.CONFLICT, () -> merge("hard-copy", merged.merge().text()), "markers");

        Merged resolved = merge("hard-copy", BASE.replace("three", "both"));
        assertThat(requireNonNull(resolved.result()).asset().version()).isEqualTo(3);
        assertThat(forks.lineage(ana, AssetKind.PATTERN, "hard-copy").isBehind())
                .isFalse();
    }

    @Test
    void shouldNotLoseWhatTheUpstreamChangedWhileConflictsWereBeingResolved() {
        put(root, "shared/moving", BASE);
        forks.fork(ana, AssetKind.PATTERN, "shared/moving", "moving-copy");
        put(root, "shared/moving", BASE.replace("three", "theirs"));
        put(root, "shared/moving", BASE.replace("three", "theirs, later"));

        assertRefused(
                ErrorCode.CONFLICT,
                () -> merge("moving-copy", BASE.replace("three", "both"), 2),
                "at version 3",
                "takes over version 2");
        assertThat(forks.lineage(ana, AssetKind.PATTERN, "moving-copy").isBehind())
                .isTrue();
        assertThat(merge("moving-copy", BASE.replace("three", "both"), 3).result())
                .isNotNull();
    }

    @Test
    void shouldForkWhatIsBuiltInAndAVersionOfIt() {
        PutResult copy = forks.fork(ana, AssetKind.PATTERN, "summarize", "team-a/summarize");
        assertThat(copy.asset().standing().upstream()).startsWith("builtin/summarize@");
        assertThat(forks.lineage(ana, AssetKind.PATTERN, "team-a/summarize").isBehind())
                .isFalse();

        put(root, "shared/old", "one");
        put(root, "shared/old", "two");
        assertThat(forks.fork(ana, AssetKind.PATTERN, "shared/old@1", "older")
                        .asset()
                        .content())
                .isEqualTo("one");
        assertThat(forks.lineage(ana, AssetKind.PATTERN, "older").isBehind()).isTrue();
    }

    @Test
    void shouldRefuseTakenNamesOthersChangesAndWhatIsNoFork() {
        put(root, "shared/busy", "x");
        put(ana, "busy-copy", "mine");
        assertRefused(
                ErrorCode.CONFLICT,
                () -> forks.fork(ana, AssetKind.PATTERN, "shared/busy", "busy-copy"),
                "exists already");
        assertRefused(ErrorCode.NOT_FOUND, () -> forks.lineage(ana, AssetKind.PATTERN, "busy-copy"), "not a fork");
        assertRefused(
                ErrorCode.PERMISSION_DENIED,
                () -> forks.fork(ana, AssetKind.PATTERN, "shared/busy", "shared/busy-two"));

        forks.fork(ana, AssetKind.PATTERN, "shared/busy", "raced");
        put(root, "shared/busy", "y");
        assertRefused(
                ErrorCode.PRECONDITION_FAILED,
                () -> forks.merge(
                        ana, AssetKind.PATTERN, "raced", null, false, new Precondition.Matches(Set.of("another"))));
    }

    @Test
    void shouldNotShowAnUpstreamThatIsGoneOrWasTakenAway() {
        Caller bob = developer(organization, "bob", "team-b");
        put(ana, "secret-source", "x");
        registry.publishing()
                .publish(
                        root,
                        AssetKind.PATTERN,
                        "~ana/secret-source",
                        new Publication(Visibility.ORGANIZATION, null, null, null));
        forks.fork(bob, AssetKind.PATTERN, "~ana/secret-source", "borrowed");
        put(ana, "secret-source", "secret now");
        registry.publishing()
                .publish(
                        ana, AssetKind.PATTERN, "secret-source", new Publication(Visibility.PRIVATE, null, null, null));

        Lineage lineage = forks.lineage(bob, AssetKind.PATTERN, "borrowed");

        assertThat(lineage.upstream()).isNull();
        assertThat(lineage.changes()).isNull();
        assertRefused(
                ErrorCode.NOT_FOUND,
                () -> forks.merge(bob, AssetKind.PATTERN, "borrowed", null, false, new Precondition.None()),
                "gone or not shown");
    }
}
