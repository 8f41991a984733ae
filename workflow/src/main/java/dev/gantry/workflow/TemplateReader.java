package dev.gantry.workflow;

import dev.gantry.workflow.Finding.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the expressions in a text. A dollar sign and a brace begin one; its end is the brace that closes it, those in strings
 * and in objects within the expression left aside. Two dollar signs and a brace stand for one and the brace.
 */
final class TemplateReader {
    private static final String BEGIN = "${";

    private final String text;
    private final Position start;
    private final String path;
    private final Findings findings;

    /**
     * Prepares.
     *
     * @param start where the text begins in the file
     */
    TemplateReader(String text, Position start, String path, Findings findings) {
        this.text = text;
        this.start = start;
        this.path = path;
        this.findings = findings;
    }

    Template read() {
        List<Template.Part> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int next = text.indexOf(BEGIN, at);
            if (next < 0) {
                plain.append(text, at, text.length());
                break;
            }
            if (next > at && text.charAt(next - 1) == '$') {
                plain.append(text, at, next - 1).append(BEGIN);
                at = next + BEGIN.length();
                continue;
            }
            plain.append(text, at, next);
            int end = end(text, next + BEGIN.length());
            if (end < 0) {
                findings.add(
                        Rule.EXPRESSION, position(next), path, "a '${' here has no '}'; write '$${' for a plain '${'");
                return Template.plain(text, start);
            }
            if (!plain.isEmpty()) {
                parts.add(new Template.Plain(plain.toString()));
                plain.setLength(0);
            }
            parts.add(new Template.Slot(expression(next + BEGIN.length(), end)));
            at = end + 1;
        }
        if (!plain.isEmpty()) {
            parts.add(new Template.Plain(plain.toString()));
        }
        return new Template(parts, start);
    }

    /** Returns the text as one expression, without the {@code ${}} that may stand around it. */
    Expression formula() {
        String trimmed = text.strip();
        if (trimmed.startsWith(BEGIN) && end(trimmed, BEGIN.length()) == trimmed.length() - 1) {
            int from = text.indexOf(BEGIN) + BEGIN.length();
            return expression(from, text.lastIndexOf('}'));
        }
        return expression(0, text.length());
    }

    private Expression expression(int from, int to) {
        String source = text.substring(from, to).strip();
        int begin = from;
        while (begin < to && Character.isWhitespace(text.charAt(begin))) {
            begin++;
        }
        Expression expression = new Expression(source, position(begin));
        if (source.isEmpty()) {
            findings.add(Rule.EXPRESSION, expression.position(), path, "the expression is empty");
        }
        return expression;
    }

    /** Texts of several lines stand in blocks, which begin on the line behind the key's. */
    private Position position(int offset) {
        if (start.line() == 0) {
            return start;
        }
        if (text.indexOf('\n') < 0) {
            return new Position(start.line(), start.column() + text.codePointCount(0, offset));
        }
        int line = start.line()
                + 1
                + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
        return new Position(line, 1);
    }

    /** Returns where the expression that begins at an offset ends, or -1. */
    private static int end(String text, int from) {
        int open = 0;
        char quote = 0;
        for (int at = from; at < text.length(); at++) {
            char character = text.charAt(at);
            if (quote != 0) {
                if (character == '\\') {
                    at++;
                } else if (character == quote) {
                    quote = 0;
                }
            } else if (character == '\'' || character == '"') {
                quote = character;
            } else if (character == '{') {
                open++;
            } else if (character == '}' && open-- == 0) {
                return at;
            }
        }
        return -1;
    }

    /** Reads a text without findings, for importers. */
    static @Nullable Template readOrNull(String text) {
        Findings findings = new Findings();
        Template template = new TemplateReader(text, Position.NONE, "", findings).read();
        return findings.hasErrors() ? null : template;
    }
}
