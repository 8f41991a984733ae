package dev.gantry.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.mirror.MirrorSettings.Visibility;
import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.mirror.MirrorStatus.State;
import dev.gantry.registry.AssetKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who sees what a mirror brings. */
class MirroredVisibilityTest {
    private TestingUpstream upstream;
    private @Nullable TestingMirror opened;

    @BeforeEach
    void open() throws IOException {
        upstream = new TestingUpstream();
        upstream.put("team-a/library", "For everybody.");
        upstream.show("team-a/library", true);
        upstream.put("team-a/draft", "For the team.");
        upstream.put("shared/common", "For everybody.");
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        upstream.close();
    }

    private TestingMirror mirror(@Nullable String namespace, Visibility visibility) {
        TestingMirror mirror = new TestingMirror(
                TestingMirror.settings(Duration.ofSeconds(10), 50),
                TestingMirror.mirror(
                        upstream.url(), TestingUpstream.KEY, List.of(), Optional.ofNullable(namespace), visibility));
        opened = mirror;
        return mirror;
    }

    /** Returns whether somebody sees a pattern who is in no team. */
    private static boolean isSeenByEverybody(TestingMirror mirror, String name) {
        try {
            return mirror.assets.get(mirror.visitor(), AssetKind.PATTERN, name).version() > 0;
        } catch (GantryException unknown) {
            return false;
        }
    }

    @Test
    void shouldShowToEverybodyWhatEverybodySeesThere() {
        TestingMirror mirror = mirror(null, Visibility.SAME);
        assertThat(mirror.firstLook().state()).isEqualTo(State.SYNCED);
        assertThat(isSeenByEverybody(mirror, "team-a/library")).isTrue();
        assertThat(isSeenByEverybody(mirror, "shared/common")).isTrue();
        assertThat(isSeenByEverybody(mirror, "team-a/draft")).isFalse();

        upstream.show("team-a/library", false);
        upstream.show("team-a/draft", true);
        assertThat(mirror.lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(mirror.changed()).isEqualTo(2);
        assertThat(isSeenByEverybody(mirror, "team-a/library")).isFalse();
        assertThat(isSeenByEverybody(mirror, "team-a/draft")).isTrue();
    }

    @Test
    void shouldNotPutWhatATeamSeesIntoWhatEverybodySees() {
        TestingMirror mirror = mirror("shared", Visibility.SAME);
        MirrorStatus status = mirror.firstLook();

        assertThat(status.state()).isEqualTo(State.INCOMPLETE);
        assertThat(status.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.asset() + finding.text())
                        .startsWith("team-a/draft")
                        .contains("visibility: organization"));
        assertThat(isSeenByEverybody(mirror, "shared/team-a/library")).isTrue();
        assertThat(isSeenByEverybody(mirror, "shared/shared/common")).isTrue();

        upstream.show("team-a/library", false);
        upstream.put("team-a/library", "A secret of the team's.");
        mirror.lookAgain();
        assertThat(mirror.pattern("shared/team-a/library").content()).isEqualTo("For everybody.");
        assertThat(mirror.pattern("shared/team-a/library").standing().deprecation())
                .isNotNull();

        mirror.restart(TestingMirror.mirror(
                upstream.url(), TestingUpstream.KEY, List.of(), Optional.of("shared"), Visibility.ORGANIZATION));
        assertThat(mirror.take().state()).isEqualTo(State.SYNCED);
        assertThat(mirror.pattern("shared/team-a/library").content()).isEqualTo("A secret of the team's.");
        assertThat(mirror.pattern("shared/team-a/library").standing().deprecation())
                .isNull();
        assertThat(isSeenByEverybody(mirror, "shared/team-a/draft")).isTrue();
    }

    @Test
    void shouldShowToTheTeamOnlyWhereThatIsSaid() {
        TestingMirror mirror = mirror("team-hub", Visibility.TEAM);
        assertThat(mirror.firstLook().state()).isEqualTo(State.SYNCED);
        assertThat(List.of("team-a/library", "team-a/draft", "shared/common"))
                .noneMatch(name -> isSeenByEverybody(mirror, "team-hub/" + name));
        assertThat(mirror.pattern("team-hub/shared/common").standing().team()).isEqualTo("team-hub");
    }

    @Test
    void shouldShowToEverybodyOnlyWhatIsApprovedWhereThatIsAskedFor() {
        String name = TestingMirror.REVIEWED + "/library";
        upstream.put(name, "For everybody.");
        upstream.show(name, true);
        TestingMirror mirror = mirror(null, Visibility.SAME);
        MirrorStatus waiting = mirror.firstLook();
        assertThat(waiting.state()).isEqualTo(State.SYNCED);
        assertThat(waiting.findings())
                .extracting(Finding::text)
                .singleElement()
                .asString()
                .contains("approved here");
        assertThat(isSeenByEverybody(mirror, name)).isFalse();

        mirror.approve(name);
        assertThat(mirror.lookAgain().findings()).isEmpty();
        assertThat(isSeenByEverybody(mirror, name)).isTrue();
    }

    @Test
    void shouldRefuseSettingsThatCannotBeHeldTo() {
        TestingMirror mirror = mirror(null, Visibility.SAME);
        MirrorSettings settings = TestingMirror.mirror(
                upstream.url(), TestingUpstream.KEY, List.of(), Optional.of("shared"), Visibility.TEAM);
        assertThatThrownBy(() -> Mirrors.check(
                        new Mirror("hub", mirror.organization, settings),
                        TestingMirror.settings(Duration.ofSeconds(1), 1)))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("visibility: team");
    }
}
