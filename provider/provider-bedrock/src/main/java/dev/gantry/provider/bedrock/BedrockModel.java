package dev.gantry.provider.bedrock;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a model's id or ARN says about it. An application's own inference profile has an opaque name, which says nothing.
 *
 * @param id what requests name
 * @param name the id without the ARN around it and without the area of a cross-region profile before it
 * @param area the area of a cross-region profile, such as {@code eu}; empty when it is none
 */
record BedrockModel(String id, String name, String area) {
    /** Where profiles send requests: a region of AWS or the common beginning of the names of several. */
    private static final Map<String, String> AREAS = Map.of(
            "us", "us",
            "us-gov", "us-gov",
            "eu", "eu",
            "apac", "ap",
            "au", "ap-southeast",
            "jp", "ap-northeast",
            "ca", "ca",
            "global", "");

    private static final List<String> OPAQUE =
            List.of(":application-inference-profile/", "-prompt-router/", ":prompt/");

    /** Claude before version 4.5 and Nova take a schema only as that of a tool. */
    private static final Pattern SCHEMA_BY_TOOL =
            Pattern.compile("amazon\\.nova|claude-(v2|instant|3|(sonnet|opus)-4-(2025|1-))");

    static BedrockModel of(String id) {
        String name = id.startsWith("arn:") ? id.substring(id.lastIndexOf('/') + 1) : id;
        int dot = name.indexOf('.');
        String area = dot > 0 ? name.substring(0, dot) : "";
        return AREAS.containsKey(area)
                ? new BedrockModel(id, name.substring(dot + 1), area)
                : new BedrockModel(id, name, "");
    }

    boolean isClaude() {
        return name.contains("claude");
    }

    boolean isNova() {
        return name.startsWith("amazon.nova");
    }

    boolean isNova2() {
        return name.contains("nova-2");
    }

    /** Returns whether its makers know {@code reasoning_effort}. */
    boolean knowsEffort() {
        return name.startsWith("openai.") || name.startsWith("deepseek.") || name.startsWith("qwen.");
    }

    boolean takesSchemaByTool() {
        return SCHEMA_BY_TOOL.matcher(name).find();
    }

    /**
     * Returns where it runs: in its area when that is known, and nowhere in particular when it may be anywhere.
     *
     * @param configured the region that is called
     */
    Optional<String> region(Optional<String> configured) {
        if (!area.isEmpty()) {
            return Optional.of(AREAS.getOrDefault(area, "")).filter(place -> !place.isEmpty());
        }
        if (!id.startsWith("arn:")) {
            return configured;
        }
        String[] parts = id.split(":", 6);
        boolean opaque = OPAQUE.stream().anyMatch(id::contains);
        return opaque || parts.length < 6 || parts[3].isEmpty() ? Optional.empty() : Optional.of(parts[3]);
    }
}
