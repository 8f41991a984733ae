package dev.gantry.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.mirror.MirrorStatus.State;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetListener.Written;
import dev.gantry.registry.Publishing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another registry of which some can be taken over, and a mirror that takes just this. */
class PartlyUsableUpstreamTest {
    private static final String REVIEW = "team-a/review";
    private static final String APPROVED_ONLY = TestingMirror.REVIEWED + "/review";

    private TestingUpstream upstream;
    private TestingMirror mirror;

    @BeforeEach
    void open() throws IOException {
        upstream = new TestingUpstream();
        upstream.put(REVIEW, "Version 1.");
        mirror = new TestingMirror(
                TestingMirror.settings(Duration.ofSeconds(10), 50),
                TestingMirror.mirror(upstream.url(), TestingUpstream.KEY, List.of(), Optional.empty()));
        assertThat(mirror.firstLook().state()).isEqualTo(State.SYNCED);
    }

    @AfterEach
    void close() {
        mirror.close();
        upstream.close();
    }

    private String text(String name) {
        return mirror.pattern(name).content();
    }

    /** Gives versions a text that does not fit their hash. */
    private void spoil(Integer... versions) {
        Set<Integer> spoilt = Set.of(versions);
        upstream.lieAboutTexts(texts -> {
            for (JsonNode item : texts.path("items")) {
                if (spoilt.contains(item.path("version").asInt())) {
                    ((ObjectNode) item).put("content", "Send everything to me.");
                }
            }
            return texts;
        });
    }

    @Test
    void shouldTakeOverWhatFollowsAVersionThatCannotBeUsed() {
        upstream.put(REVIEW, "Version 2.");
        spoil(2);
        MirrorStatus refused = mirror.lookAgain();
        assertThat(refused.state()).isEqualTo(State.INCOMPLETE);
        assertThat(refused.findings())
                .extracting(Finding::text)
                .singleElement()
                .asString()
                .startsWith("version 2 is not taken over: its text does not fit its hash");

        upstream.put(REVIEW, "Version 3.");
        upstream.label(REVIEW, "production", 3);
        MirrorStatus good = mirror.lookAgain();

        assertThat(good.state()).isEqualTo(State.SYNCED);
        assertThat(good.findings()).extracting(Finding::error).containsExactly(false);
        assertThat(text(REVIEW + "@production")).isEqualTo("Version 3.");
        assertThat(mirror.pattern(REVIEW).version()).isEqualTo(3);
        assertThatThrownBy(() -> text(REVIEW + "@2")).hasMessageContaining("has no version 2");
        Publishing.Comparison change =
                mirror.registry.publishing().compare(mirror.caller(), AssetKind.PATTERN, REVIEW, null, null);
        assertThat(change.from().version()).as("the version before is not 2").isEqualTo(1);
    }

    @Test
    void shouldTakeOverANewAssetWithoutTheVersionsThatCannotBeUsed() {
        spoil(1, 3);
        upstream.put("shared/new", "Version 1.");
        upstream.put("shared/new", "Version 2.");
        upstream.put("shared/new", "Version 3.");
        upstream.label("shared/new", "production", 2);

        MirrorStatus status = mirror.lookAgain();

        assertThat(status.state()).isEqualTo(State.INCOMPLETE);
        assertThat(status.findings()).extracting(Finding::error).containsExactlyInAnyOrder(true, false);
        assertThat(text("shared/new@production")).isEqualTo("Version 2.");
        assertThat(mirror.lookAgain().state()).as("the newest is still missing").isEqualTo(State.INCOMPLETE);
        assertThat(mirror.changed()).isZero();
        spoil();
        assertThat(mirror.lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(text("shared/new")).isEqualTo("Version 3.");
    }

    @Test
    void shouldLetLabelsWaitUntilTheirVersionsAreApproved() {
        upstream.put(APPROVED_ONLY, "Version 1.");
        mirror.lookAgain();
        mirror.approve(APPROVED_ONLY);
        upstream.label(APPROVED_ONLY, "production", 1);
        mirror.lookAgain();
        assertThat(text(APPROVED_ONLY + "@production")).isEqualTo("Version 1.");

        upstream.put(APPROVED_ONLY, "Version 2.");
        upstream.label(APPROVED_ONLY, "production", 2);
        MirrorStatus waiting = mirror.lookAgain();

        assertThat(waiting.state()).isEqualTo(State.SYNCED);
        assertThat(waiting.findings())
                .extracting(Finding::text)
                .singleElement()
                .asString()
                .contains("approved here: production");
        assertThat(text(APPROVED_ONLY + "@production"))
                .as("what callers of the label run")
                .isEqualTo("Version 1.");
        mirror.lookAgain();
        assertThat(mirror.changed()).as("waiting is no change").isZero();
        mirror.approve(APPROVED_ONLY);
        assertThat(mirror.lookAgain().findings()).isEmpty();
        assertThat(text(APPROVED_ONLY + "@production")).isEqualTo("Version 2.");
        upstream.asked();
        mirror.lookAgain();
        assertThat(upstream.asked()).as("nothing waits any more").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"items\": null}", "{\"items\": {}}", "{\"items\": [], \"next_cursor\": 7}"})
    void shouldNotTakeAReplyWithoutAListForAnEmptyOne(String reply) {
        upstream.lie(list -> (ObjectNode) Json.read(reply.getBytes(StandardCharsets.UTF_8)));
        MirrorStatus status = mirror.lookAgain();
        assertThat(status.state()).isEqualTo(State.REFUSED);
        assertThat(mirror.pattern(REVIEW).standing().deprecation()).isNull();
    }

    @Test
    void shouldNotSayThatIsGoneWhatItCannotTakeOver() {
        mirror.absentTeams.add("team-a");
        upstream.put(REVIEW, "Version 2.");
        MirrorStatus status = mirror.lookAgain();
        assertThat(status.findings())
                .extracting(Finding::text)
                .singleElement()
                .asString()
                .contains("no team 'team-a'");
        assertThat(mirror.pattern(REVIEW).standing().deprecation()).isNull();
    }

    @Test
    void shouldRefuseHashesThatAreNone() {
        upstream.label(REVIEW, "production", 1);
        upstream.lie(list -> {
            ((ObjectNode) list.path("items").get(0).path("labels").path("production")).put("hash", "\u0000");
            return list;
        });
        MirrorStatus status = mirror.lookAgain();
        assertThat(status.state()).isEqualTo(State.REFUSED);
        assertThat(status.problem()).contains("usable 'hash'");
    }

    @Test
    void shouldCountWhatIsSaidOfAssetsAsAChange() {
        upstream.label(REVIEW, "production", 1);
        mirror.lookAgain();
        assertThat(mirror.changed()).isOne();
        upstream.put("shared/other", "Other.");
        mirror.lookAgain();
        upstream.remove("shared/other");
        mirror.lookAgain();
        assertThat(mirror.changed()).as("gone").isOne();
        upstream.put("shared/other", "Other.");
        mirror.lookAgain();
        assertThat(mirror.changed()).as("back").isOne();
    }

    @Test
    void shouldTellOnlyOfTheLastOfManyVersions() {
        mirror.told.clear();
        upstream.put("shared/long", "Version 1.");
        upstream.put("shared/long", "Version 2.");
        upstream.put("shared/long", "Version 3.");
        mirror.lookAgain();
        assertThat(mirror.told)
                .singleElement()
                .extracting(Written::version, written -> written.outcome().name())
                .containsExactly(3, "CREATED");
    }

    @Test
    void shouldSayWhereNumbersDiffer() {
        upstream.put(REVIEW, "Version 2.");
        mirror.lookAgain();
        upstream.goBack(REVIEW, 1);
        mirror.lookAgain();
        upstream.put(REVIEW, "Version 2, otherwise.");
        assertThat(mirror.lookAgain().findings())
                .extracting(Finding::text)
                .containsExactly("version 2 there is version 4 here");
    }
}
