package dev.gantry.config;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets: a whole reference {@code ${NAME}}, {@code file:/path}, {@code {file: path}} or, where there is a secret
 * store, <code>${vault:path#field}</code> or {@code {vault: path#field}}, and nothing else, since configuration files end up in
 * repositories and tickets. No problem that it reports quotes what stands in the file.
 */
final class SecretReader {
    private static final int BYTES_MAX = 64 * 1024;
    private static final String FILE = "file:";

    private final Problems problems;
    private final Substitution substitution;
    private final LiveSecrets live;
    private final @Nullable StoreSection<?> storeSection;

    SecretReader(
            Problems problems, Substitution substitution, LiveSecrets live, @Nullable StoreSection<?> storeSection) {
        this.problems = problems;
        this.substitution = substitution;
        this.live = live;
        this.storeSection = storeSection;
    }

    /** Returns whether a text names something in the secret store. */
    boolean namesStore(String written) {
        return storeSection != null && written.contains("${" + storeSection.scheme() + ":");
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

    /** Reads the long form of a reference, {@code {file: path}}; null after an error. */
    @Nullable
    Secret fromMapping(YamlNode.Mapping mapping, Key key) {
        String scheme = storeSection == null ? "" : storeSection.scheme();
        YamlNode.Entry only = mapping.entries().size() == 1 ? mapping.entries().getFirst() : null;
        if (only == null
                || !(only.key().equals("file") || only.key().equals(scheme))
                || !(only.value() instanceof YamlNode.Scalar scalar)
                || scalar.isNull()) {
            problems.add(
                    mapping.origin(),
                    key.shown(),
                    "a secret's mapping has one key, 'file', with the path of the file"
                            + (scheme.isEmpty() ? "" : ", or '" + scheme + "', with path#field"));
            return null;
        }
        return switch (substitution.expand(scalar.text())) {
            case Substitution.Result.Failed failed -> {
                problems.add(scalar.origin(), key.shown(), failed.text());
                yield null;
            }
            case Substitution.Result.Expanded expanded -> {
                Origin.InFile origin = scalar.origin().with(expanded.variables());
                yield only.key().equals("file")
                        ? fromFile(expanded.text(), key, origin)
                        : fromStore(expanded.text(), key, origin);
            }
        };
    }

    private @Nullable Secret fromFile(String path, Key key, Origin.InFile origin) {
        try {
            Path base = origin.file().toAbsolutePath().getParent();
            Path file = (Path) Values.read(Shape.Plain.PATH, path, Shape.Described.section(""), base);
            return read(key, origin, () -> content(file));
        } catch (Values.WrongValueException wrong) {
            problems.add(origin, key.shown(), "must be " + wrong.expected());
            return null;
        }
    }

    /** Reads a secret that is written as <code>${vault:…}</code>; null after an error. */
    @Nullable
    Secret fromStore(String written, Key key, Origin.InFile origin) {
        if (storeSection == null) {
            throw new IllegalStateException("There is no section for a secret store");
        }
        String start = "${" + storeSection.scheme() + ":";
        boolean isShort = written.startsWith(start);
        if (isShort ? written.indexOf('}') != written.length() - 1 : namesStore(written)) {
            problems.add(
                    origin,
                    key.shown(),
                    "a reference to the secret store is the whole value: " + start + "path#field}");
            return null;
        }
        String reference = isShort ? written.substring(start.length(), written.length() - 1) : written;
        SecretStore store = live.store().orElse(null);
        if (store == null) {
            problems.add(
                    origin,
                    key.shown(),
                    "is a reference to the secret store; the section " + storeSection.section()
                            + " that says where it is must be there and right");
            return null;
        }
        return read(key, origin, () -> store.read(reference));
    }

    private @Nullable Secret read(Key key, Origin.InFile origin, LiveSecret.Source source) {
        try {
            return live.add(new LiveSecret(key.shown(), origin, source, source.read()));
        } catch (UnavailableSecretException unavailable) {
            problems.add(origin, key.shown(), unavailable.text());
            return null;
        }
    }

    /** Returns a file's content, one line break at its end left out. */
    private static String content(Path file) throws UnavailableSecretException {
        try {
            String text = new String(ConfigFiles.bytes(file, BYTES_MAX), StandardCharsets.UTF_8);
            String secret = text.replaceFirst("\\r?\\n\\z", "");
            if (secret.isEmpty()) {
                throw new UnavailableSecretException("the file " + file + " is empty");
            }
            return secret;
        } catch (UnusableFileException failed) {
            throw new UnavailableSecretException("the file " + failed.origin().file() + " " + failed.text());
        }
    }

    private static String variable(Key key, Shape.Described described) {
        if (described.variable() != null) {
            return described.variable();
        }
        String name = key.declared().replaceAll("[^A-Za-z0-9]+", "_").toUpperCase(Locale.ROOT);
        return name.isEmpty() ? "NAME" : Text.shorten(name, 60);
    }
}
