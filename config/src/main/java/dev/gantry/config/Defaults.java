package dev.gantry.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Reads the defaults that are built in. An error here is a defect of the program. */
final class Defaults {
    private static final Path NOWHERE = Path.of("default");

    private Defaults() {}

    /** Returns the value of a field that has a default. */
    static Object read(Shape shape, Shape.Described described, Key key) {
        String text = Objects.requireNonNull(described.defaultText());
        try {
            if (shape.isScalar()) {
                return Values.read(shape, text, described, null);
            }
            Problems problems = new Problems();
            YamlNode node = YamlReader.read(NOWHERE, text, problems);
            Object value = node == null
                    ? null
                    : new Binder(problems, KnownKeys.NONE, Map.of(), new LiveSecrets(), null)
                            .value(shape, node, key, described);
            if (value != null && problems.isEmpty()) {
                return value;
            }
            throw new IllegalStateException("The default of " + key.shown() + " is wrong: " + problems.list());
        } catch (Values.WrongValueException wrong) {
            throw new IllegalStateException("The default of " + key.shown() + " must be " + wrong.expected(), wrong);
        } catch (UnusableFileException malformed) {
            throw new IllegalStateException("The default of " + key.shown() + " " + malformed.text(), malformed);
        }
    }
}
