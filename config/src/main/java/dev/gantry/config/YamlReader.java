package dev.gantry.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Turns one YAML 1.2 document into nodes that know their line and column. Builds them from the parser's events rather
 * than take the library's own nodes, so that every limit holds before memory is spent: nesting, the number of values
 * with aliases counted as often as they are used, no tags, no second document, no duplicate keys.
 */
final class YamlReader {
    /** Deepest nesting; the deepest setting of all guides lies at six. */
    static final int DEPTH_MAX = 32;

    /** Most values in a file, aliases expanded. */
    static final int NODES_MAX = 100_000;

    private final Path file;
    private final ParserImpl parser;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final Problems problems;
    private int nodes;

    /** A finished node with what an alias to it costs. */
    private record Anchored(YamlNode node, int size, int height) {}

    private YamlReader(Path file, String text, Problems problems) {
        this.file = file;
        this.problems = problems;
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file.toString())
                .setUseMarks(true)
                .setCodePointLimit(ConfigFiles.BYTES_MAX)
                .build();
        this.parser = new ParserImpl(settings, new StreamReader(settings, text));
    }

    /**
     * Reads a text.
     *
     * @param file the name for positions
     * @param problems takes keys that stand twice, of which the first is kept; everything else is thrown
     * @return null if the document is empty
     */
    static @Nullable YamlNode read(Path file, String text, Problems problems) throws UnusableFileException {
        refuseUnprintable(file, text);
        YamlReader reader = new YamlReader(file, text, problems);
        try {
            return reader.document();
        } catch (MarkedYamlEngineException malformed) {
            Optional<Mark> mark = malformed.getProblemMark().or(malformed::getContextMark);
            throw new UnusableFileException(
                    mark.map(reader::at).orElse(new Origin.InFile(file, 0, 0)),
                    YamlMistakes.explain(malformed.getProblem()));
        } catch (YamlEngineException malformed) {
            throw new UnusableFileException(new Origin.InFile(file, 0, 0), "is not YAML that can be read");
        }
    }

    private @Nullable YamlNode document() throws UnusableFileException {
        parser.next(); // StreamStart
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            return null;
        }
        parser.next(); // DocumentStart
        YamlNode node = node(1).node();
        parser.next(); // DocumentEnd
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            throw new UnusableFileException(
                    at(parser.peekEvent()), "a second document begins here; one file holds one, so remove the '---'");
        }
        return node.isAbsent() ? null : node;
    }

    /** Reads one node; {@code depth} is its own nesting, counted from 1. */
    private Anchored node(int depth) throws UnusableFileException {
        Event event = parser.next();
        Origin.InFile origin = at(event);
        if (event instanceof AliasEvent alias) {
            return alias(alias, origin, depth);
        }
        if (depth > DEPTH_MAX) {
            throw new UnusableFileException(origin, "is nested deeper than " + DEPTH_MAX + " levels");
        }
        count(1, origin);
        Anchored node;
        if (event instanceof ScalarEvent scalar) {
            refuseTag(scalar.getTag(), origin);
            node = new Anchored(new YamlNode.Scalar(origin, scalar.getValue(), scalar.isPlain()), 1, 1);
        } else {
            refuseTag(((CollectionStartEvent) event).getTag(), origin);
            node = event instanceof MappingStartEvent ? mapping(origin, depth) : sequence(origin, depth);
        }
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        return node;
    }

    private Anchored alias(AliasEvent event, Origin.InFile origin, int depth) throws UnusableFileException {
        Anchored target = anchors.get(event.getAlias());
        if (target == null) {
            throw new UnusableFileException(
                    origin,
                    "a '*' here is an alias, and no finished value carries that anchor; put quotes around a text that"
                            + " begins with '*'");
        }
        if (depth + target.height() - 1 > DEPTH_MAX) {
            throw new UnusableFileException(origin, "is nested deeper than " + DEPTH_MAX + " levels");
        }
        count(target.size(), origin);
        return target;
    }

    private Anchored sequence(Origin.InFile origin, int depth) throws UnusableFileException {
        List<YamlNode> items = new ArrayList<>();
        int size = 1;
        int height = 0;
        while (!parser.checkEvent(Event.ID.SequenceEnd)) {
            Anchored item = node(depth + 1);
            items.add(item.node());
            size += item.size();
            height = Math.max(height, item.height());
        }
        parser.next();
        return new Anchored(new YamlNode.Sequence(origin, List.copyOf(items)), size, height + 1);
    }

    private Anchored mapping(Origin.InFile origin, int depth) throws UnusableFileException {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        int size = 1;
        int height = 0;
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            YamlNode.Scalar key = key(depth);
            Anchored value = node(depth + 1);
            YamlNode.Entry earlier =
                    entries.putIfAbsent(key.text(), new YamlNode.Entry(key.text(), key.origin(), value.node()));
            if (earlier != null) {
                problems.add(
                        key.origin(),
                        "",
                        "the key '" + key.text() + "' stands here for a second time, first on line "
                                + earlier.keyOrigin().line() + "; keep one of them");
            }
            size += value.size() + 1;
            height = Math.max(height, value.height());
        }
        parser.next();
        return new Anchored(new YamlNode.Mapping(origin, List.copyOf(entries.values())), size, height + 1);
    }

    private YamlNode.Scalar key(int depth) throws UnusableFileException {
        Origin.InFile origin = at(parser.peekEvent());
        if (parser.peekEvent() instanceof ScalarEvent
                && node(depth + 1).node() instanceof YamlNode.Scalar scalar
                && !scalar.text().isEmpty()
                && scalar.text().length() <= 200) {
            if (scalar.plain() && scalar.text().equals("<<")) {
                throw new UnusableFileException(
                        origin, "merge keys ('<<') are not part of YAML 1.2; write the keys out");
            }
            return scalar;
        }
        throw new UnusableFileException(origin, "a key is a single name of at most 200 characters");
    }

    private void count(int more, Origin.InFile origin) throws UnusableFileException {
        nodes += more;
        if (nodes > NODES_MAX) {
            throw new UnusableFileException(
                    origin, "the file holds more than " + NODES_MAX + " values, aliases expanded");
        }
    }

    private static void refuseTag(Optional<String> tag, Origin.InFile origin) throws UnusableFileException {
        if (tag.isPresent()) {
            throw new UnusableFileException(
                    origin,
                    "a '!' here is a tag, and tags are not read; put quotes around a text that begins with '!'");
        }
    }

    private Origin.InFile at(Event event) {
        return event.getStartMark().map(this::at).orElse(new Origin.InFile(file, 0, 0));
    }

    private Origin.InFile at(Mark mark) {
        return new Origin.InFile(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** The library names such a character by its index in the text only, so they are looked for here. */
    private static void refuseUnprintable(Path file, String text) throws UnusableFileException {
        int line = 1;
        int lineStart = 0;
        for (int index = 0; index < text.length(); index = text.offsetByCodePoints(index, 1)) {
            int character = text.codePointAt(index);
            if (character == '\n') {
                line++;
                lineStart = index + 1;
            } else if (!StreamReader.isPrintable(character)) {
                throw new UnusableFileException(
                        new Origin.InFile(file, line, text.codePointCount(lineStart, index) + 1),
                        String.format("the character U+%04X cannot stand in YAML; remove it", character));
            }
        }
    }
}
