package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the placeholders of a text in time proportional to its length: pairs of braces are matched once with a stack, so
 * that no text of unclosed braces makes it look twice.
 */
final class TemplateParser {
    /** Functions within arguments of functions; what is nested deeper is text. */
    private static final int DEPTH_MAX = 4;

    private static final int CALLS_MAX = 50;

    private static final Pattern NAME =
            Pattern.compile("\\{\\{[ \\t]{0,8}#?([A-Za-z_][A-Za-z0-9_.-]{0,63})[ \\t]{0,8}\\}\\}");
    private static final Pattern FUNCTION = Pattern.compile("\\{\\{[ \\t]{0,8}plugin:([a-z]{1,20}):([a-z]{1,20})");

    private final String text;
    private final Map<Integer, Integer> closings = new HashMap<>();
    private int calls;
    private int line = 1;
    private int lineCountedTo;

    TemplateParser(String text) {
        this.text = text;
    }

    List<TemplateNode> parse() {
        if (!text.contains("{{")) {
            return List.of(new TemplateNode.Literal(text));
        }
        matchBraces();
        return parse(0, text.length(), 0);
    }

    /** Remembers for every pair of opening braces where its closing pair begins, if it has one. */
    private void matchBraces() {
        Deque<Integer> open = new ArrayDeque<>();
        int position = 0;
        while (position < text.length()) {
            char character = text.charAt(position);
            int end = position + 1;
            if (character == '{' || character == '}') {
                while (end < text.length() && text.charAt(end) == character) {
                    end++;
                }
                int pairs = (end - position) / 2;
                // Of an odd number of braces the innermost form the pairs, as in {{{name}}}.
                int first = character == '{' ? end - 2 * pairs : position;
                for (int pair = 0; pair < pairs; pair++) {
                    if (character == '{') {
                        open.push(first + 2 * pair);
                    } else if (!open.isEmpty()) {
                        closings.put(open.pop(), first + 2 * pair);
                    }
                }
            }
            position = end;
        }
    }

    private List<TemplateNode> parse(int from, int to, int depth) {
        List<TemplateNode> nodes = new ArrayList<>();
        int literalFrom = from;
        int position = text.indexOf("{{", from);
        while (position >= 0 && position < to) {
            Parsed parsed = placeholder(position, to, depth);
            if (parsed == null) {
                position = text.indexOf("{{", position + 1);
                continue;
            }
            if (position > literalFrom) {
                nodes.add(new TemplateNode.Literal(text.substring(literalFrom, position)));
            }
            nodes.add(parsed.node());
            literalFrom = parsed.end();
            position = text.indexOf("{{", literalFrom);
        }
        if (literalFrom < to) {
            nodes.add(new TemplateNode.Literal(text.substring(literalFrom, to)));
        }
        return nodes;
    }

    private record Parsed(TemplateNode node, int end) {}

    private @Nullable Parsed placeholder(int position, int to, int depth) {
        Matcher name = NAME.matcher(text).region(position, to);
        if (name.lookingAt()) {
            return new Parsed(new TemplateNode.Variable(name.group(1), name.group()), name.end());
        }
        Integer closing = closings.get(position);
        if (closing == null || closing + 2 > to || depth >= DEPTH_MAX) {
            return null;
        }
        Matcher function = FUNCTION.matcher(text).region(position, closing);
        if (!function.lookingAt() || !TemplateFunctions.exists(function.group(1), function.group(2))) {
            return null;
        }
        return call(function.group(1), function.group(2), position, function.end(), closing, depth);
    }

    /** Reads what follows the operation: nothing, or a colon and the argument. */
    private @Nullable Parsed call(
            String namespace, String operation, int position, int operationEnd, int closing, int depth) {
        int at = lineOf(position);
        List<TemplateNode> argument = List.of();
        if (operationEnd < closing && text.charAt(operationEnd) == ':') {
            argument = parse(operationEnd + 1, closing, depth + 1);
        } else if (!text.substring(operationEnd, closing).isBlank()) {
            return null;
        }
        if (++calls > CALLS_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "line " + at + ": a pattern may use at most " + CALLS_MAX + " functions");
        }
        boolean nestsMaterial =
                argument.stream().anyMatch(part -> part instanceof TemplateNode.Call call && call.yieldsMaterial());
        if (nestsMaterial) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "line " + at + ": what is fetched goes into the user's message and cannot be an argument of "
                            + namespace + ":" + operation);
        }
        return new Parsed(new TemplateNode.Call(namespace, operation, argument, at), closing + 2);
    }

    /** Counts on from where it was last asked, since placeholders are met in the order of the text. */
    private int lineOf(int position) {
        for (int index = lineCountedTo; index < position; index++) {
            if (text.charAt(index) == '\n') {
                line++;
            }
        }
        lineCountedTo = position;
        return line;
    }
}
