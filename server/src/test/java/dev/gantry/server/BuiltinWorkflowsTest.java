package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Checked;
import dev.gantry.workflow.Needs;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowReader;
import dev.gantry.workflow.WorkflowSchema;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The workflows that come with the product, by the check and by the published schema. */
final class BuiltinWorkflowsTest {
    private static final WorkflowReader READER = WorkflowReader.open();
    private static final Validator SCHEMA = Validator.create(
            JsonSchema.of(new JsonObject(
                    WorkflowSchema.write("/schemas/workflow.json").toString())),
            new JsonSchemaOptions()
                    .setBaseUri("urn:gantry:")
                    .setDraft(Draft.DRAFT202012)
                    .setOutputFormat(OutputFormat.Basic));

    private static String text(String resource) throws IOException {
        try (InputStream stream = BuiltinWorkflowsTest.class.getResourceAsStream(resource)) {
            return stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static OutputUnit bySchema(String yaml) {
        Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return SCHEMA.validate(new JsonObject(Json.mapper().valueToTree(tree).toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "code-review",
                "dependency-report",
                "document-translation",
                "feature-delivery",
                "incident-triage",
                "meeting-follow-up",
                "release-notes",
                "research-report",
                "support-reply",
                "text-digest"
            })
    void shouldBeValidAndNameOnlyPatternsThatShip(String name) throws IOException {
        String yaml = text("/workflows/" + name + ".yaml");
        Checked checked = READER.check(yaml);
        assertThat(checked.findings()).isEmpty();
        assertThat(bySchema(yaml).getValid())
                .as(String.valueOf(bySchema(yaml).getErrors()))
                .isTrue();
        Workflow workflow = checked.require();
        assertThat(workflow.description()).isNotEmpty();
        for (Permission needed :
                Needs.of(workflow).stream().map(Needs.Need::permission).toList()) {
            if (needed.resource().equals("patterns")) {
                assertThat(text("/patterns/" + needed.name() + "/system.md"))
                        .as(needed.name())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void shouldHaveASchemaThatRefusesWhatTheCheckRefuses() {
        String step = "name: x\nsteps: [{id: a, type: transform, params: {value: 1}}]\n";
        assertThat(bySchema(step).getValid()).isTrue();
        for (String broken : List.of(
                step + "stesp: 1\n",
                step.replace("value", "vaule"),
                step.replace("transform", "transfrom"),
                step.replace("id: a", "id: 1a"),
                step.replace("type: transform", "timeout: 5, type: transform"),
                step + "token_budget: 1\n",
                step + "inputs: {a: {type: strnig}}\n",
                "name: x\n")) {
            assertThat(bySchema(broken).getValid()).as(broken).isFalse();
            assertThat(READER.check(broken).isUsable()).as(broken).isFalse();
        }
    }
}
