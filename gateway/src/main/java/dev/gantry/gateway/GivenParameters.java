package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ClientParameters.Parameter;
import dev.gantry.gateway.ClientParameters.Way;
import dev.gantry.provider.ClientSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one request says beyond its conversation.
 *
 * @param schema the interface in which it came
 * @param known parameters of the interface whose value differs from what would hold anyway
 * @param unknown names that the interface does not have, as they were sent; the first of them
 */
record GivenParameters(ClientSchema schema, List<Parameter> known, List<String> unknown) {
    private static final int UNKNOWN_MAX = 20;

    /** Copies the lists. */
    GivenParameters {
        known = List.copyOf(known);
        unknown = List.copyOf(unknown);
    }

    static GivenParameters of(ClientSchema schema, ObjectNode body) {
        Collector collector = new Collector(ClientParameters.of(schema));
        collector.collect("", body);
        return new GivenParameters(schema, collector.known, collector.unknown);
    }

    boolean isEmpty() {
        return known.isEmpty() && unknown.isEmpty();
    }

    private static final class Collector {
        private final ClientParameters table;
        private final List<Parameter> known = new ArrayList<>();
        private final List<String> unknown = new ArrayList<>();

        Collector(ClientParameters table) {
            this.table = table;
        }

        void collect(String prefix, ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                if (!field.getValue().isNull()) {
                    add(prefix, field.getKey(), field.getValue());
                }
            }
        }

        private void add(String prefix, String field, JsonNode value) {
            String name = prefix + field;
            Parameter parameter = field.indexOf('.') < 0 ? table.find(name) : null;
            if (parameter != null) {
                if (!(parameter.way() instanceof Way.Conversation) && !parameter.isNeutral(value)) {
                    known.add(parameter);
                }
            } else if (prefix.isEmpty() && table.isParent(field)) {
                // Of another type, it is refused where it is read.
                if (value instanceof ObjectNode inner) {
                    collect(field + ".", inner);
                }
            } else if (unknown.size() < UNKNOWN_MAX) {
                unknown.add(name);
            }
        }
    }
}
