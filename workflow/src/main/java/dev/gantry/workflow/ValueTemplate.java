package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A JSON value whose texts are templates, such as the arguments of a tool. */
public sealed interface ValueTemplate {
    /** Where it begins in the file. */
    Position position();

    /** A number, a truth value or null; the value must not be changed. */
    record Constant(JsonNode value, Position position) implements ValueTemplate {}

    /** A text, or one expression that gives any value. */
    record Text(Template template) implements ValueTemplate {
        @Override
        public Position position() {
            return template.position();
        }
    }

    /** A list. */
    record Items(List<ValueTemplate> items, Position position) implements ValueTemplate {
        /** Copies the list. */
        public Items {
            items = List.copyOf(items);
        }
    }

    /** An object, its fields in the order of the file. */
    record Fields(Map<String, ValueTemplate> fields, Position position) implements ValueTemplate {
        /** Copies the map. */
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** Returns the expressions within, in order. */
    default Stream<Expression> expressions() {
        return switch (this) {
            case Constant _ -> Stream.empty();
            case Text text -> text.template().expressions();
            case Items list -> list.items().stream().flatMap(ValueTemplate::expressions);
            case Fields object -> object.fields().values().stream().flatMap(ValueTemplate::expressions);
        };
    }
}
