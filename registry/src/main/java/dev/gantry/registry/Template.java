package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The instructions of a pattern with their placeholders found. Parsed once, before any value is known; expanding walks
 * over the parsed parts and never looks at what it wrote. A value, an input or what a function returned is therefore
 * never a template itself, whatever braces it holds.
 *
 * <p>Placeholders are {@code {{name}}} and {@code {{plugin:namespace:operation:argument}}}; the argument may contain
 * placeholders in its turn. Only names that have a value and functions that exist are expanded: everything else is text
 * and comes out as it was written, byte for byte. Immutable.
 */
final class Template {
    /** The name of the placeholder that stands for the input. */
    static final String INPUT = "input";

    private final List<TemplateNode> nodes;

    private Template(List<TemplateNode> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    static Template parse(String text) {
        return new Template(new TemplateParser(text).parse());
    }

    /**
     * What came out.
     *
     * @param text the instructions
     * @param materials texts that the instructions refer to and that belong into the user's message, in order
     * @param unknownNames names between braces that have no value and stayed as they were written
     */
    record Expansion(String text, List<Material> materials, Set<String> unknownNames) {}

    /**
     * A text from outside that the instructions refer to.
     *
     * @param label what the instructions call it
     */
    record Material(String label, String text) {}

    /**
     * Expands the placeholders.
     *
     * @param values the variables that have a value; never {@code input}
     * @param inputReference what stands in the instructions for the input, which itself does not come here
     * @param charsMax longest text that may come out, materials included
     * @throws GantryException {@link ErrorCode#INVALID_VARIABLE} if a function's argument needs a variable without value,
     *     {@link ErrorCode#REQUEST_TOO_LARGE} above {@code charsMax}, and whatever a function throws
     */
    Expansion expand(Map<String, String> values, String inputReference, TemplateFunctions functions, long charsMax) {
        Run run = new Run(values, inputReference, functions, charsMax);
        StringBuilder text = new StringBuilder();
        for (TemplateNode node : nodes) {
            run.append(text, node);
        }
        return new Expansion(text.toString(), List.copyOf(run.materials), run.unknownNames);
    }

    /** Returns every name between braces, in order of appearance, {@code input} included. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        collectNames(nodes, names);
        return names;
    }

    /** Returns the line in which the input is a function's argument, or 0 if it nowhere is. */
    int lineOfInputAsArgument() {
        for (TemplateNode node : nodes) {
            if (node instanceof TemplateNode.Call call) {
                Set<String> names = new LinkedHashSet<>();
                collectNames(call.argument(), names);
                if (names.contains(INPUT)) {
                    return call.line();
                }
            }
        }
        return 0;
    }

    private static void collectNames(List<TemplateNode> nodes, Set<String> names) {
        for (TemplateNode node : nodes) {
            switch (node) {
                case TemplateNode.Literal literal -> {}
                case TemplateNode.Variable variable -> names.add(variable.name());
                case TemplateNode.Call call -> collectNames(call.argument(), names);
            }
        }
    }

    /** One expansion under way. */
    private static final class Run {
        private final Map<String, String> values;
        private final String inputReference;
        private final TemplateFunctions functions;
        private final long charsMax;
        private final List<Material> materials = new ArrayList<>();
        private final Set<String> unknownNames = new LinkedHashSet<>();
        private long chars;

        Run(Map<String, String> values, String inputReference, TemplateFunctions functions, long charsMax) {
            this.values = values;
            this.inputReference = inputReference;
            this.functions = functions;
            this.charsMax = charsMax;
        }

        void append(StringBuilder text, TemplateNode node) {
            switch (node) {
                case TemplateNode.Literal literal -> write(text, literal.text());
                case TemplateNode.Variable variable -> {
                    String value = value(variable);
                    if (value == null) {
                        unknownNames.add(variable.name());
                        write(text, variable.raw());
                    } else {
                        write(text, value);
                    }
                }
                case TemplateNode.Call call -> {
                    String result = call(call);
                    if (call.yieldsMaterial()) {
                        count(result);
                        Material material = new Material("material " + (materials.size() + 1), result);
                        materials.add(material);
                        write(text, "[" + material.label() + " in the user's message]");
                    } else {
                        write(text, result);
                    }
                }
            }
        }

        private String call(TemplateNode.Call call) {
            StringBuilder argument = new StringBuilder();
            for (TemplateNode part : call.argument()) {
                if (part instanceof TemplateNode.Variable variable && value(variable) == null) {
                    throw new GantryException(
                            ErrorCode.INVALID_VARIABLE,
                            "The variable '" + variable.name() + "' is needed by " + call.name() + " in line "
                                    + call.line() + " and has no value");
                }
                append(argument, part);
            }
            return functions.call(call.namespace(), call.operation(), argument.toString());
        }

        private @Nullable String value(TemplateNode.Variable variable) {
            return variable.name().equals(INPUT) ? inputReference : values.get(variable.name());
        }

        private void write(StringBuilder text, String piece) {
            count(piece);
            text.append(piece);
        }

        private void count(String piece) {
            chars += piece.length();
            if (chars > charsMax) {
                throw new GantryException(
                        ErrorCode.REQUEST_TOO_LARGE,
                        "With its variables the pattern is longer than " + charsMax + " characters");
            }
        }
    }
}
