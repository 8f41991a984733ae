package dev.gantry.gateway;

import dev.gantry.gateway.ClientParameters.Parameter;
import dev.gantry.gateway.ClientParameters.Way;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes down what becomes of the parameters of the clients' interfaces, for the documentation. */
public final class ParameterTables {
    private ParameterTables() {}

    /**
     * A kind of provider.
     *
     * @param model a model of it, by the name that the provider knows
     */
    public record Column(ChatProvider provider, String model) {}

    /**
     * Returns the tables as Markdown.
     *
     * @param columns kinds of providers by their headings, in order
     */
    public static String toMarkdown(Map<String, Column> columns) {
        StringBuilder text = new StringBuilder();
        for (ClientSchema schema : ClientSchema.values()) {
            if (schema != ClientSchema.ANTHROPIC_TOKEN_COUNT) {
                write(text, schema, columns);
            }
        }
        return text.toString();
    }

    private static void write(StringBuilder text, ClientSchema schema, Map<String, Column> columns) {
        List<Parameter> all = ClientParameters.of(schema).all();
        text.append("\n### `")
                .append(path(schema))
                .append("`\n\nPart of the conversation, and translated or refused by name: ");
        text.append(all.stream()
                .filter(parameter -> parameter.way() instanceof Way.Conversation)
                .map(parameter -> "`" + parameter.name() + "`")
                .collect(Collectors.joining(", ")));
        text.append(".\n\n| parameter | dropped without a word |");
        columns.keySet().forEach(heading -> text.append(' ').append(heading).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(columns.size())).append('\n');
        for (Parameter parameter : all) {
            if (!(parameter.way() instanceof Way.Conversation)) {
                text.append("| `").append(parameter.name()).append("` | ");
                text.append(parameter.neutral().stream()
                        .map(value -> "`" + value + "`")
                        .collect(Collectors.joining(", ")));
                text.append(" |");
                columns.values()
                        .forEach(column -> text.append(' ')
                                .append(cell(schema, parameter, column))
                                .append(" |"));
                text.append('\n');
            }
        }
    }

    private static String cell(ClientSchema schema, Parameter parameter, Column column) {
        if (column.provider().nativeEndpoint(schema).isPresent()) {
            return "as it is";
        }
        ChatRequest request = ChatRequest.of(column.model(), List.of());
        boolean effort =
                parameter.way() instanceof Way.Option(ChatOption option) && option == ChatOption.REASONING_EFFORT;
        return switch (ParameterPolicy.fate(parameter, column.provider(), effort ? withEffort(request) : request)) {
            case TAKEN -> "yes";
            case IGNORED -> "ignored";
            case UNTRANSLATABLE -> "refused";
        };
    }

    private static ChatRequest withEffort(ChatRequest request) {
        return new ChatRequest(
                request.model(),
                request.messages(),
                false,
                null,
                null,
                null,
                List.of(),
                null,
                List.of(),
                request.toolChoice(),
                null,
                request.outputFormat(),
                "low",
                null);
    }

    private static String path(ClientSchema schema) {
        return switch (schema) {
            case OPENAI_CHAT -> "/v1/chat/completions";
            case OPENAI_RESPONSES -> "/v1/responses";
            case OPENAI_EMBEDDINGS -> "/v1/embeddings";
            case ANTHROPIC_MESSAGES, ANTHROPIC_TOKEN_COUNT -> "/v1/messages";
        };
    }
}
