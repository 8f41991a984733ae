package dev.gantry.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sections and keys that the deployment guides of the five systems print and whose feature does not exist yet. They
 * are refused by name, so that nobody believes a rule to be in force that is not. A feature that arrives takes its line
 * out of here; {@link ConfigSchema.Builder#build()} insists on it.
 */
public final class GuideKeys {
    private static final Map<String, String> LATER = later();

    private GuideKeys() {}

    /** Declares all of them. */
    public static void declare(ConfigSchema.Builder schema) {
        LATER.forEach(schema::later);
    }

    private static Map<String, String> later() {
        String metrics = "a metrics port of its own, with a choice of metrics,";
        Map<String, String> keys = new LinkedHashMap<>();
        // Fabric: security.yaml, governance.yaml, budgets.yaml, .fabric/config.yaml
        keys.put("data_governance.retention.execution_logs", "deletion of what workflows did");
        keys.put("data_governance.retention.cache", "choosing here how long answers are cached");
        keys.put("data_governance.encryption", "a choice of encryption");
        // FixOps: fixops.overlay.yml
        keys.put("mode", "choosing a mode of operation");
        String analysis = "analysis of vulnerabilities";
        keys.put("reachability_analysis.enabled", analysis);
        keys.put("reachability_analysis.enable_design_time", analysis);
        keys.put("reachability_analysis.enable_runtime", analysis);
        keys.put("reachability_analysis.enable_discrepancy_detection", analysis);
        keys.put("reachability_analysis.min_confidence_threshold", analysis);
        keys.put("reachability_analysis.multi_tenancy", analysis);
        keys.put("reachability_analysis.job_queue", analysis);
        keys.put("reachability_analysis.storage", analysis);
        keys.put("reachability_analysis.monitoring", analysis);
        keys.put("compliance", "reporting on compliance");
        // AI Excellence: metrics, hardening of the MCP server
        keys.put("metrics.enabled", metrics);
        keys.put("metrics.port", metrics);
        keys.put("metrics.path", metrics);
        keys.put("metrics.counters", metrics);
        keys.put("metrics.gauges", metrics);
        keys.put("metrics.histograms", metrics);
        keys.put("metrics.aliases", "exposing the metric names of the guides");
        keys.put("mcp", "the MCP server");
        return keys;
    }
}
