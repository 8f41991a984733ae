package dev.gantry.batch;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is handed in.
 *
 * @param name null for none
 * @param wishes by name of the header
 * @param items at least one, each with a name of its own
 */
public record BatchRequest(@Nullable String name, Map<String, String> wishes, List<Item> items) {
    /** Copies the collections. */
    public BatchRequest {
        wishes = Map.copyOf(wishes);
        items = List.copyOf(items);
    }

    /**
     * One request.
     *
     * @param customId as the submitter calls it
     * @param endpoint where it would be sent alone, such as {@code /v1/chat/completions}
     * @param body in JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Item(String customId, String endpoint, byte[] body) {}
}
