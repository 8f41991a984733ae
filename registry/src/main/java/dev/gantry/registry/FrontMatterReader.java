package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Separates the YAML block at the beginning of a pattern's file from its instructions.
 *
 * <p>Many patterns that people have begin with {@code ---} as a ruled line, followed by prose. What follows is front
 * matter only if it ends with another such line and is a mapping of plain words; a broken block that contains one of our
 * keys is an error, because somebody meant it.
 */
final class FrontMatterReader {
    static final int TAGS_MAX = 32;
    static final int VARIABLES_MAX = 64;
    private static final int DESCRIPTION_LENGTH_MAX = 1_000;
    private static final int VALUE_LENGTH_MAX = 20_000;
    private static final int CHOICES_MAX = 100;
    private static final int BLOCK_CHARS_MAX = 64 * 1024;

    private static final Set<String> EFFECTIVE = Set.of(
            "description", "model", "temperature", "top_p", "max_tokens", "tags", "variables", "output", "version");

    /** Keys that say something to readers of the file and nothing to us. */
    private static final Set<String> INFORMATIVE = Set.of("name", "title", "author", "license", "source");

    private static final Set<String> VARIABLE_KEYS =
            Set.of("name", "description", "default", "required", "choices", "enum");

    private static final Pattern OUR_KEY =
            Pattern.compile("(?m)^(?:" + String.join("|", new TreeSet<>(EFFECTIVE)) + ")[ \\t]*:");
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");
    private static final Pattern TAG =
            Pattern.compile("[\\p{Ll}\\p{Lo}\\p{Nd}][\\p{Ll}\\p{Lo}\\p{M}\\p{Nd}+#._-]{0,49}");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Set<String> FUNCTION_WORDS = Set.of("plugin", "ext");

    /** The block begins after one line of dashes. */
    private static final int LINES_BEFORE = 1;

    private FrontMatterReader() {}

    /** Returns whether a text can be the name of a variable. */
    static boolean isVariableName(String name) {
        return VARIABLE_NAME.matcher(name).matches();
    }

    /**
     * Takes a file apart.
     *
     * @param text canonical text: no byte order mark, lines end with a line feed
     * @throws dev.gantry.kernel.GantryException INVALID_REQUEST with the line if the front matter is broken
     */
    static PatternSource read(String text) {
        int blockStart = firstLineIsRule(text);
        int blockEnd = blockStart < 0 ? -1 : closingRule(text, blockStart);
        if (blockEnd < 0) {
            return new PatternSource(FrontMatter.NONE, text, List.of());
        }
        String block = text.substring(blockStart, blockEnd);
        Optional<Node> root;
        try {
            root = compose(block);
        } catch (YamlEngineException broken) {
            if (OUR_KEY.matcher(block).find()) {
                throw YamlFields.invalid(line(broken), reason(broken));
            }
            return new PatternSource(FrontMatter.NONE, text, List.of());
        }
        String body = afterRule(text, blockEnd);
        if (root.isEmpty() && block.isBlank()) {
            return new PatternSource(FrontMatter.NONE, body, List.of());
        }
        if (root.isEmpty() || !(root.get() instanceof MappingNode mapping) || !hasPlainKeys(mapping)) {
            return new PatternSource(FrontMatter.NONE, text, List.of());
        }
        refuseUnstorable(mapping);
        List<String> warnings = new ArrayList<>();
        return new PatternSource(frontMatter(YamlFields.of(mapping, LINES_BEFORE), warnings), body, warnings);
    }

    /** An escape of YAML can write U+0000, which no text in the database can hold. A node may hold itself by an alias. */
    private static void refuseUnstorable(MappingNode root) {
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Node> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!seen.add(node)) {
                continue;
            }
            if (node instanceof ScalarNode scalar && scalar.getValue().indexOf(0) >= 0) {
                throw YamlFields.invalid(line(scalar), "a value must not contain the character U+0000");
            }
            if (node instanceof SequenceNode sequence) {
                open.addAll(sequence.getValue());
            } else if (node instanceof MappingNode mapping) {
                mapping.getValue().forEach(tuple -> open.add(tuple.getValueNode()));
            }
        }
    }

    private static FrontMatter frontMatter(YamlFields fields, List<String> warnings) {
        for (String key : fields.values().keySet()) {
            if (EFFECTIVE.contains(key) || INFORMATIVE.contains(key)) {
                continue;
            }
            if (Text.nearest(key, EFFECTIVE).isPresent()) {
                throw fields.invalid(key, "is not a known key" + Text.didYouMean(key, EFFECTIVE));
            }
            if (warnings.size() < 20) {
                warnings.add("The front matter's key '" + Text.shorten(key, 60) + "' has no effect");
            }
        }
        return new FrontMatter(
                fields.text("description", DESCRIPTION_LENGTH_MAX),
                fields.text("model", 200),
                fields.decimal("temperature", 0, 2),
                fields.decimal("top_p", 0, 1),
                fields.integer("max_tokens", 1, Integer.MAX_VALUE),
                tags(fields),
                variables(fields),
                AnswerShape.read(fields),
                fields.integer("version", 1, Integer.MAX_VALUE));
    }

    private static List<String> tags(YamlFields fields) {
        List<String> written = fields.values().get("tags") instanceof ScalarNode scalar && !YamlFields.isNull(scalar)
                ? List.of(scalar.getValue().split(","))
                : fields.texts("tags", TAGS_MAX);
        if (written.size() > TAGS_MAX) {
            throw fields.invalid("tags", "must not have more than " + TAGS_MAX + " entries");
        }
        try {
            return checkTags(written);
        } catch (GantryException unusable) {
            throw fields.invalid("tags", String.valueOf(unusable.getMessage()));
        }
    }

    /**
     * Brings tags into their canonical form.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if one cannot be a tag, or there are too many
     */
    static List<String> checkTags(List<String> written) {
        if (written.size() > TAGS_MAX) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "has more than " + TAGS_MAX + " tags");
        }
        Set<String> tags = new LinkedHashSet<>();
        for (String raw : written) {
            String tag = SPACES.matcher(raw.strip().toLowerCase(Locale.ROOT)).replaceAll("-");
            if (!TAG.matcher(tag).matches()) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST,
                        "has '" + Text.storable(raw, 60)
                                + "': a tag is up to 50 letters, digits and -_.+#, the first a letter or digit");
            }
            tags.add(tag);
        }
        return List.copyOf(tags);
    }

    private static List<VariableDeclaration> variables(YamlFields fields) {
        Node node = fields.values().get("variables");
        if (node == null || YamlFields.isNull(node)) {
            return List.of();
        }
        List<VariableDeclaration> declarations = new ArrayList<>();
        switch (node) {
            case MappingNode mapping ->
                YamlFields.of(mapping, LINES_BEFORE)
                        .values()
                        .forEach((name, value) -> declarations.add(variable(name, value)));
            case SequenceNode sequence -> sequence.getValue().forEach(item -> declarations.add(listed(item)));
            default -> throw fields.invalid("variables", "must be a list of names or a mapping");
        }
        Set<String> names = new HashSet<>();
        for (VariableDeclaration declaration : declarations) {
            if (!names.add(declaration.name())) {
                throw fields.invalid("variables", "declares '" + declaration.name() + "' twice");
            }
        }
        if (declarations.size() > VARIABLES_MAX) {
            throw fields.invalid("variables", "must not have more than " + VARIABLES_MAX + " entries");
        }
        return declarations;
    }

    /** An entry of a list: a name alone, or a mapping that has one. */
    private static VariableDeclaration listed(Node item) {
        if (item instanceof ScalarNode name) {
            return declaration(name.getValue(), new YamlFields(Map.of(), line(item), LINES_BEFORE));
        }
        if (item instanceof MappingNode mapping) {
            YamlFields details = YamlFields.of(mapping, LINES_BEFORE);
            String name = details.text("name", 100);
            if (name == null) {
                throw YamlFields.invalid(line(item), "a variable needs a 'name'");
            }
            return declaration(name, details);
        }
        throw YamlFields.invalid(line(item), "a variable is a name or a mapping with 'name'");
    }

    /** An entry of a mapping: the value is a default, nothing, or a mapping with details. */
    private static VariableDeclaration variable(String name, Node value) {
        if (value instanceof MappingNode mapping) {
            return declaration(name, YamlFields.of(mapping, LINES_BEFORE));
        }
        if (value instanceof ScalarNode) {
            return declaration(name, new YamlFields(Map.of("default", value), line(value), LINES_BEFORE));
        }
        throw YamlFields.invalid(line(value), "'" + Text.shorten(name, 60) + "' must be a default or a mapping");
    }

    private static VariableDeclaration declaration(String written, YamlFields details) {
        String name = written.startsWith("#") ? written.substring(1) : written;
        if (!isVariableName(name) || name.equals("input") || FUNCTION_WORDS.contains(name)) {
            throw YamlFields.invalid(
                    details.line(),
                    "'" + Text.shorten(name, 60) + "' cannot be the name of a variable (letters, digits, '_', '-', '.';"
                            + " not 'input')");
        }
        details.refuseUnknown(VARIABLE_KEYS);
        Node fallback = details.values().get("default");
        String defaultValue = fallback == null || YamlFields.isNull(fallback) ? null : scalarText(name, fallback);
        List<String> choices = details.texts(details.values().containsKey("enum") ? "enum" : "choices", CHOICES_MAX);
        boolean required = details.bool("required", defaultValue == null);
        if (required && defaultValue != null) {
            throw details.invalid("required", "contradicts the default of '" + name + "'");
        }
        if (defaultValue != null && !choices.isEmpty() && !choices.contains(defaultValue)) {
            throw details.invalid("default", "of '" + name + "' is not among its choices");
        }
        return new VariableDeclaration(
                name, details.text("description", DESCRIPTION_LENGTH_MAX), defaultValue, required, choices);
    }

    private static String scalarText(String name, Node node) {
        if (node instanceof ScalarNode scalar && scalar.getValue().length() <= VALUE_LENGTH_MAX) {
            return scalar.getValue();
        }
        throw YamlFields.invalid(
                line(node),
                "the default of '" + name + "' must be a plain value of at most " + VALUE_LENGTH_MAX + " characters");
    }

    private static Optional<Node> compose(String block) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("front matter")
                .setCodePointLimit(BLOCK_CHARS_MAX)
                .setMaxAliasesForCollections(0)
                .setAllowRecursiveKeys(false)
                .build();
        return new Compose(settings).composeString(block);
    }

    private static boolean hasPlainKeys(MappingNode mapping) {
        return mapping.getValue().stream()
                .allMatch(tuple -> tuple.getKeyNode() instanceof ScalarNode key
                        && WORD.matcher(key.getValue()).matches());
    }

    private static int line(Node node) {
        return YamlFields.line(node, LINES_BEFORE);
    }

    private static int line(YamlEngineException broken) {
        return broken instanceof MarkedYamlEngineException marked
                ? marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1) + LINES_BEFORE
                : LINES_BEFORE + 1;
    }

    private static String reason(YamlEngineException broken) {
        @Nullable String problem = broken instanceof MarkedYamlEngineException marked ? marked.getProblem() : null;
        return "it is not valid YAML" + (problem == null ? "" : " (" + Text.shorten(problem, 160) + ")");
    }

    /** Returns where the second line begins if the first is a rule, otherwise -1. */
    private static int firstLineIsRule(String text) {
        int end = text.indexOf('\n');
        return end >= 0 && text.substring(0, end).stripTrailing().equals("---") ? end + 1 : -1;
    }

    /** Returns where the line begins that closes the block, or -1. */
    private static int closingRule(String text, int from) {
        int start = from;
        while (start < text.length() && start - from <= BLOCK_CHARS_MAX) {
            int end = text.indexOf('\n', start);
            String line = text.substring(start, end < 0 ? text.length() : end).stripTrailing();
            if (line.equals("---") || line.equals("...")) {
                return start;
            }
            if (end < 0) {
                return -1;
            }
            start = end + 1;
        }
        return -1;
    }

    private static String afterRule(String text, int rule) {
        int start = text.indexOf('\n', rule);
        if (start < 0) {
            return "";
        }
        while (start < text.length() && text.charAt(start) == '\n') {
            start++;
        }
        return text.substring(start);
    }
}
