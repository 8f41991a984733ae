package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.client.Asset;
import dev.gantry.client.AssetDiff;
import dev.gantry.client.AssetQuery;
import dev.gantry.client.AssetRevision;
import dev.gantry.client.AssetSummary;
import dev.gantry.client.ClientException;
import dev.gantry.client.ClientException.Kind;
import dev.gantry.client.Execution;
import dev.gantry.client.ExecutionResult;
import dev.gantry.client.ExecutionStream;
import dev.gantry.client.GantryClient;
import dev.gantry.client.Publication;
import dev.gantry.client.RegistryClient;
import dev.gantry.client.Review;
import dev.gantry.client.RunWatch;
import dev.gantry.client.WorkflowRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Java client as applications use it. */
@ExtendWith(SharedWorld.class)
class JavaClientTest {
    private static final String PATTERN = """
            ---
            description: Looks for weaknesses.
            tags: [security]
            ---
            # IDENTITY
            You look for weaknesses.
            """;

    private final Client raw;
    private final GantryClient gantry;

    JavaClientTest(World world) {
        this.raw = world.client();
        this.gantry = GantryClient.connect(raw.url().toString(), Objects.requireNonNull(raw.key()));
    }

    @AfterEach
    void close() {
        gantry.close();
    }

    private static String name(String beginning) {
        return beginning + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    @Test
    void shouldExecuteAPattern() {
        ExecutionResult result = gantry.execute(
                Execution.of("summarize", "Ships carried timber.").withModel("openai-counted"));
        assertThat(result.output()).isEqualTo("ok");
        assertThat(result.pattern()).isEqualTo("builtin/summarize");
        assertThat(result.model()).isEqualTo("openai-counted");
        assertThat(result.inputTokens()).isEqualTo(100);
        assertThat(result.cost().value()).isPositive();
        assertThat(result.finishReason()).isEqualTo("stop");
    }

    @Test
    void shouldStreamAnAnswerPieceByPiece() {
        List<String> pieces = new ArrayList<>();
        try (ExecutionStream answer =
                gantry.stream(Execution.of("summarize", "One two three.").withModel("openai-words"))) {
            answer.forEach(pieces::add);
            assertThat(answer.result().output())
                    .isEqualTo(String.join("", pieces))
                    .isNotEmpty();
            assertThat(answer.result().outputTokens()).isPositive();
        }
        assertThat(pieces).hasSizeGreaterThan(1);
    }

    @Test
    void shouldReportAnErrorInTheMiddleOfAStream() {
        try (ExecutionStream answer =
                gantry.stream(Execution.of("summarize", "One two three.").withModel("openai-complaining"))) {
            assertThatThrownBy(answer::result)
                    .isInstanceOfSatisfying(
                            ClientException.class,
                            failed -> assertThat(failed.code()).startsWith("provider_"));
        }
    }

    @Test
    void shouldTellRefusalsWithCodeStatusAndRequest() {
        assertThatThrownBy(() -> gantry.execute(Execution.of("sumarize", "text")))
                .isInstanceOfSatisfying(ClientException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
                    assertThat(refused.status()).isEqualTo(404);
                    assertThat(refused.code()).isEqualTo("unknown_pattern");
                    assertThat(refused.requestId()).isNotEmpty();
                    assertThat(refused).hasMessageContaining("summarize");
                });
        try (GantryClient stranger = GantryClient.connect(raw.url().toString(), "gk_wrong")) {
            assertThatThrownBy(() -> stranger.registry().search("text"))
                    .isInstanceOfSatisfying(
                            ClientException.class,
                            refused -> assertThat(refused.status()).isEqualTo(401));
        }
    }

    @Test
    void shouldPublishSearchAndFork() {
        RegistryClient registry = gantry.registry();
        String name = name("weakness");
        Asset published = registry.publish(Publication.of("shared/" + name, PATTERN)
                .withVisibility("organization")
                .withTags(List.of("e2e-client")));
        assertThat(published.name()).isEqualTo("shared/" + name);
        assertThat(published.version()).isEqualTo(1);
        assertThat(published.tags()).contains("security", "e2e-client");
        assertThat(registry.search(AssetQuery.of(name.replace('-', ' '))
                                .withVisibility("organization")
                                .withTags(List.of("e2e-client")))
                        .items())
                .extracting(AssetSummary::name)
                .containsExactly("shared/" + name);

        Asset fork = registry.fork("shared/" + name, "mine-" + name);
        assertThat(fork.upstream()).isEqualTo("shared/" + name + "@1");
        assertThat(registry.get(fork.name()).content()).isEqualTo(PATTERN);
    }

    @Test
    void shouldNotOverwriteAChangeThatItHasNotSeen() {
        RegistryClient registry = gantry.registry();
        String name = "shared/" + name("draft");
        Asset first = registry.put(name, PATTERN, null);
        assertThat(registry.put(name, PATTERN, null).version()).isEqualTo(1);
        assertThat(registry.put(name, PATTERN + "More.\n", first.etag()).version())
                .isEqualTo(2);
        assertThatThrownBy(() -> registry.put(name, PATTERN + "Other.\n", first.etag()))
                .isInstanceOfSatisfying(
                        ClientException.class,
                        refused -> assertThat(refused.code()).isEqualTo("precondition_failed"));
        registry.delete(name);
        assertThatThrownBy(() -> registry.get(name)).isInstanceOf(ClientException.class);
    }

    @Test
    void shouldCompareLabelRollBackAndDeprecateVersions() {
        RegistryClient registry = gantry.registry();
        String name = "shared/" + name("versions");
        registry.put(name, PATTERN, null);
        registry.put(name, PATTERN + "More.\n", null);

        assertThat(registry.versions(name, 10))
                .extracting(AssetRevision::version)
                .containsExactly(2, 1);
        AssetDiff diff = registry.diff(name, "1", "");
        assertThat(diff.unified()).contains("+More.");
        assertThat(diff.from()).isEqualTo(1);
        assertThat(diff.added()).isEqualTo(1);
        assertThat(registry.label(name, "staging", "1")).isEqualTo(1);
        assertThat(registry.get(name + "@staging").version()).isEqualTo(1);
        registry.unlabel(name, "staging");
        assertThat(registry.get(name).labels()).isEmpty();
        assertThat(registry.rollback(name, "1").version()).isEqualTo(3);
        assertThat(registry.get(name).content()).isEqualTo(PATTERN);
        registry.deprecate(name, "Use the other one.", "summarize");
        assertThat(registry.search(
                                AssetQuery.of(name.substring("shared/".length()).replace('-', ' ')))
                        .items())
                .filteredOn(found -> found.name().equals(name))
                .singleElement()
                .satisfies(found -> assertThat(found.deprecated()).isTrue());
        assertThat(registry.restore(name).name()).isEqualTo(name);
    }

    @Test
    void shouldHandInAndFollowAReview() {
        String name = "shared/" + name("reviewed");
        gantry.registry().put(name, PATTERN + name + "\n", null);
        Review review = gantry.reviews().submit(name, "Please look.");

        assertThat(review.isOpen()).isTrue();
        assertThat(review.message()).isEqualTo("Please look.");
        assertThat(review.missing()).contains("1 more approval");
        assertThat(gantry.reviews().open()).extracting(Review::id).contains(review.id());
        assertThat(gantry.reviews().show(review.id())).isEqualTo(review);
        assertRefused("permission_denied", () -> gantry.reviews().approve(review.id(), "My own."));
        assertRefused("permission_denied", () -> gantry.reviews().requestChanges(review.id(), "My own."));
        assertRefused("conflict", () -> gantry.reviews().publish(review.id()));
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ClientException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void shouldWalkAlongThePagesOfAList() {
        RegistryClient registry = gantry.registry();
        String tag = name("paged");
        for (int index = 0; index < 3; index++) {
            registry.publish(
                    Publication.of("shared/" + tag + "-" + index, PATTERN).withTags(List.of(tag)));
        }
        AssetQuery query = AssetQuery.of("").withTags(List.of(tag)).withLimit(2);
        var first = registry.search(query);
        var second = registry.search(query.after(first.nextCursor()));
        assertThat(first.items()).hasSize(2);
        assertThat(second.items()).extracting(AssetSummary::name).containsExactly("shared/" + tag + "-2");
        assertThat(second.nextCursor()).isEmpty();
    }

    @Test
    void shouldStartShowAndWatchARun() {
        String key = UUID.randomUUID().toString();
        Map<String, Object> inputs = Map.of("text", "The harbour opened in 1899.", "part_characters", 1_000);
        WorkflowRun started = gantry.workflows().start("text-digest", inputs, key);
        assertThat(gantry.workflows().start("text-digest", inputs, key).id()).isEqualTo(started.id());

        List<RunWatch.RunEvent> events = new ArrayList<>();
        try (RunWatch watch = gantry.workflows().watch(started.id())) {
            watch.forEach(events::add);
        }
        WorkflowRun over = gantry.workflows().show(started.id());
        assertThat(over.isOver()).isTrue();
        assertThat(over.state()).as(String.valueOf(over.error())).isEqualTo("succeeded");
        assertThat(over.outputs().path("digest").asText()).isNotEmpty();
        assertThat(over.steps()).isNotEmpty();
        assertThat(events).extracting(RunWatch.RunEvent::sequence).isSorted().doesNotHaveDuplicates();

        long middle = events.get(events.size() / 2).sequence();
        try (RunWatch rest = gantry.workflows().watch(started.id(), middle)) {
            assertThat(rest)
                    .first()
                    .satisfies(event -> assertThat(event.sequence()).isGreaterThan(middle));
        }
    }
}
