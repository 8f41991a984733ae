package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The keys of a YAML mapping inside of a pattern's file. Works on nodes, which know their lines; nothing is ever
 * constructed from a tag.
 *
 * @param values the nodes by key, in the order of the file
 * @param line the line of the file in which the mapping begins, from 1
 * @param linesBefore lines of the file before the YAML text
 */
record YamlFields(Map<String, Node> values, int line, int linesBefore) {
    private static final int KEYS_MAX = 200;

    static YamlFields of(MappingNode mapping, int linesBefore) {
        Map<String, Node> values = new LinkedHashMap<>();
        if (mapping.getValue().size() > KEYS_MAX) {
            throw invalid(line(mapping, linesBefore), "there are more than " + KEYS_MAX + " keys");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                throw invalid(line(key, linesBefore), "a key must be a plain word");
            }
            if (values.put(scalar.getValue(), tuple.getValueNode()) != null) {
                throw invalid(line(key, linesBefore), "'" + shown(scalar.getValue()) + "' is there twice");
            }
        }
        return new YamlFields(values, line(mapping, linesBefore), linesBefore);
    }

    @Nullable
    String text(String key, int lengthMax) {
        ScalarNode scalar = scalar(key);
        if (scalar == null) {
            return null;
        }
        String text = scalar.getValue().strip();
        if (text.length() > lengthMax) {
            throw invalid(key, "must not be longer than " + lengthMax + " characters");
        }
        return text.isEmpty() ? null : text;
    }

    @Nullable
    Double decimal(String key, double min, double max) {
        ScalarNode scalar = scalar(key);
        if (scalar == null) {
            return null;
        }
        try {
            double value = Double.parseDouble(scalar.getValue());
            if (isNumber(scalar) && value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below, as a number out of bounds is.
        }
        throw invalid(key, "must be a number from " + min + " to " + max);
    }

    @Nullable
    Integer integer(String key, int min, int max) {
        ScalarNode scalar = scalar(key);
        if (scalar == null) {
            return null;
        }
        try {
            int value = Integer.parseInt(scalar.getValue());
            if (isNumber(scalar) && value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below, as a number out of bounds is.
        }
        throw invalid(key, "must be a whole number from " + min + " to " + max);
    }

    boolean bool(String key, boolean absent) {
        ScalarNode scalar = scalar(key);
        if (scalar == null) {
            return absent;
        }
        if (!scalar.getTag().equals(Tag.BOOL)) {
            throw invalid(key, "must be true or false");
        }
        return Boolean.parseBoolean(scalar.getValue());
    }

    /** Returns the texts of a list of plain values; empty when absent. */
    List<String> texts(String key, int countMax) {
        Node node = values.get(key);
        if (node == null || isNull(node)) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw invalid(key, "must be a list");
        }
        if (sequence.getValue().size() > countMax) {
            throw invalid(key, "must not have more than " + countMax + " entries");
        }
        List<String> texts = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            if (!(item instanceof ScalarNode scalar)) {
                throw invalid(line(item, linesBefore), "an entry of '" + shown(key) + "' must be plain text");
            }
            texts.add(scalar.getValue().strip());
        }
        return texts;
    }

    private @Nullable ScalarNode scalar(String key) {
        Node node = values.get(key);
        if (node == null || isNull(node)) {
            return null;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar;
        }
        throw invalid(key, "must be a plain value");
    }

    /** Refuses keys that are not known. */
    void refuseUnknown(Set<String> known) {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw invalid(key, "is not a known key" + Text.didYouMean(key, known));
            }
        }
    }

    GantryException invalid(String key, String problem) {
        Node node = values.get(key);
        return invalid(node == null ? line : line(node, linesBefore), "'" + shown(key) + "' " + problem);
    }

    static GantryException invalid(int line, String problem) {
        String message = "front matter, line " + line + ": " + problem;
        return new GantryException(
                ErrorCode.INVALID_REQUEST, message, List.of(new FieldError("/content", message)), null, null);
    }

    static int line(Node node, int linesBefore) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1) + linesBefore;
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static boolean isNumber(ScalarNode scalar) {
        return scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT);
    }

    private static String shown(String key) {
        return Text.shorten(key, 60);
    }
}
