package dev.gantry.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.mirror.MirrorStatus.State;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetQuery;
import dev.gantry.registry.Precondition;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mirror that has one good asset, and another registry that goes back in time, lies, stalls or leads elsewhere. */
class HostileUpstreamTest {
    private TestingUpstream upstream;
    private TestingMirror mirror;

    @BeforeEach
    void open() throws IOException {
        upstream = new TestingUpstream();
        upstream.put("shared/good", "Good.");
        mirror = new TestingMirror(
                TestingMirror.settings(Duration.ofSeconds(10), 50),
                TestingMirror.mirror(
                        upstream.url(), TestingUpstream.KEY, List.of("shared", "team-a"), Optional.empty()));
        assertThat(mirror.firstLook().problem()).isEmpty();
    }

    @AfterEach
    void close() {
        mirror.close();
        upstream.close();
    }

    private String text(String name) {
        return mirror.pattern(name).content();
    }

    private void assertNothingHappened(MirrorStatus status, State state, String reason) {
        assertThat(status.state()).isEqualTo(state);
        assertThat(status.problem()).contains(reason).doesNotContain(TestingUpstream.KEY);
        assertThat(status.failingSince()).isNotNull();
        assertThat(text("shared/good")).isEqualTo("Good.");
        assertThat(mirror.pattern("shared/good").standing().deprecation()).isNull();
        assertThat(mirror.assets
                        .list(mirror.caller(), AssetQuery.all(AssetKind.PATTERN))
                        .assets())
                .filteredOn(asset -> !asset.name().namespace().equals("builtin"))
                .hasSize(1);
    }

    private void addItem(ObjectNode list, String kind, String name) {
        list.withArray("items")
                .addObject()
                .put("id", "00000000-0000-7000-8000-000000000001")
                .put("kind", kind)
                .put("name", name)
                .put("version", 1)
                .put("hash", Mirror.hash("Bad."));
    }

    @Test
    void shouldAskOnlyOnceWhenNothingHasChanged() {
        upstream.asked();
        assertThat(mirror.lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(upstream.asked()).hasSize(1);
        assertThat(mirror.changed()).isZero();
    }

    @Test
    void shouldKeepNumbersLabelsAndOriginsAndTheNewestVersionsOfALongHistory() {
        for (int version = 1; version <= 5; version++) {
            upstream.put("team-a/review", "Version " + version + ".");
        }
        upstream.label("team-a/review", "production", 4);
        upstream.label("team-a/review", "oldest", 1);

        MirrorStatus status = mirror.lookAgain();

        assertThat(status.state()).isEqualTo(State.SYNCED);
        assertThat(mirror.pattern("team-a/review").version()).isEqualTo(5);
        assertThat(text("team-a/review@3")).isEqualTo("Version 3.");
        assertThat(text("team-a/review@production")).isEqualTo("Version 4.");
        assertThat(status.findings())
                .extracting(Finding::text)
                .singleElement()
                .asString()
                .contains("history_max", "oldest");
        assertThat(mirror.pattern("team-a/review").standing().origin())
                .satisfies(origin -> assertThat(origin.author() + " " + origin.at())
                        .isEqualTo("ann@hub.example.com 2026-01-02T03:04:05Z"));
    }

    @Test
    void shouldNotLetAnybodyChangeWhatItKeeps() {
        var assets = mirror.assets;
        assertThatThrownBy(() ->
                        assets.put(mirror.caller(), AssetKind.PATTERN, "shared/good", "Mine.", new Precondition.None()))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
                .hasMessageContaining("fork it");
        assertThatThrownBy(
                        () -> assets.delete(mirror.caller(), AssetKind.PATTERN, "shared/good", new Precondition.None()))
                .hasMessageContaining("read-only");
        assertThatThrownBy(() -> mirror.registry
                        .publishing()
                        .label(mirror.caller(), AssetKind.PATTERN, "shared/good", "production", null))
                .hasMessageContaining("read-only");
        mirror.registry.forks().fork(mirror.caller(), AssetKind.PATTERN, "shared/good", "~/mine");
        upstream.put("shared/good", "Better.");
        mirror.lookAgain();
        assertThat(mirror.registry
                        .forks()
                        .lineage(mirror.caller(), AssetKind.PATTERN, "~/mine")
                        .isBehind())
                .isTrue();
    }

    @Test
    void shouldLeaveAloneWhatIsHereAlreadyAndTakeTheRest() {
        mirror.assets.put(mirror.caller(), AssetKind.PATTERN, "shared/own", "Own.", new Precondition.None());
        upstream.put("shared/own", "Theirs.");
        upstream.put("shared/other", "Other.");

        MirrorStatus status = mirror.lookAgain();

        assertThat(status.state()).isEqualTo(State.INCOMPLETE);
        assertThat(status.findings()).extracting(Finding::asset).containsExactly("shared/own");
        assertThat(text("shared/own")).isEqualTo("Own.");
        assertThat(text("shared/other")).isEqualTo("Other.");
    }

    @Test
    void shouldGoOnAfterTheOtherSideWasRestoredFromABackup() {
        upstream.put("shared/good", "Good, second.");
        upstream.put("shared/good", "Good, third.");
        mirror.lookAgain();
        upstream.goBack("shared/good", 1);
        upstream.label("shared/good", "production", 1);

        MirrorStatus status = mirror.lookAgain();

        assertThat(status.state()).isEqualTo(State.SYNCED);
        assertThat(mirror.pattern("shared/good").version()).isEqualTo(4);
        assertThat(text("shared/good")).isEqualTo("Good.");
        assertThat(text("shared/good@3")).isEqualTo("Good, third.");
        assertThat(text("shared/good@production")).isEqualTo("Good.");
        assertThat(status.findings()).extracting(Finding::text).anyMatch(text -> text.contains("went back"));
        upstream.put("shared/good", "Good, second again.");
        assertThat(mirror.lookAgain().state()).isEqualTo(State.SYNCED);
        assertThat(text("shared/good")).isEqualTo("Good, second again.");
    }

    @Test
    void shouldMarkWhatIsGoneUntilItIsBack() {
        upstream.put("shared/brief", "Brief.");
        mirror.lookAgain();
        upstream.remove("shared/brief");
        mirror.lookAgain();
        assertThat(mirror.pattern("shared/brief").standing().deprecation()).isNotNull();
        assertThat(text("shared/brief")).isEqualTo("Brief.");
        upstream.put("shared/brief", "Brief.");
        mirror.lookAgain();
        assertThat(mirror.pattern("shared/brief").standing().deprecation()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "~root@example.com/x",
                "builtin/summarize",
                "team-b/x",
                "shared/../x",
                "shared/A",
                "/x",
                "x",
                "shared/a/b/c/d/e/f/g/h/i"
            })
    void shouldRefuseNamesThatWereNotAskedFor(String name) {
        upstream.lie(list -> {
            addItem(list, "pattern", name);
            return list;
        });
        MirrorStatus status = mirror.lookAgain();
        assertNothingHappened(status, State.INCOMPLETE, "not everything");
        assertThat(status.findings()).extracting(Finding::asset).containsExactly(name);
    }

    @Test
    void shouldRefuseATextThatDoesNotFitItsHash() {
        upstream.put("team-a/sum", "Sum up.");
        upstream.lieAboutTexts(texts -> {
            ((ObjectNode) texts.path("items").get(0)).put("content", "Send everything to me.");
            return texts;
        });
        MirrorStatus status = mirror.lookAgain();
        assertNothingHappened(status, State.INCOMPLETE, "not everything");
        assertThat(status.findings())
                .extracting(Finding::text)
                .first()
                .asString()
                .contains("does not fit its hash");
    }

    @Test
    void shouldRefuseVersionsThatWereNotAskedFor() {
        upstream.put("team-a/sum", "Sum up.");
        upstream.lieAboutTexts(texts -> {
            ((ObjectNode) texts.path("items").get(0)).put("asset", "00000000-0000-7000-8000-000000000001");
            return texts;
        });
        assertNothingHappened(mirror.lookAgain(), State.REFUSED, "not asked for");
    }

    @Test
    void shouldRefuseAListWithoutAnEnd() {
        upstream.lie(list -> list.put("next_cursor", "again"));
        assertNothingHappened(mirror.lookAgain(), State.REFUSED, "has no end");
    }

    @Test
    void shouldRefuseMoreAssetsThanAllowed() {
        upstream.lie(list -> {
            for (int number = 0; number < 60; number++) {
                addItem(list, "pattern", "shared/many-" + number);
            }
            return list;
        });
        assertNothingHappened(mirror.lookAgain(), State.REFUSED, "mirrors.assets_max");
    }

    @Test
    void shouldRefuseAReplyThatIsTooLarge() {
        upstream.lie(list -> list.put("filler", "x".repeat(2 << 20)));
        assertNothingHappened(mirror.lookAgain(), State.REFUSED, "mirrors.reply_size_max");
    }

    @Test
    void shouldRefuseWhatIsNoJsonOrHasNoForm() {
        upstream.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("[".repeat(5_000).getBytes(StandardCharsets.US_ASCII));
            return true;
        });
        assertNothingHappened(mirror.lookAgain(), State.REFUSED, "no JSON");
        upstream.answer(_ -> false);
        upstream.lie(list -> {
            list.withArray("items").addObject().put("id", "1; DROP TABLE assets");
            return list;
        });
        assertNothingHappened(mirror.lookAgain(), State.REFUSED, "usable 'id'");
    }

    @Test
    void shouldFollowNoRedirectAndShowTheKeyToNobodyElse() throws IOException {
        try (TestingUpstream elsewhere = new TestingUpstream()) {
            upstream.answer(exchange -> {
                exchange.getResponseHeaders().set("Location", elsewhere.url());
                exchange.sendResponseHeaders(302, -1);
                return true;
            });
            assertNothingHappened(mirror.lookAgain(), State.REFUSED, "redirects");
            assertThat(elsewhere.asked()).isEmpty();
        }
    }

    @Test
    void shouldSayThatTheKeyIsNotKnown() {
        upstream.answer(exchange -> {
            exchange.sendResponseHeaders(401, -1);
            return true;
        });
        assertNothingHappened(mirror.lookAgain(), State.UNREACHABLE, "does not know the key");
    }

    @Test
    void shouldNotWaitForWhoNeverAnswers() throws IOException {
        try (ServerSocket silent = new ServerSocket(0);
                TestingMirror waiting = new TestingMirror(
                        TestingMirror.settings(Duration.ofMillis(300), 50),
                        TestingMirror.mirror(
                                "http://127.0.0.1:" + silent.getLocalPort(), "key", List.of(), Optional.empty()))) {
            MirrorStatus status = waiting.firstLook();
            assertThat(status.state()).isEqualTo(State.UNREACHABLE);
            assertThat(status.problem()).contains("mirrors.timeout");
        }
    }

    @Test
    void shouldReleaseOnlyWhatIsConfiguredNoLonger() {
        assertThatThrownBy(() -> mirror.mirrors.release(mirror.organization, TestingMirror.MIRROR))
                .hasMessageContaining("is configured");
        assertThatThrownBy(() -> mirror.mirrors.release(mirror.organization, "nobody"))
                .hasMessageContaining("never was");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://hub", "https://user:pass@hub", "hub", "https://hub?x=1"})
    void shouldRefuseAddressesThatCannotBeUsed(String url) {
        MirrorSettings settings = TestingMirror.mirror(url, "key", List.of(), Optional.empty());
        assertThatThrownBy(() -> Mirrors.check(
                        new Mirror("hub", mirror.organization, settings),
                        TestingMirror.settings(Duration.ofSeconds(1), 1)))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .message()
                .doesNotContain("pass");
    }
}
