package dev.gantry.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.workflow.Imported.Note;
import dev.gantry.workflow.Imported.Source;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class WorkflowImporterTest {
    private static final WorkflowReader READER = WorkflowReader.open();
    private static final WorkflowImporter IMPORTER = new WorkflowImporter(READER);

    private static Imported convert(String text) {
        Imported imported = IMPORTER.convert("files/My Flow.yaml", text);
        assertThat(imported.findings()).as(imported.content()).isEmpty();
        return imported;
    }

    private static Workflow workflow(String text) {
        return READER.read(convert(text).content());
    }

    private static Step step(Workflow workflow, String id) {
        return workflow.step(id).orElseThrow();
    }

    private static final String GORGON = """
            name: Ship it
            version: "2.1"
            token_budget: 5000
            timeout_seconds: 900
            inputs:
              target: {type: string, required: true}
              depth: {type: number, default: 3}
              paths: {type: list, required: false}
            outputs: [plan, score, verdict, log, missing]
            steps:
              - id: think
                type: claude_code
                params: {role: planner, prompt: "Plan ${target} to ${depth}; keep ${HOME}", estimated_tokens: 700}
                outputs: [plan, score]
                on_failure: retry
                max_retries: 2
              - {id: saved, type: checkpoint}
              - id: tests
                type: shell
                params: {command: "make -C ${target} test"}
                outputs: [log]
                timeout_seconds: 60
              - id: judge
                type: openai
                params: {role: critic, prompt: "Judge ${plan} with ${log}", model: gpt-x}
                condition: {field: score, operator: greater_than, value: 5}
                outputs: [verdict]
                on_failure: fallback
                fallback: {type: default_value, value: unknown}
                circuit_breaker_key: judge
            metadata: {tags: [Ship, Work]}
            """;

    @Nested
    class GorgonYaml {
        @Test
        void shouldKeepWhatItSays() {
            Imported imported = convert(GORGON);
            assertThat(imported.format()).isEqualTo(Source.GORGON_YAML);
            assertThat(imported.name()).isEqualTo("my-flow");
            Workflow workflow = READER.read(imported.content());
            assertThat(workflow.name()).isEqualTo("Ship it");
            assertThat(workflow.tokenBudget()).isEqualTo(5_000);
            assertThat(workflow.deadline()).hasMinutes(15);
            assertThat(workflow.tags()).containsExactly("ship", "work");
            assertThat(workflow.input("depth").orElseThrow().defaultValue()).hasToString("3");
            assertThat(step(workflow, "think").policy().retry().attemptsMax()).isEqualTo(3);
            assertThat(step(workflow, "think").policy().estimate().tokens()).isEqualTo(700);
            assertThat(step(workflow, "judge").policy().circuitBreaker()).isEqualTo("judge");
            assertThat(step(workflow, "judge").policy().onFailure())
                    .isInstanceOf(Policy.OnFailure.ContinueWithDefault.class);
        }

        @Test
        void shouldKeepTheOrderOfStepsThatNameNone() {
            Workflow workflow = workflow(GORGON);
            assertThat(step(workflow, "tests").dependsOn()).isEqualTo(Set.of("think"));
            assertThat(step(workflow, "judge").dependsOn()).isEqualTo(Set.of("think", "tests"));
        }

        @Test
        void shouldTurnNamesIntoReferencesAndLeaveTheRest() {
            Action.RunAgent think =
                    (Action.RunAgent) step(workflow(GORGON), "think").action();
            assertThat(think.prompt().expressions().map(Expression::source))
                    .containsExactly("inputs.target", "inputs.depth");
            assertThat(think.prompt().parts().getLast()).isEqualTo(new Template.Plain("; keep ${HOME}"));
            assertThat(think.outputType()).isInstanceOf(DataType.ObjectOf.class);
        }

        @Test
        void shouldSayWhatCannotBeTakenOver() {
            assertThat(convert(GORGON).notes())
                    .filteredOn(Note::lost)
                    .extracting(Note::text)
                    .anyMatch(text -> text.contains("command 'tests' that does: make -C ${target} test"))
                    .anyMatch(text -> text.contains("'HOME'"))
                    .anyMatch(text -> text.contains("'missing'"))
                    .hasSize(3);
        }

        @Test
        void shouldPutStepsOfAParallelStepBesideEachOther() {
            Workflow workflow = workflow("""
                    name: p
                    steps:
                      - {id: a, type: claude_code, params: {role: analyst, prompt: go}, outputs: [x]}
                      - id: both
                        type: parallel
                        params:
                          steps:
                            - {id: b, type: claude_code, params: {role: tester, prompt: "${x}"}, outputs: [y]}
                            - {id: c, type: claude_code, params: {role: tester, prompt: go}}
                            - {id: d, type: claude_code, depends_on: [b], params: {role: tester, prompt: "${y}"}}
                      - {id: e, type: claude_code, params: {role: reporter, prompt: end}}
                    """);
            assertThat(step(workflow, "b").dependsOn()).isEqualTo(Set.of("a"));
            assertThat(step(workflow, "c").dependsOn()).isEqualTo(Set.of("a"));
            assertThat(step(workflow, "d").dependsOn()).isEqualTo(Set.of("b"));
            assertThat(step(workflow, "e").dependsOn()).isEqualTo(Set.of("c", "d"));
        }

        @Test
        void shouldTurnMapReduceIntoAMapAndAStep() {
            Workflow workflow = workflow("""
                    name: m
                    inputs: [{name: files, type: list}]
                    steps:
                      - id: all
                        type: map_reduce
                        params:
                          items: "${files}"
                          max_concurrent: 3
                          fail_fast: true
                          map_step: {type: claude_code, params: {role: analyst, prompt: "Read ${item}"}}
                          reduce_step: {type: claude_code, params: {role: reporter, prompt: "Join ${map_results}"}}
                        outputs: [report]
                    outputs: [{name: report}]
                    """);
            Action.ForEach map = (Action.ForEach) step(workflow, "all_map").action();
            assertThat(map.parallelMax()).isEqualTo(3);
            assertThat(map.onItemFailure()).isEqualTo(Action.OnItemFailure.ABORT);
            assertThat(step(workflow, "all").dependsOn()).isEqualTo(Set.of("all_map"));
            assertThat(workflow.outputs()).hasSize(1);
        }
    }

    @Test
    void shouldReadTheOlderJson() {
        Imported imported = convert("""
                {"id": "mail", "name": "Mail", "variables": {"page": "p1"}, "steps": [
                  {"id": "get", "type": "gmail", "action": "list", "params": {"max": 1}, "next_step": "sum"},
                  {"id": "sum", "type": "openai", "action": "summarize", "params": {"text": "{{get_output}}"},
                   "next_step": "put"},
                  {"id": "put", "type": "notion", "action": "create",
                   "params": {"page": "{{page}}", "text": "{{sum_output}}"}, "next_step": null}]}
                """);
        assertThat(imported.format()).isEqualTo(Source.GORGON_JSON);
        Workflow workflow = READER.read(imported.content());
        assertThat(workflow.input("page").orElseThrow().defaultValue()).hasToString("\"p1\"");
        assertThat(step(workflow, "sum").action()).isInstanceOf(Action.RunPattern.class);
        Action.CallTool put = (Action.CallTool) step(workflow, "put").action();
        assertThat(put.server() + "/" + put.tool()).isEqualTo("notion/create");
        assertThat(step(workflow, "put").dependsOn()).isEqualTo(Set.of("sum"));
    }

    @Test
    void shouldFollowTheStepsThatTheOlderJsonNamesNext() {
        Workflow workflow = workflow("""
                {"name": "x", "variables": {}, "steps": [
                  {"id": "a", "type": "one", "action": "go", "next_step": "c"},
                  {"id": "b", "type": "two", "action": "go", "next_step": null},
                  {"id": "c", "type": "three", "action": "go", "next_step": "b"}]}
                """);
        assertThat(step(workflow, "c").dependsOn()).isEqualTo(Set.of("a"));
        assertThat(step(workflow, "b").dependsOn()).isEqualTo(Set.of("c"));
    }

    @Nested
    class Stitches {
        private static final String STITCH = """
                name: digest
                variables: {tone: dry}
                steps:
                  - {name: wisdom, pattern: extract_insights, retry: {max_attempts: 4, delay: 2, backoff: linear}}
                  - name: each
                    pattern: summarize
                    foreach: $wisdom.output
                    max_parallel: 3
                    input: "$tone: $item"
                  - parallel:
                      - {name: left, pattern: summarize, input: $wisdom.output}
                      - {name: right, pattern: summarize, when: $wisdom.output contains "risk", on_error: continue}
                  - {name: last, pattern: summarize, input: "$left.output and $right.output", save_to: out.md}
                output: $last.output || $left.output
                """;

        @Test
        void shouldBecomeWorkflows() {
            Imported imported = convert(STITCH);
            assertThat(imported.format()).isEqualTo(Source.FABRIC_STITCH);
            Workflow workflow = READER.read(imported.content());
            assertThat(step(workflow, "wisdom").policy().retry().attemptsMax()).isEqualTo(4);
            assertThat(((Action.ForEach) step(workflow, "each").action()).parallelMax())
                    .isEqualTo(3);
            assertThat(step(workflow, "left").dependsOn()).isEqualTo(Set.of("wisdom"));
            assertThat(step(workflow, "right").dependsOn()).isEqualTo(Set.of("wisdom", "each"));
            assertThat(step(workflow, "right").mayBeSkipped()).isTrue();
            assertThat(step(workflow, "last").dependsOn()).isEqualTo(Set.of("left", "right"));
            assertThat(imported.notes())
                    .filteredOn(Note::lost)
                    .singleElement()
                    .satisfies(note -> assertThat(note.path()).isEqualTo("steps[3].save_to"));
        }

        @Test
        void shouldLoopUntilTheConditionHolds() {
            Workflow workflow = workflow("""
                    steps:
                      - name: polish
                        pattern: improve_writing
                        loop: {max: 4, until: $polish.output contains "done"}
                    """);
            Action.Loop loop = (Action.Loop) step(workflow, "polish").action();
            assertThat(loop.roundsMax()).isEqualTo(4);
            assertThat(loop.until()).isNotNull();
        }
    }

    @Test
    void shouldRefuseWhatItIsNot() {
        assertThatThrownBy(() -> IMPORTER.convert("x.yaml", "a: 1"))
                .hasMessageContaining("no workflow that can be imported");
        assertThatThrownBy(() -> IMPORTER.convert("x.yaml", "{")).hasMessageContaining("line ");
        assertThatThrownBy(() -> IMPORTER.convert("x.yaml", "")).hasMessageContaining("empty");
        assertThatThrownBy(() -> IMPORTER.convert("x.yaml", "name: x\nsteps: [{id: a, type: transform}]"))
                .hasMessageContaining("publish");
    }

    @Test
    void shouldSurviveNonsenseInEveryPlace() {
        Imported imported = IMPORTER.convert("..", """
                name: [1]
                inputs: {"a b": 7, in: {type: tuple}}
                outputs: {a: 1}
                steps:
                  - {id: 7, type: claude_code, params: 3, depends_on: [gone], condition: {field: x}}
                  - {id: true, type: fan_out}
                  - {id: "", type: loop}
                  - {type: map_reduce, params: {map_step: {type: parallel}}}
                  - 5
                """);
        assertThat(imported.notes()).isNotEmpty();
        assertThat(imported.isUsable()).isFalse();
    }
}
