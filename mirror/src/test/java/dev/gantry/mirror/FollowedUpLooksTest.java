package dev.gantry.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.mirror.MirrorStatus.State;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.Precondition;
import dev.gantry.registry.Review;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingAuthority;
import dev.gantry.testing.TestingAuthority.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one look leaves to the next: what could not be taken over, what was not told or handed in, and what was released. */
class FollowedUpLooksTest {
    private static final String REVIEW = "team-a/review";
    private static final String APPROVED_ONLY = TestingMirror.REVIEWED + "/review";

    private TestingUpstream upstream;
    private @Nullable TestingMirror opened;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() throws IOException {
        upstream = new TestingUpstream();
        upstream.put(REVIEW, "Version 1.");
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        upstream.close();
    }

    private MirrorSettings settings(TestingUpstream of) {
        return TestingMirror.mirror(of.url(), TestingUpstream.KEY, List.of(), Optional.empty());
    }

    private TestingMirror mirror(MirrorSettings settings) {
        TestingMirror mirror = new TestingMirror(TestingMirror.settings(Duration.ofSeconds(10), 500), settings);
        opened = mirror;
        return mirror;
    }

    @Test
    void shouldAskForNothingMoreOfWhatItCannotTakeOverUntilThatMayHelp() {
        TestingMirror mirror = mirror(settings(upstream));
        mirror.firstLook();
        mirror.absentTeams.add("team-b");
        upstream.put("team-b/other", "Other.");
        upstream.put(APPROVED_ONLY, "Version 1.");
        upstream.label(APPROVED_ONLY, "production", 1);
        mirror.restart(TestingMirror.restless(settings(upstream), false, Optional.empty()));
        MirrorStatus incomplete = mirror.takeUntil(status -> status.state() == State.INCOMPLETE);
        assertThat(incomplete.findings()).extracting(Finding::asset).containsExactly("team-b/other", APPROVED_ONLY);

        upstream.asked();
        for (int look = 0; look < 3; look++) {
            MirrorStatus still = mirror.take();
            assertThat(still.state()).isEqualTo(State.INCOMPLETE);
            assertThat(still.findings()).hasSize(2);
        }
        assertThat(upstream.asked())
                .as("small requests, and none for the rest of the list or a text")
                .allMatch(path -> path.endsWith("/assets") && upstream.walks() == 0);
        assertThat(mirror.news).as("that nothing is new is no news").containsOnlyOnce("INCOMPLETE 1");

        mirror.approve(APPROVED_ONLY);
        mirror.takeUntil(status -> status.findings().size() == 1);
        assertThat(mirror.pattern(APPROVED_ONLY + "@production").version()).isEqualTo(1);
        mirror.absentTeams.remove("team-b");
        assertThat(mirror.takeUntil(status -> status.state() == State.SYNCED).findings())
                .isEmpty();
        assertThat(mirror.pattern("team-b/other").content()).isEqualTo("Other.");
    }

    @Test
    void shouldFollowALabelThatWentBackAfterALookThatBrokeOff() {
        upstream.put(REVIEW, "Version 2.");
        upstream.label(REVIEW, "production", 1);
        TestingMirror mirror = mirror(settings(upstream));
        mirror.firstLook();
        int good = upstream.tag();

        upstream.label(REVIEW, "production", 2);
        upstream.lie(list -> list.put("next_cursor", "more"));
        upstream.answer(exchange -> {
            boolean second = String.valueOf(exchange.getRequestURI().getQuery()).contains("cursor");
            if (second) {
                exchange.sendResponseHeaders(429, -1);
            }
            return second;
        });
        assertThat(mirror.lookAgain().state()).isEqualTo(State.UNREACHABLE);
        assertThat(mirror.pattern(REVIEW + "@production").version())
                .as("the part that came")
                .isEqualTo(2);

        upstream.label(REVIEW, "production", 1);
        upstream.lie(list -> list);
        upstream.goBackTo(good);
        assertThat(mirror.lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(mirror.pattern(REVIEW + "@production").version()).isEqualTo(1);
    }

    @Test
    void shouldTellOfEveryChangeAlsoAfterADeathBeforeItWasTold() {
        TestingMirror mirror = mirror(settings(upstream));
        mirror.firstLook();
        mirror.deaf.set(true);
        upstream.put(REVIEW, "Version 2.");
        mirror.lookAgain();
        mirror.lookAgain();
        assertThat(mirror.changed()).isZero();
        mirror.lookAgain();
        assertThat(mirror.news).containsExactly("SYNCED 1", "SYNCED 1");
    }

    @Test
    void shouldSayThatALookIsPendingThatWasWantedDuringAnother() {
        TestingMirror mirror = mirror(settings(upstream));
        mirror.firstLook();
        AtomicBoolean first = new AtomicBoolean(true);
        upstream.answer(_ -> {
            if (first.getAndSet(false)) {
                mirror.mirrors.lookNow(mirror.organization, TestingMirror.MIRROR);
            }
            return false;
        });
        assertThat(mirror.lookAgain().pending())
                .as("this is not the look that was asked for")
                .isTrue();
        assertThat(mirror.take().pending()).isFalse();
    }

    @Test
    void shouldHandInEachVersionOnceAlsoAfterADeathOnTheWay() {
        for (int number = 1; number < 6; number++) {
            upstream.put("team-a/pattern-" + number, "Pattern " + number + ".");
        }
        TestingMirror mirror = mirror(settings(upstream));
        mirror.firstLook();
        mirror.reviewsLeft.set(3);
        mirror.restart(TestingMirror.restless(settings(upstream), true, Optional.empty()));
        awaitReviews(
                mirror,
                REVIEW + " v1 OPEN",
                "team-a/pattern-1 v1 OPEN",
                "team-a/pattern-2 v1 OPEN",
                "team-a/pattern-3 v1 OPEN",
                "team-a/pattern-4 v1 OPEN",
                "team-a/pattern-5 v1 OPEN");
        assertThat(mirror.reviewsLeft).as("it died").hasNegativeValue();

        upstream.put(REVIEW, "Version 2.");
        awaitReviews(
                mirror,
                REVIEW + " v1 SUPERSEDED",
                REVIEW + " v2 OPEN",
                "team-a/pattern-1 v1 OPEN",
                "team-a/pattern-2 v1 OPEN",
                "team-a/pattern-3 v1 OPEN",
                "team-a/pattern-4 v1 OPEN",
                "team-a/pattern-5 v1 OPEN");
    }

    /** What a look brings is handed in after the look has been told of. */
    private static void awaitReviews(TestingMirror mirror, String... expected) {
        Eventually.holds("the reviews are there", () -> reviewed(mirror).containsAll(List.of(expected)));
        assertThat(reviewed(mirror)).containsExactlyInAnyOrder(expected);
    }

    private static List<String> reviewed(TestingMirror mirror) {
        return mirror.reviews.list(mirror.caller(), null, null, null, null, null, 50).reviews().stream()
                .map((Review review) -> review.name() + " v" + review.version() + " " + review.state())
                .toList();
    }

    @Test
    void shouldReleaseAssetsAndTakeBackThoseThatNobodyChanged() {
        upstream.put("team-a/kept", "Version 1.");
        upstream.put("team-a/kept", "Version 2.");
        upstream.label("team-a/kept", "production", 1);
        upstream.put("team-a/labelled", "Version 1.");
        TestingMirror mirror = mirror(settings(upstream));
        mirror.firstLook();
        mirror.restart();
        assertThat(mirror.mirrors.release(mirror.organization, TestingMirror.MIRROR))
                .isEqualTo(3);

        mirror.assets.put(mirror.caller(), AssetKind.PATTERN, REVIEW, "Mine.", new Precondition.None());
        mirror.registry.publishing().label(mirror.caller(), AssetKind.PATTERN, "team-a/labelled", "mine", null);
        assertThat(mirror.pattern(REVIEW).content()).isEqualTo("Mine.");

        upstream.put("team-a/kept", "Version 3.");
        mirror.restart(settings(upstream));
        MirrorStatus again = mirror.take();

        assertThat(again.state()).isEqualTo(State.INCOMPLETE);
        assertThat(again.findings()).extracting(Finding::asset).containsExactlyInAnyOrder(REVIEW, "team-a/labelled");
        assertThat(mirror.pattern(REVIEW).content()).isEqualTo("Mine.");
        assertThat(mirror.pattern("team-a/kept").standing().mirror()).isEqualTo(TestingMirror.MIRROR);
        assertThat(mirror.pattern("team-a/kept").version()).isEqualTo(3);
        assertThat(mirror.pattern("team-a/kept@production").content()).isEqualTo("Version 1.");
    }

    @Test
    void shouldTrustTheAuthoritiesThatItsFileHasNowAndNoOthers() throws IOException {
        TestingAuthority authority = TestingAuthority.of("Company");
        Path file = Files.writeString(
                directory.resolve("authorities.pem"),
                TestingAuthority.of("Stranger").pem());
        try (TestingUpstream secured = new TestingUpstream(authority.issue(Wish.server("ip:127.0.0.1")))) {
            secured.put("shared/good", "Good.");
            TestingMirror mirror = mirror(TestingMirror.restless(settings(secured), false, Optional.of(file)));
            MirrorStatus refused = mirror.firstLook();
            assertThat(refused.state()).isEqualTo(State.UNREACHABLE);
            assertThat(refused.problem()).contains("certificate").contains("ca_file");
            assertThat(secured.asked())
                    .as("the key is shown to nobody who cannot be trusted")
                    .isEmpty();

            Files.writeString(file, "half an author");
            assertThat(mirror.take().state()).as("as it was before").isEqualTo(State.UNREACHABLE);
            Files.writeString(file, authority.pem());
            mirror.takeUntil(status -> status.state() == State.SYNCED);
            assertThat(mirror.pattern("shared/good").content()).isEqualTo("Good.");
        }
    }
}
