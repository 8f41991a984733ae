package dev.gantry.registry;

import java.util.List;

/** A part of a template. */
sealed interface TemplateNode {
    /** Text that stays as it is. */
    record Literal(String text) implements TemplateNode {}

    /**
     * A name between braces, which is a variable if it has a value and text otherwise.
     *
     * @param raw the placeholder as it was written, braces included
     */
    record Variable(String name, String raw) implements TemplateNode {}

    /**
     * A function that exists.
     *
     * @param argument parts of the text behind the operation; empty when there is none
     * @param line the line of the template in which it stands, from 1
     */
    record Call(String namespace, String operation, List<TemplateNode> argument, int line) implements TemplateNode {
        public Call {
            argument = List.copyOf(argument);
        }

        /** Whether the result is somebody else's text, which does not belong among the instructions. */
        boolean yieldsMaterial() {
            return namespace.equals("fetch");
        }

        String name() {
            return "plugin:" + namespace + ":" + operation;
        }
    }
}
