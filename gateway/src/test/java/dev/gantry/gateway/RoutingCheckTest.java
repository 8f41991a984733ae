package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.metering.ModelsSettings;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingCheckTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "selection: {rules: [{tags: [x]}]}|one of task, model and tier",
                "selection: {rules: [{task: a, model: gpt-4o}]}|one of task, model and tier",
                "selection: {rules: [{task: code_reveiw}]}|did you mean 'code_review'",
                "selection: {rules: [{model: gpt-4p}]}|there is no model or group 'gpt-4p'",
                "selection: {otherwise: nothing}|there is no model or group 'nothing'",
                "residency: {teams: {a: 'e u'}}|letters and digits",
                "residency: {organizations: {acme: eu}}|by their id",
                "circuit: {failures: 0}|failures",
                "retry: {rounds: 11}|rounds",
                "hedging: {delay: 1ms}|delay"
            })
    void shouldReportWhatCouldNotWork(String routing, String message) {
        ConfigSchema schema = ConfigSchema.builder()
                .section("routing", RoutingSettings.class, "routing")
                .topLevel(ModelsSettings.class)
                .check(new RoutingCheck(configuration -> Map.of()))
                .build();
        String yaml = "model_selection: {code_review: gpt-4o}\nrouting: {" + routing + "}\n";
        assertThatThrownBy(() -> ConfigLoader.loadText("gantry.yaml", yaml, schema))
                .hasMessageContaining("gantry.yaml:2")
                .hasMessageContaining(message);
    }
}
