package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of a run that a strand has read or made, so that it need not read them again: they do not change while the run goes
 * on. Bounded; used by one thread.
 */
final class Memory {
    private static final int VALUES_MAX = 256;

    private final Map<String, JsonNode> values = new HashMap<>();

    @Nullable
    JsonNode get(String place) {
        return values.get(place);
    }

    void put(String place, JsonNode value) {
        if (values.size() >= VALUES_MAX) {
            values.clear();
        }
        values.put(place, value);
    }
}
