package dev.gantry.cli;

import dev.gantry.kernel.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Collects the text that a pattern runs over: from files, addresses and standard input. */
final class RunInput {
    /** As much as the platform takes by default. */
    static final int BYTES_MAX = 32 * 1024 * 1024;

    private static final Pattern ADDRESS = Pattern.compile("https?://.+", Pattern.CASE_INSENSITIVE);

    private final Context context;

    RunInput(Context context) {
        this.context = context;
    }

    /**
     * Reads the sources in their order. Several are set apart by a line that names each.
     *
     * @param sources files, addresses or {@code -}; standard input when empty
     * @throws CommandFailure if one cannot be read, is too large or is not text
     */
    String read(List<String> sources) {
        if (sources.isEmpty()) {
            return standardInput(false);
        }
        if (sources.size() == 1) {
            return one(sources.getFirst());
        }
        StringBuilder all = new StringBuilder();
        for (String source : sources) {
            String text = one(source);
            all.append("--- ")
                    .append(source.equals("-") ? "standard input" : source)
                    .append(" ---\n");
            all.append(text).append(text.endsWith("\n") ? "\n" : "\n\n");
            requireBounded("The sources together are", all.length());
        }
        return all.toString();
    }

    private String one(String source) {
        if (source.equals("-")) {
            return standardInput(true);
        }
        if (ADDRESS.matcher(source).matches()) {
            try (Spinner spinner = Spinner.start(context.terminal(), "Fetching " + source)) {
                String text = WebPage.fetch(source);
                spinner.say("Fetched");
                return text;
            }
        }
        if (source.isBlank()) {
            throw CommandFailure.usage("A source is empty", "Name a file or an address, or write - for standard input");
        }
        return file(Path.of(source));
    }

    private String standardInput(boolean asked) {
        if (context.terminal().inIsTerminal() && !asked) {
            throw CommandFailure.usage(
                    "There is nothing to run the pattern over",
                    "Name a file or an address, pipe text in, or write - to type it here and end with Ctrl-D");
        }
        try {
            return text(
                    "Standard input",
                    readBounded("Standard input is", context.terminal().in()));
        } catch (IOException failed) {
            throw new CommandFailure("Standard input cannot be read: " + failed.getMessage());
        }
    }

    private static String file(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return text(file.toString(), readBounded(file + " is", stream));
        } catch (NoSuchFileException absent) {
            throw new CommandFailure(
                    "There is no file " + file, "Looked from " + Path.of("").toAbsolutePath());
        } catch (IOException failed) {
            throw new CommandFailure(
                    Files.isDirectory(file)
                            ? file + " is a folder"
                            : file + " cannot be read: " + FileProblem.of(failed),
                    "Name single files, or pipe text in");
        }
    }

    private static byte[] readBounded(String subject, InputStream stream) throws IOException {
        byte[] bytes = stream.readNBytes(BYTES_MAX + 1);
        requireBounded(subject, bytes.length);
        return bytes;
    }

    private static void requireBounded(String subject, int length) {
        if (length > BYTES_MAX) {
            throw new CommandFailure(subject + " larger than " + Format.bytes(BYTES_MAX), "Run it over parts");
        }
    }

    /** Decodes UTF-8, without a byte order mark. */
    private static String text(String name, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException binary) {
            throw new CommandFailure(
                    name + " is not text in UTF-8", "Convert it first, such as with pdftotext, pandoc or iconv");
        }
    }
}
