package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.config.Durations;
import dev.gantry.config.Origin;
import dev.gantry.config.YamlNode;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Finding.Rule;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One object of a file, read by the keys that the format has for it. Whatever does not fit becomes a finding, and the reader
 * goes on with what stands for it, so that one look finds all mistakes.
 */
final class Section {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final Map<String, YamlNode> values = new LinkedHashMap<>();
    private final List<FormatKey> keys;
    private final String path;
    private final Position position;
    private final Findings findings;

    /**
     * Reads the keys; those that are not known or missing become findings.
     *
     * @param node null when there is no object at all, as when nothing follows {@code params:}
     * @param whole what the object is, for the message about a value of another kind
     */
    Section(
            @Nullable YamlNode node,
            List<FormatKey> keys,
            String path,
            Position position,
            String whole,
            Findings findings) {
        this.keys = keys;
        this.path = path;
        this.position = node == null ? position : place(node);
        this.findings = findings;
        if (node instanceof YamlNode.Mapping mapping) {
            List<String> known = keys.stream().map(FormatKey::name).toList();
            for (YamlNode.Entry entry : mapping.entries()) {
                if (!known.contains(entry.key())) {
                    findings.add(
                            Rule.UNKNOWN_KEY,
                            place(entry.keyOrigin()),
                            at(Text.shorten(entry.key(), 60)),
                            "is not a key of " + whole + Text.didYouMean(entry.key(), known));
                } else if (!entry.value().isAbsent() || key(entry.key()).form() instanceof Form.Literal) {
                    values.put(entry.key(), entry.value());
                }
            }
        } else if (node != null && !node.isAbsent()) {
            findings.add(Rule.INVALID_VALUE, this.position, path, "must be an object: " + whole);
            return;
        }
        for (FormatKey key : keys) {
            if (key.required() && !values.containsKey(key.name())) {
                findings.add(Rule.MISSING_KEY, this.position, at(key.name()), "is missing in " + whole);
            }
        }
    }

    Position position() {
        return position;
    }

    boolean has(String name) {
        return node(name) != null;
    }

    /** Returns where a key's value stands, or where the object does. */
    Position position(String name) {
        YamlNode node = node(name);
        return node == null ? position : place(node);
    }

    /** Returns the path of a key. */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    void invalid(String name, String text) {
        findings.add(Rule.INVALID_VALUE, position(name), at(name), text);
    }

    @Nullable
    YamlNode node(String name) {
        key(name);
        return values.get(name);
    }

    @Nullable
    String words(String name) {
        Form form = key(name).form();
        int lengthMax = switch (form) {
            case Form.Words words -> words.lengthMax();
            case Form.Name _ -> 300;
            default -> throw new IllegalArgumentException(name);
        };
        String text = scalar(name);
        return text == null ? null : bounded(name, text, lengthMax);
    }

    /** Returns a text that must be there; empty where it is missing, which is a finding already. */
    String requireWords(String name) {
        String text = words(name);
        return text == null ? "" : text;
    }

    private @Nullable String bounded(String name, String text, int lengthMax) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.length() > lengthMax) {
            invalid(name, "must have 1 to " + lengthMax + " characters");
            return null;
        }
        return stripped;
    }

    @Nullable
    String identifier(String name) {
        requireForm(name, Form.Identifier.class);
        String text = scalar(name);
        if (text == null || isIdentifier(text)) {
            return text;
        }
        invalid(
                name,
                "must be letters, digits and underscores, at most 64, not beginning with a digit, and none of true,"
                        + " false, null, in");
        return null;
    }

    static boolean isIdentifier(String text) {
        return IDENTIFIER.matcher(text).matches()
                && !List.of("true", "false", "null", "in").contains(text);
    }

    String choice(String name, String absent) {
        Form.Choice choice = requireForm(name, Form.Choice.class);
        String text = scalar(name);
        if (text == null) {
            return absent;
        }
        if (!choice.words().contains(text)) {
            invalid(
                    name,
                    "must be one of " + String.join(", ", choice.words()) + Text.didYouMean(text, choice.words()));
            return absent;
        }
        return text;
    }

    long whole(String name, long absent) {
        Form.Whole form = requireForm(name, Form.Whole.class);
        YamlNode node = node(name);
        if (node == null) {
            return absent;
        }
        JsonNode value = Scalars.json(node);
        if (!value.isIntegralNumber() || value.longValue() < form.min() || value.longValue() > form.max()) {
            invalid(name, "must be a whole number from " + form.min() + " to " + form.max());
            return absent;
        }
        return value.longValue();
    }

    boolean truth(String name, boolean absent) {
        requireForm(name, Form.Truth.class);
        YamlNode node = node(name);
        if (node == null) {
            return absent;
        }
        JsonNode value = Scalars.json(node);
        if (!value.isBoolean()) {
            invalid(name, "must be true or false");
            return absent;
        }
        return value.booleanValue();
    }

    @Nullable
    Duration span(String name) {
        Form.Span form = requireForm(name, Form.Span.class);
        String text = scalar(name);
        if (text == null) {
            return null;
        }
        Duration duration = Durations.parse(text, "");
        if (duration == null) {
            invalid(name, "must be a length of time with its unit, such as 30s, 5m, 1h30m or 7d");
            return null;
        }
        if (duration.compareTo(Duration.ofSeconds(form.secondsMin())) < 0
                || duration.compareTo(Duration.ofSeconds(form.secondsMax())) > 0) {
            invalid(
                    name,
                    "must be from " + form.secondsMin() + "s to " + Words.of(Duration.ofSeconds(form.secondsMax())));
            return null;
        }
        return duration;
    }

    Duration span(String name, Duration absent) {
        Duration duration = span(name);
        return duration == null ? absent : duration;
    }

    @Nullable
    MicroDollars dollars(String name) {
        requireForm(name, Form.Dollars.class);
        String text = scalar(name);
        if (text == null) {
            return null;
        }
        try {
            MicroDollars amount = MicroDollars.ofDollars(new BigDecimal(text.length() > 20 ? "x" : text));
            if (amount.value() >= 0) {
                return amount;
            }
        } catch (ArithmeticException | NumberFormatException notAnAmount) {
            // Reported below, as a negative amount is.
        }
        invalid(name, "must be an amount in dollars, such as 0.05");
        return null;
    }

    /** Returns the names of a list. */
    List<String> names(String name) {
        List<String> names = new ArrayList<>();
        each(name, (node, inner) -> {
            if (node instanceof YamlNode.Scalar scalar
                    && !scalar.isNull()
                    && !scalar.text().isBlank()
                    && scalar.text().length() <= 300) {
                names.add(scalar.text().strip());
            } else {
                findings.add(Rule.INVALID_VALUE, place(node), inner, "must be a name of at most 300 characters");
            }
        });
        return names;
    }

    /** Visits the elements of a list with their paths. */
    void each(String name, BiConsumer<YamlNode, String> visitor) {
        Form.Many form = requireForm(name, Form.Many.class);
        YamlNode node = node(name);
        if (node == null) {
            return;
        }
        if (!(node instanceof YamlNode.Sequence sequence)) {
            invalid(name, "must be a list");
            return;
        }
        if (sequence.items().size() < form.min() || sequence.items().size() > form.max()) {
            invalid(name, "must have " + form.min() + " to " + form.max() + " elements");
            return;
        }
        for (int index = 0; index < sequence.items().size(); index++) {
            visitor.accept(sequence.items().get(index), at(name) + "[" + index + "]");
        }
    }

    /** Visits the entries of an object whose keys are the author's. */
    void entries(String name, BiConsumer<YamlNode.Entry, String> visitor) {
        Form.Named form = requireForm(name, Form.Named.class);
        YamlNode node = node(name);
        if (node == null) {
            return;
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            invalid(name, "must be an object, a name and ':' before each value");
            return;
        }
        if (mapping.entries().size() > form.max()) {
            invalid(name, "may have " + form.max() + " entries");
            return;
        }
        mapping.entries().forEach(entry -> visitor.accept(entry, at(name) + "." + Text.shorten(entry.key(), 60)));
    }

    @Nullable
    Template template(String name) {
        requireForm(name, Form.Templated.class);
        YamlNode node = node(name);
        return node == null ? null : template(node, at(name));
    }

    Template template(YamlNode node, String where) {
        if (node instanceof YamlNode.Scalar scalar) {
            return new TemplateReader(scalar.isNull() ? "" : scalar.text(), textStart(scalar), where, findings).read();
        }
        findings.add(Rule.INVALID_VALUE, place(node), where, "must be text");
        return Template.plain("", place(node));
    }

    Map<String, Template> templates(String name) {
        Map<String, Template> templates = new LinkedHashMap<>();
        entries(name, (entry, where) -> templates.put(entry.key(), template(entry.value(), where)));
        return templates;
    }

    @Nullable
    Expression formula(String name) {
        requireForm(name, Form.Formula.class);
        YamlNode node = node(name);
        if (node == null) {
            return null;
        }
        if (node instanceof YamlNode.Scalar scalar) {
            return new TemplateReader(scalar.text(), textStart(scalar), at(name), findings).formula();
        }
        invalid(name, "must be an expression");
        return null;
    }

    /** Returns an expression that must be there; {@code true} where it is missing, which is a finding already. */
    Expression requireFormula(String name) {
        Expression formula = formula(name);
        return formula == null ? new Expression("true", position) : formula;
    }

    @Nullable
    ValueTemplate value(String name) {
        requireForm(name, Form.AnyValue.class);
        YamlNode node = values.get(name);
        return node == null ? null : value(node, at(name));
    }

    ValueTemplate value(YamlNode node, String where) {
        return switch (node) {
            case YamlNode.Scalar scalar -> {
                JsonNode literal = Scalars.json(scalar);
                yield literal.isTextual()
                        ? new ValueTemplate.Text(template(scalar, where))
                        : new ValueTemplate.Constant(literal, place(scalar));
            }
            case YamlNode.Sequence sequence -> {
                List<ValueTemplate> items = new ArrayList<>();
                for (YamlNode item : sequence.items()) {
                    items.add(value(item, where + "[" + items.size() + "]"));
                }
                yield new ValueTemplate.Items(items, place(sequence));
            }
            case YamlNode.Mapping mapping -> {
                Map<String, ValueTemplate> fields = new LinkedHashMap<>();
                mapping.entries()
                        .forEach(entry -> fields.put(
                                entry.key(), value(entry.value(), where + "." + Text.shorten(entry.key(), 60))));
                yield new ValueTemplate.Fields(fields, place(mapping));
            }
        };
    }

    DataType type(String name, DataType absent) {
        requireForm(name, Form.Typed.class);
        YamlNode node = node(name);
        return node == null ? absent : DataTypes.read(node, at(name), findings);
    }

    /** Returns a section within this one; null when it is absent. */
    @Nullable
    Section section(String name, String whole) {
        Form.Keys form = requireForm(name, Form.Keys.class);
        YamlNode node = node(name);
        return node == null ? null : new Section(node, form.keys(), at(name), place(node), whole, findings);
    }

    private @Nullable String scalar(String name) {
        YamlNode node = node(name);
        if (node == null) {
            return null;
        }
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar.text();
        }
        invalid(name, "must be a single value");
        return null;
    }

    private FormatKey key(String name) {
        return keys.stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The format has no key " + name));
    }

    private <F extends Form> F requireForm(String name, Class<F> form) {
        return form.cast(key(name).form());
    }

    static Position place(YamlNode node) {
        return place(node.origin());
    }

    static Position place(Origin.InFile origin) {
        return new Position(origin.line(), origin.column());
    }

    /** Behind the quote, when there is one. */
    private static Position textStart(YamlNode.Scalar scalar) {
        Position place = place(scalar);
        return scalar.plain() ? place : new Position(place.line(), place.column() + 1);
    }
}
