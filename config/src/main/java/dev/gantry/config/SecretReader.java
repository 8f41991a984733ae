package dev.gantry.config;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets: a whole reference {@code ${NAME}}, {@code file:/path} or {@code {file: path}}, and nothing else, since
 * configuration files end up in repositories and tickets. No problem that it reports quotes what stands in the file.
 */
final class SecretReader {
    private static final int BYTES_MAX = 64 * 1024;
    private static final String FILE = "file:";

    private final Problems problems;
    private final Substitution substitution;

    SecretReader(Problems problems, Substitution substitution) {
        this.problems = problems;
        this.substitution = substitution;
    }

    /**
     * Reads a secret that is written as a scalar; null after an error.
     *
     * @param written as it stands in the file
     * @param expanded the same with its references replaced; what a variable holds is never taken for a file reference
     */
    @Nullable
    Secret fromText(
            String written,
            Substitution.Result.Expanded expanded,
            Key key,
            Shape.Described described,
            Origin.InFile origin) {
        if (written.startsWith(FILE)) {
            return fromFile(expanded.text().substring(FILE.length()), key, origin);
        }
        if (!expanded.isReference()) {
            problems.add(
                    origin,
                    key.shown(),
                    "a secret is never written into these files; put it into an environment"
                            + " variable and write ${" + variable(key, described)
                            + "}, or into a file of its own and write"
                            + " file:/path/to/it");
            return null;
        }
        if (expanded.text().isEmpty()) {
            problems.add(
                    origin,
                    key.shown(),
                    "the environment variable " + expanded.variables().getFirst() + " is empty");
            return null;
        }
        return Secret.of(expanded.text());
    }

    /** Reads the long form of a file reference, {@code {file: path}}; null after an error. */
    @Nullable
    Secret fromMapping(YamlNode.Mapping mapping, Key key) {
        if (mapping.entries().size() != 1
                || !mapping.entries().getFirst().key().equals("file")
                || !(mapping.entries().getFirst().value() instanceof YamlNode.Scalar scalar)
                || scalar.isNull()) {
            problems.add(
                    mapping.origin(), key.shown(), "a secret's mapping has one key, 'file', with the path of the file");
            return null;
        }
        return switch (substitution.expand(scalar.text())) {
            case Substitution.Result.Failed failed -> {
                problems.add(scalar.origin(), key.shown(), failed.text());
                yield null;
            }
            case Substitution.Result.Expanded expanded ->
                fromFile(expanded.text(), key, scalar.origin().with(expanded.variables()));
        };
    }

    private @Nullable Secret fromFile(String path, Key key, Origin.InFile origin) {
        try {
            Path base = origin.file().toAbsolutePath().getParent();
            Path file = (Path) Values.read(Shape.Plain.PATH, path, Shape.Described.section(""), base);
            String text = new String(ConfigFiles.bytes(file, BYTES_MAX), StandardCharsets.UTF_8);
            String secret = text.replaceFirst("\\r?\\n\\z", "");
            if (!secret.isEmpty()) {
                return Secret.of(secret);
            }
            problems.add(origin, key.shown(), "the file " + file + " is empty");
        } catch (UnusableFileException failed) {
            problems.add(origin, key.shown(), "the file " + failed.origin().file() + " " + failed.text());
        } catch (Values.WrongValueException wrong) {
            problems.add(origin, key.shown(), "must be " + wrong.expected());
        }
        return null;
    }

    private static String variable(Key key, Shape.Described described) {
        if (described.variable() != null) {
            return described.variable();
        }
        String name = key.declared().replaceAll("[^A-Za-z0-9]+", "_").toUpperCase(Locale.ROOT);
        return name.isEmpty() ? "NAME" : Text.shorten(name, 60);
    }
}
