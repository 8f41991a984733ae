package dev.gantry.provider.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ClaudeThinking;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;

/** Writes {@code inferenceConfig}, and what only some models know beside it: thinking, and which stop sequence it was. */
final class ConverseOptions {
    private static final int OUTPUT_TOKENS_DEFAULT = 4_096;

    private ConverseOptions() {}

    static void write(ObjectNode body, ChatRequest request, BedrockModel model, UpstreamFailures failures)
            throws ProviderException {
        ObjectNode further = Json.object();
        ClaudeThinking thinking = thinking(request, model, further, failures);
        ObjectNode options = Json.object();
        Integer bound = request.outputTokensMax();
        if (bound != null || thinking.budget() > 0) {
            options.put("maxTokens", thinking.outputTokensMax(bound == null ? OUTPUT_TOKENS_DEFAULT : bound));
        }
        if (!thinking.isOn()) {
            if (request.temperature() != null) {
                options.put("temperature", Math.min(1.0, request.temperature()));
            }
            if (request.topP() != null) {
                options.put("topP", request.topP());
            }
            writeTopK(further, request, model);
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stop = options.putArray("stopSequences");
            request.stop().forEach(stop::add);
            if (model.isClaude()) {
                body.putArray("additionalModelResponseFieldPaths").add("/stop_sequence");
            }
        }
        if (!options.isEmpty()) {
            body.set("inferenceConfig", options);
        }
        if (!further.isEmpty()) {
            body.set("additionalModelRequestFields", further);
        }
    }

    private static ClaudeThinking thinking(
            ChatRequest request, BedrockModel model, ObjectNode further, UpstreamFailures failures)
            throws ProviderException {
        String effort = request.reasoningEffort();
        if (effort == null || effort.equals("none")) {
            return ClaudeThinking.NONE;
        }
        if (model.isClaude()) {
            ClaudeThinking thinking = claudeThinking(request, model);
            thinking.writeTo(further);
            return thinking;
        }
        if (model.isNova2()) {
            further.putObject("reasoningConfig")
                    .put("type", "enabled")
                    .put("maxReasoningEffort", effort.equals("minimal") ? "low" : effort);
        } else if (model.knowsEffort()) {
            further.put("reasoning_effort", effort.equals("minimal") ? "low" : effort);
        } else {
            throw failures.unsupported("reasoning_effort for " + model.id() + "; leave it out");
        }
        return ClaudeThinking.NONE;
    }

    /** A tool that must be called leaves no room for thinking. */
    private static ClaudeThinking claudeThinking(ChatRequest request, BedrockModel model) {
        boolean free =
                (request.toolChoice() instanceof ToolChoice.Auto || request.toolChoice() instanceof ToolChoice.None)
                        && !(request.outputFormat() instanceof OutputFormat.JsonSchema && model.takesSchemaByTool());
        Integer bound = request.outputTokensMax();
        return free
                ? ClaudeThinking.of(
                        model.name(),
                        request.reasoningEffort(),
                        bound == null ? OUTPUT_TOKENS_DEFAULT : bound,
                        bound != null)
                : ClaudeThinking.NONE;
    }

    /** Converse has no such option: each maker's models have their own. */
    private static void writeTopK(ObjectNode further, ChatRequest request, BedrockModel model) {
        Integer topK = request.sampling().topK();
        if (topK != null && model.isClaude()) {
            further.put("top_k", topK);
        } else if (topK != null && model.isNova()) {
            further.putObject("inferenceConfig").put("topK", topK);
        }
    }

    /** Returns what becomes of an option; a Claude that thinks draws its tokens as it likes. */
    static ChatOption.Support support(ChatOption option, ChatRequest request) {
        BedrockModel model = BedrockModel.of(request.model());
        boolean thinks = model.isClaude() && claudeThinking(request, model).isOn();
        return switch (option) {
            case TEMPERATURE, TOP_P -> thinks ? ChatOption.Support.WITHOUT_EFFECT : ChatOption.Support.TAKEN;
            case TOP_K ->
                !model.isClaude() && !model.isNova()
                        ? ChatOption.Support.MISSING
                        : thinks ? ChatOption.Support.WITHOUT_EFFECT : ChatOption.Support.TAKEN;
            case REASONING_EFFORT ->
                model.isClaude()
                        ? claudeThinking(request, model).equals(ClaudeThinking.NONE)
                                ? ChatOption.Support.WITHOUT_EFFECT
                                : ChatOption.Support.TAKEN
                        : model.isNova2() || model.knowsEffort()
                                ? ChatOption.Support.TAKEN
                                : ChatOption.Support.MISSING;
            case STOP -> ChatOption.Support.TAKEN;
            case PRESENCE_PENALTY, FREQUENCY_PENALTY, SEED, END_USER -> ChatOption.Support.MISSING;
        };
    }
}
