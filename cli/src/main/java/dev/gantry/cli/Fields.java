package dev.gantry.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Fills request bodies from options. */
final class Fields {
    private Fields() {}

    /** Puts a value unless it is empty, as an option that was not given is. */
    static void put(ObjectNode request, String field, String value) {
        if (!value.isEmpty()) {
            request.put(field, value);
        }
    }

    /** Puts a list unless it is empty. */
    static void put(ObjectNode request, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = request.putArray(field);
            values.forEach(array::add);
        }
    }
}
