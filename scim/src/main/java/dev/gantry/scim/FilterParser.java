package dev.gantry.scim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.scim.ScimFilter.Operator;
import java.util.List;
import java.util.Locale;

/**
 * Reads filters by recursive descent; length, nesting and the number of comparisons are bounded, so that reading takes time
 * in proportion to the text and nothing overflows.
 */
final class FilterParser {
    static final int LENGTH_MAX = 4_000;
    private static final int DEPTH_MAX = 20;
    private static final int COMPARISONS_MAX = 100;

    private final String text;
    private int at;
    private int depth;
    private int comparisons;

    FilterParser(String text) {
        this.text = text;
    }

    ScimFilter parse() {
        if (text.length() > LENGTH_MAX) {
            throw ScimException.invalidFilter("A filter has at most " + LENGTH_MAX + " characters");
        }
        ScimFilter filter = either();
        spaces();
        if (at < text.length()) {
            throw unexpected("the end");
        }
        return filter;
    }

    private ScimFilter either() {
        if (++depth > DEPTH_MAX) {
            throw ScimException.invalidFilter("A filter nests at most " + DEPTH_MAX + " deep");
        }
        ScimFilter left = both();
        while (word("or")) {
            left = new ScimFilter.Or(left, both());
        }
        depth--;
        return left;
    }

    private ScimFilter both() {
        ScimFilter left = one();
        while (word("and")) {
            left = new ScimFilter.And(left, one());
        }
        return left;
    }

    private ScimFilter one() {
        spaces();
        if (takes('(')) {
            ScimFilter inner = either();
            expect(')');
            return inner;
        }
        int start = at;
        if (word("not")) {
            spaces();
            if (takes('(')) {
                ScimFilter inner = either();
                expect(')');
                return new ScimFilter.Not(inner);
            }
            at = start;
        }
        return comparison();
    }

    private ScimFilter comparison() {
        if (++comparisons > COMPARISONS_MAX) {
            throw ScimException.invalidFilter("A filter makes at most " + COMPARISONS_MAX + " comparisons");
        }
        List<String> path = attribute();
        if (takes('[')) {
            ScimFilter inner = either();
            expect(']');
            return takes('.')
                    ? new ScimFilter.Among(path, new ScimFilter.And(inner, compared(attribute())))
                    : new ScimFilter.Among(path, inner);
        }
        return compared(path);
    }

    private ScimFilter compared(List<String> path) {
        spaces();
        String operator = name().toUpperCase(Locale.ROOT);
        if (operator.equals("PR")) {
            return new ScimFilter.Present(path);
        }
        for (Operator known : Operator.values()) {
            if (known.name().equals(operator)) {
                spaces();
                return new ScimFilter.Compare(path, known, value());
            }
        }
        throw unexpected("an operator such as eq");
    }

    private List<String> attribute() {
        spaces();
        int start = at;
        while (at < text.length() && isOfAttribute(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw unexpected("an attribute");
        }
        return Attributes.parts(text.substring(start, at));
    }

    private static boolean isOfAttribute(char letter) {
        return Character.isLetterOrDigit(letter) || "_-$.:".indexOf(letter) >= 0;
    }

    private String name() {
        int start = at;
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private JsonNode value() {
        int start = at;
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            if (at >= text.length()) {
                throw unexpected("a closing quote");
            }
            at++;
            return json(text.substring(start, at));
        }
        while (at < text.length() && " )]".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String bare = text.substring(start, at);
        return switch (bare.toLowerCase(Locale.ROOT)) {
            case "true" -> BooleanNode.TRUE;
            case "false" -> BooleanNode.FALSE;
            case "null" -> NullNode.getInstance();
            default -> json(bare);
        };
    }

    private static JsonNode json(String literal) {
        try {
            JsonNode value = Json.read(literal);
            if (value.isTextual() || value.isNumber()) {
                return value;
            }
        } catch (GantryException malformed) {
            // Said below.
        }
        throw ScimException.invalidFilter("A filter compares with a quoted text, a number, true, false or null");
    }

    /** Takes a word that stands alone, whatever its case. */
    private boolean word(String wanted) {
        spaces();
        int end = at + wanted.length();
        boolean there = text.regionMatches(true, at, wanted, 0, wanted.length())
                && (end == text.length() || !isOfAttribute(text.charAt(end)));
        if (there) {
            at = end;
        }
        return there;
    }

    private boolean takes(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private void expect(char wanted) {
        spaces();
        if (!takes(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    private void spaces() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private ScimException unexpected(String wanted) {
        return ScimException.invalidFilter(
                "The filter cannot be read at character " + (at + 1) + ": " + wanted + " is expected there");
    }
}
