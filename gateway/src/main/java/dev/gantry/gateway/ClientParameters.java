package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ClientSchema;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every parameter that the interfaces of the clients have, and what becomes of it where a request is translated because its
 * model's provider speaks another interface. A value that says what holds anyway ({@code n: 1}, a penalty of 0) is dropped
 * without a word, since SDKs and frameworks send such values by themselves.
 */
final class ClientParameters {
    /** What becomes of a parameter. */
    sealed interface Way {
        /** It belongs to the conversation or to the form of the reply; what of it cannot be said is refused where it is read. */
        record Conversation() implements Way {}

        /** It is an option that some providers know. */
        record Option(ChatOption option) implements Way {}

        /** Cost, speed or the provider's own records depend on it, and not what is answered. */
        record Hint() implements Way {}

        /** It says what the answer is to be, and no other interface can say that. */
        record Untranslatable() implements Way {}
    }

    /**
     * One parameter.
     *
     * @param name the field; of a field within another one both, with a dot between
     * @param neutral values, alone or as items of an array, that say what holds anyway
     */
    record Parameter(String name, Way way, List<JsonNode> neutral) {
        /** Returns whether a value says what would hold without it. */
        boolean isNeutral(JsonNode value) {
            if (value.isArray()) {
                for (JsonNode item : value) {
                    if (!isNeutral(item)) {
                        return false;
                    }
                }
                return true;
            }
            for (JsonNode usual : neutral) {
                boolean same = (usual.isNumber() && value.isNumber())
                        ? usual.doubleValue() == value.doubleValue()
                        : usual.equals(value);
                if (same) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final Map<ClientSchema, ClientParameters> TABLES = new EnumMap<>(ClientSchema.class);

    static {
        ClientParameters messages = anthropicMessages();
        TABLES.put(ClientSchema.OPENAI_CHAT, openAiChat());
        TABLES.put(ClientSchema.OPENAI_RESPONSES, openAiResponses());
        TABLES.put(ClientSchema.OPENAI_EMBEDDINGS, openAiEmbeddings());
        TABLES.put(ClientSchema.ANTHROPIC_MESSAGES, messages);
        TABLES.put(ClientSchema.ANTHROPIC_TOKEN_COUNT, messages);
    }

    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Set<String> parents = new TreeSet<>();

    private ClientParameters() {}

    /** Returns the parameters of an interface. */
    static ClientParameters of(ClientSchema schema) {
        return Objects.requireNonNull(TABLES.get(schema));
    }

    @Nullable
    Parameter find(String name) {
        return byName.get(name);
    }

    /** Returns whether fields of this field are parameters. */
    boolean isParent(String name) {
        return parents.contains(name);
    }

    List<Parameter> all() {
        return List.copyOf(byName.values());
    }

    Set<String> names() {
        return byName.keySet();
    }

    private static ClientParameters openAiChat() {
        return new ClientParameters()
                .conversation("messages", "model", "stream", "stream_options", "max_tokens", "max_completion_tokens")
                .conversation("tools", "tool_choice", "parallel_tool_calls", "response_format")
                .option("temperature", ChatOption.TEMPERATURE, "1")
                .option("top_p", ChatOption.TOP_P, "1")
                .option("presence_penalty", ChatOption.PRESENCE_PENALTY, "0")
                .option("frequency_penalty", ChatOption.FREQUENCY_PENALTY, "0")
                .option("stop", ChatOption.STOP)
                .option("seed", ChatOption.SEED)
                .option("reasoning_effort", ChatOption.REASONING_EFFORT, "\"none\"")
                .option("user", ChatOption.END_USER, "\"\"")
                .option("safety_identifier", ChatOption.END_USER, "\"\"")
                .hint("metadata", "{}")
                .hint("prediction")
                .hint("prompt_cache_key")
                .hint("prompt_cache_retention")
                .hint("service_tier", "\"auto\"", "\"default\"")
                .hint("store", "false")
                .hint("verbosity", "\"medium\"")
                .untranslatable("audio")
                .untranslatable("function_call", "\"auto\"", "\"none\"")
                .untranslatable("functions")
                .untranslatable("logit_bias", "{}")
                .untranslatable("logprobs", "false")
                .untranslatable("modalities", "\"text\"")
                .untranslatable("n", "1")
                .untranslatable("top_logprobs", "0")
                .untranslatable("web_search_options");
    }

    private static ClientParameters openAiResponses() {
        return new ClientParameters()
                .conversation("input", "instructions", "model", "stream", "stream_options", "max_output_tokens")
                .conversation("tools", "tool_choice", "parallel_tool_calls", "text.format")
                // Refused for every model, since they need responses that are stored.
                .conversation("background", "conversation", "previous_response_id", "prompt", "store")
                .option("temperature", ChatOption.TEMPERATURE, "1")
                .option("top_p", ChatOption.TOP_P, "1")
                .option("presence_penalty", ChatOption.PRESENCE_PENALTY, "0")
                .option("frequency_penalty", ChatOption.FREQUENCY_PENALTY, "0")
                .option("reasoning.effort", ChatOption.REASONING_EFFORT, "\"none\"")
                .option("user", ChatOption.END_USER, "\"\"")
                .option("safety_identifier", ChatOption.END_USER, "\"\"")
                .hint("access_programs")
                .hint("client_metadata", "{}")
                .hint("max_tool_calls")
                .hint("metadata", "{}")
                .hint("prompt_cache_key")
                .hint("prompt_cache_retention")
                .hint("reasoning.generate_summary")
                .hint("reasoning.summary", "\"auto\"")
                .hint("service_tier", "\"auto\"", "\"default\"")
                .hint("text.verbosity", "\"medium\"")
                .untranslatable("context_management")
                .untranslatable(
                        "include",
                        "\"reasoning.encrypted_content\"",
                        // Of tools that run at OpenAI, which are refused, and of what the request holds itself.
                        "\"code_interpreter_call.outputs\"",
                        "\"computer_call_output.output.image_url\"",
                        "\"file_search_call.results\"",
                        "\"message.input_image.image_url\"",
                        "\"web_search_call.action.sources\"",
                        "\"web_search_call.results\"")
                .untranslatable("top_logprobs", "0")
                .untranslatable("truncation", "\"disabled\"");
    }

    private static ClientParameters openAiEmbeddings() {
        return new ClientParameters()
                .conversation("input", "model", "dimensions", "encoding_format")
                .option("user", ChatOption.END_USER, "\"\"");
    }

    private static ClientParameters anthropicMessages() {
        return new ClientParameters()
                .conversation("messages", "model", "system", "stream", "max_tokens", "tools", "tool_choice")
                .conversation("thinking", "output_config.format", "output_format")
                // Values with a price that Gantry does not know are refused for every model.
                .conversation("inference_geo", "speed")
                .option("temperature", ChatOption.TEMPERATURE, "1")
                .option("top_p", ChatOption.TOP_P, "1")
                .option("top_k", ChatOption.TOP_K)
                .option("stop_sequences", ChatOption.STOP)
                .option("output_config.effort", ChatOption.REASONING_EFFORT)
                .option("metadata.user_id", ChatOption.END_USER, "\"\"")
                .hint("cache_control")
                .hint("context_management", "{}")
                .hint("diagnostics", "{}")
                .hint("fallback_credit_token")
                .hint("fallbacks")
                .hint("output_config.task_budget")
                .hint("service_tier", "\"auto\"", "\"standard_only\"")
                .hint("user_profile_id")
                .untranslatable("container")
                .untranslatable("mcp_servers")
                // What came before lies with Anthropic, and not in the request.
                .untranslatable("thread");
    }

    private ClientParameters conversation(String... names) {
        for (String name : names) {
            add(name, new Way.Conversation());
        }
        return this;
    }

    private ClientParameters option(String name, ChatOption option, String... neutral) {
        return add(name, new Way.Option(option), neutral);
    }

    private ClientParameters hint(String name, String... neutral) {
        return add(name, new Way.Hint(), neutral);
    }

    private ClientParameters untranslatable(String name, String... neutral) {
        return add(name, new Way.Untranslatable(), neutral);
    }

    private ClientParameters add(String name, Way way, String... neutral) {
        List<JsonNode> values = new ArrayList<>();
        for (String json : neutral) {
            values.add(Json.read(json));
        }
        byName.put(name, new Parameter(name, way, List.copyOf(values)));
        int dot = name.indexOf('.');
        if (dot > 0) {
            parents.add(name.substring(0, dot));
        }
        return this;
    }
}
