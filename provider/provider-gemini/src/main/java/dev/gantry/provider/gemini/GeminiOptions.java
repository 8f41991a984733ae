package dev.gantry.provider.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.OutputFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes {@code generationConfig}. A seed that does not fit Gemini's 32 bits is folded into them. How long to think is a level
 * from the third generation on and a budget of tokens before; with it come the thoughts in the answer.
 */
final class GeminiOptions {
    private static final Pattern GENERATION = Pattern.compile("gemini-([0-9]{1,3})(?![0-9])");
    private static final int THIRD = 3;
    private static final int BUDGET_LOW = 1_024;
    private static final int BUDGET_MEDIUM = 8_192;
    private static final int BUDGET_HIGH = 24_576;

    private GeminiOptions() {}

    static ObjectNode of(ChatRequest request) {
        ObjectNode options = Json.object();
        if (request.outputTokensMax() != null) {
            options.put("maxOutputTokens", request.outputTokensMax());
        }
        if (request.temperature() != null) {
            options.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            options.put("topP", request.topP());
        }
        if (request.sampling().topK() != null) {
            options.put("topK", request.sampling().topK());
        }
        if (request.sampling().presencePenalty() != null && takesPenalties(request.model())) {
            options.put("presencePenalty", request.sampling().presencePenalty());
        }
        if (request.sampling().frequencyPenalty() != null && takesPenalties(request.model())) {
            options.put("frequencyPenalty", request.sampling().frequencyPenalty());
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stop = options.putArray("stopSequences");
            request.stop().forEach(stop::add);
        }
        if (request.seed() != null) {
            long seed = request.seed();
            options.put("seed", (int) seed == seed ? (int) seed : Long.hashCode(seed));
        }
        switch (request.outputFormat()) {
            case OutputFormat.PlainText plain -> {
                // The default.
            }
            case OutputFormat.AnyJson any -> options.put("responseMimeType", "application/json");
            case OutputFormat.JsonSchema schema ->
                options.put("responseMimeType", "application/json").set("responseJsonSchema", schema.schema());
        }
        if (request.reasoningEffort() != null) {
            writeThinking(options, request.model(), request.reasoningEffort());
        }
        return options;
    }

    private static void writeThinking(ObjectNode options, String model, String effort) {
        ObjectNode thinking = options.putObject("thinkingConfig");
        if (generation(model) >= THIRD) {
            thinking.put(
                    "thinkingLevel",
                    switch (effort) {
                        case "none", "minimal" -> model.contains("pro") ? "low" : "minimal";
                        case "low" -> "low";
                        case "medium" -> "medium";
                        default -> "high";
                    });
        } else {
            thinking.put(
                    "thinkingBudget",
                    switch (effort) {
                        // The Pro models cannot be kept from thinking: 128 is their least.
                        case "none" -> model.contains("pro") ? 128 : 0;
                        case "minimal", "low" -> BUDGET_LOW;
                        case "medium" -> BUDGET_MEDIUM;
                        default -> BUDGET_HIGH;
                    });
        }
        if (!effort.equals("none")) {
            thinking.put("includeThoughts", true);
        }
    }

    /** Later models refuse every penalty but 0. */
    static boolean takesPenalties(String model) {
        return model.contains("gemini-2.0");
    }

    /** Returns the generation that a model's name tells; the newest for names that tell none. */
    static int generation(String model) {
        Matcher matcher = GENERATION.matcher(model);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : model.contains("gemini-") ? Integer.MAX_VALUE : 0;
    }
}
