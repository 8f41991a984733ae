package dev.gantry.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Json;
import dev.gantry.runs.RunState;
import dev.gantry.runs.RunView;
import dev.gantry.runs.StartRequest;
import dev.gantry.runs.WorkflowSource;
import dev.gantry.testing.Eventually;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TriggersByEventTest {
    private TestingTriggers world;

    @BeforeEach
    void open() {
        world = new TestingTriggers(TriggerSettings.defaults());
        world.workflow("shared/note", """
                name: note
                inputs: {what: {type: string, required: true}}
                steps: [{id: say, type: transform, params: {value: "${inputs.what}"}}]
                """);
        world.workflow("shared/fails", """
                name: fails
                steps: [{id: break, type: transform, params: {value: "${parse_json('{')}"}}]
                """);
        world.start();
    }

    @AfterEach
    void close() {
        world.close();
    }

    private UUID run(String workflow) {
        return run(workflow, null);
    }

    private UUID run(String workflow, @Nullable String region) {
        return world.runs
                .start(new StartRequest(
                        world.ann.in(region),
                        new WorkflowSource.Registered(
                                workflow, 1, Objects.requireNonNull(world.workflows.get(workflow))),
                        Json.object(),
                        null))
                .run();
    }

    private List<RunView> of(String workflow) {
        return world.all().stream()
                .filter(run -> run.workflow().equals(workflow))
                .toList();
    }

    @Test
    void shouldStartAWorkflowWhenAnotherHasFailed() throws Exception {
        world.triggers.put(world.request(
                "alarm",
                "shared/note",
                new TriggerSource.OnEvent(TriggerEvents.RUN_FAILED),
                "{\"what\": \"${event.workflow}: ${event.error}\"}"));
        UUID failed = run("shared/fails");

        Eventually.holds(
                "the note is over",
                () -> of("shared/note").stream().anyMatch(run -> run.state() == RunState.SUCCEEDED));

        RunView note = of("shared/note").getFirst();
        assertThat(note.cause()).isEqualTo("event:alarm");
        assertThat(Objects.requireNonNull(note.inputs()).path("what").asText())
                .startsWith("shared/fails: Step break failed");
        assertThat(world.runs
                        .find(world.organization, failed, false)
                        .orElseThrow()
                        .cause())
                .isNull();
    }

    private void hear(String name, String event, @Nullable String region) {
        world.triggers.put(new TriggerRequest(
                name,
                world.ann.in(region),
                "shared/note",
                Json.object().put("what", name),
                null,
                new TriggerSource.OnEvent(event)));
    }

    @Test
    void shouldKeepWhatItStartsInItsRegionWhoeverResumesIt() throws Exception {
        hear("kept", TriggerEvents.ASSET_PUBLISHED, "eu");
        world.triggers.pause(world.organization, TriggerKind.EVENT, "kept");
        world.triggers.resume(world.ann, TriggerKind.EVENT, "kept");
        assertThat(world.get(TriggerKind.EVENT, "kept").owner().region()).isEqualTo("eu");

        world.triggers.happened(world.organization, TriggerEvents.ASSET_PUBLISHED, Json.object());

        Eventually.holds("one started", () -> !of("shared/note").isEmpty());
        assertThat(of("shared/note").getFirst().starter().region()).isEqualTo("eu");
        hear("kept", TriggerEvents.ASSET_PUBLISHED, null);
        assertThat(world.get(TriggerKind.EVENT, "kept").owner().region()).isNull();
    }

    @Test
    void shouldStayWhereTheRunHadToStayOfWhichItHears() throws Exception {
        hear("anywhere", TriggerEvents.RUN_FAILED, null);
        hear("wider", TriggerEvents.RUN_FAILED, "eu");
        hear("elsewhere", TriggerEvents.RUN_FAILED, "us");

        run("shared/fails", "eu-west-1");

        Eventually.holds(
                "two started, one not",
                () -> of("shared/note").size() == 2
                        && world.get(TriggerKind.EVENT, "elsewhere").failed() == 1);
        assertThat(of("shared/note"))
                .extracting(note -> note.starter().region())
                .containsExactly("eu-west-1", "eu-west-1");
        assertThat(world.get(TriggerKind.EVENT, "elsewhere").problem()).contains("'eu-west-1'", "'us'");
        // Somebody else's runs stop no trigger, however many they are.
        assertThat(world.database
                        .database()
                        .<Integer>inOrganization(
                                world.organization,
                                handle -> handle.createQuery("SELECT max(failed_in_a_row) FROM triggers")
                                        .mapTo(Integer.class)
                                        .one()))
                .isZero();
    }

    @Test
    void shouldStartOnlyWhatAnEventConcerns() throws Exception {
        TriggerRequest request = world.request(
                "published",
                "shared/note",
                new TriggerSource.OnEvent(TriggerEvents.ASSET_PUBLISHED),
                "{\"what\": \"x\"}");
        world.triggers.put(new TriggerRequest(
                "published",
                request.owner(),
                request.workflow(),
                Json.object().put("what", "${event.asset}"),
                "event.kind == 'pattern'",
                request.source()));

        world.triggers.happened(
                world.organization,
                TriggerEvents.ASSET_PUBLISHED,
                Json.object().put("kind", "workflow").put("asset", "a"));
        world.triggers.happened(
                world.organization,
                TriggerEvents.ASSET_PUBLISHED,
                Json.object().put("kind", "pattern").put("asset", "b"));

        Eventually.holds("one started", () -> !of("shared/note").isEmpty());
        Eventually.holds(
                "nothing is left to do",
                () -> world.database
                                .database()
                                .<Long>unscoped(handle -> handle.createQuery("SELECT count(*) FROM job_tasks")
                                        .mapTo(Long.class)
                                        .one())
                        == 0);
        assertThat(of("shared/note"))
                .extracting(note ->
                        Objects.requireNonNull(note.inputs()).path("what").asText())
                .containsExactly("b");
    }

    @Test
    void shouldTellOfWhatHappensInAnothersTransactionIfThatIsCommittedAndOnlyThen() throws Exception {
        world.triggers.put(world.request(
                "stored",
                "shared/note",
                new TriggerSource.OnEvent(TriggerEvents.ASSET_STORED),
                "{\"what\": \"${event.asset}\"}"));

        assertThatThrownBy(() -> world.database.database().inOrganization(world.organization, handle -> {
                    tellStored(handle, "undone");
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessageContaining("rolled back");
        world.database.database().<@Nullable Void>inOrganization(world.organization, handle -> {
            tellStored(handle, "done");
            return null;
        });

        Eventually.holds("one started", () -> !of("shared/note").isEmpty());
        assertThat(of("shared/note"))
                .extracting(note ->
                        Objects.requireNonNull(note.inputs()).path("what").asText())
                .containsExactly("done");
    }

    private void tellStored(Handle handle, String asset) {
        world.triggers.happened(
                handle,
                world.organization,
                TriggerEvents.ASSET_STORED,
                Json.object().put("asset", asset));
    }

    @Test
    void shouldEndAChainOfRunsThatStartEachOther() throws Exception {
        world.triggers.put(
                world.request("loop", "shared/fails", new TriggerSource.OnEvent(TriggerEvents.RUN_FAILED), "{}"));
        run("shared/fails");

        Eventually.holds(
                "the chain ended", () -> world.get(TriggerKind.EVENT, "loop").failed() == 1);

        assertThat(of("shared/fails")).hasSize(1 + 5);
        assertThat(world.get(TriggerKind.EVENT, "loop").problem()).contains("the last of 5", "event_chain_max");
    }

    @Test
    void shouldWakeAStepThatWaitsForTheEvent() throws Exception {
        world.workflow("shared/waits", """
                name: waits
                outputs: {limit: "${steps.wait.output.limit}"}
                steps: [{id: wait, type: wait, params: {event: budget.alert, where: "event.level == 'team'"}}]
                """);
        UUID waiting = run("shared/waits");

        world.triggers.happened(
                world.organization, TriggerEvents.BUDGET_ALERT, Json.object().put("level", "user"));
        world.triggers.happened(
                world.organization,
                TriggerEvents.BUDGET_ALERT,
                Json.object().put("level", "team").put("limit", 5));

        Eventually.holds("it went on", () -> of("shared/waits").getFirst().state() == RunState.SUCCEEDED);
        assertThat(world.runs
                        .find(world.organization, waiting, true)
                        .orElseThrow()
                        .outputs())
                .isEqualTo(Json.object().put("limit", 5));
    }

    @Test
    void shouldRefuseAnEventThatNeverHappens() {
        assertThatThrownBy(() -> world.triggers.put(
                        world.request("x", "shared/fails", new TriggerSource.OnEvent("run.exploded"), "{}")))
                .hasMessageContaining("'event' must be one of analysis.done, asset.published, asset.stored");
    }

    @Test
    void shouldKeepNothingOfEventsThatNobodyHears() {
        world.triggers.happened(world.organization, TriggerEvents.BUDGET_ALERT, Json.object());

        assertThat(world.database
                        .database()
                        .<Long>inOrganization(
                                world.organization,
                                handle -> handle.createQuery("SELECT count(*) FROM trigger_events")
                                        .mapTo(Long.class)
                                        .one()))
                .isZero();
    }
}
