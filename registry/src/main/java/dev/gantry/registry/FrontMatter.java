package dev.gantry.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pattern says about itself in the YAML block at its beginning. A null component means that the pattern does not
 * say it.
 *
 * @param description one or two sentences
 * @param model the model to use when the caller names none
 * @param temperature randomness, 0 to 2
 * @param topP nucleus sampling, 0 to 1
 * @param outputTokensMax bound on generated tokens ({@code max_tokens} in the file)
 * @param tags for finding it, in lower case
 * @param variables in the order of the file
 * @param output JSON Schema that answers must follow ({@code output} in the file, in short form); null for text
 * @param version the author's own number of a built-in pattern; stored patterns are numbered by the registry
 */
public record FrontMatter(
        @Nullable String description,
        @Nullable String model,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer outputTokensMax,
        List<String> tags,
        List<VariableDeclaration> variables,
        @Nullable ObjectNode output,
        @Nullable Integer version) {
    /** A pattern without front matter. */
    public static final FrontMatter NONE =
            new FrontMatter(null, null, null, null, null, List.of(), List.of(), null, null);

    /** Returns the facts on an asset that says nothing else about itself. */
    static FrontMatter described(String description, List<String> tags) {
        return new FrontMatter(description, null, null, null, null, tags, List.of(), null, null);
    }

    /** Copies the lists. */
    public FrontMatter {
        tags = List.copyOf(tags);
        variables = List.copyOf(variables);
    }
}
