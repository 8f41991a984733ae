package dev.gantry.workflow;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Text with expressions in it: {@code Review ${inputs.file} again}. Values that are put in are data; what they contain is
 * never read as a template.
 *
 * @param parts in order; neighbouring pieces of plain text are one part
 * @param position where it begins in the file
 */
public record Template(List<Part> parts, Position position) {
    /** Copies the list. */
    public Template {
        parts = List.copyOf(parts);
    }

    /** A piece of a template. */
    public sealed interface Part {}

    /** Text that stands for itself. */
    public record Plain(String text) implements Part {}

    /** A place that takes the value of an expression. */
    public record Slot(Expression expression) implements Part {}

    /** Returns a template without expressions. */
    public static Template plain(String text, Position position) {
        return new Template(text.isEmpty() ? List.of() : List.of(new Plain(text)), position);
    }

    /**
     * Returns the expression when the template is nothing but one. Such a template keeps the type of its value, a list for
     * example; every other one makes text.
     */
    public Optional<Expression> soleExpression() {
        return parts.size() == 1 && parts.getFirst() instanceof Slot slot
                ? Optional.of(slot.expression())
                : Optional.empty();
    }

    /** Returns the expressions in order. */
    public Stream<Expression> expressions() {
        return parts.stream()
                .flatMap(part -> part instanceof Slot slot ? Stream.of(slot.expression()) : Stream.empty());
    }
}
