package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The text of an asset, checked and ready to be stored.
 *
 * @param content in canonical form: no byte order mark, lines end with a line feed
 * @param hash SHA-256 of its UTF-8 form in hexadecimal digits
 * @param description never empty
 */
record AssetText(String content, String hash, String description, PatternSource source) {
    private static final int DESCRIPTION_LENGTH_MAX = 200;
    private static final Pattern LINE_END = Pattern.compile("\\r\\n?");
    private static final Pattern MARKUP = Pattern.compile("^[#>*+\\-\\s]+|[*_`]{1,3}");
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?=\\s|$)");

    /**
     * Checks a text.
     *
     * @param workflows checks texts of workflows
     * @throws GantryException {@link ErrorCode#REQUEST_TOO_LARGE} if it is too long, {@link ErrorCode#INVALID_REQUEST} if
     *     it is empty, holds characters that are no text, has broken front matter or asks for what does not go together
     */
    static AssetText check(AssetKind kind, String written, long bytesMax, WorkflowFormat workflows) {
        String withoutMark = written.startsWith("\uFEFF") ? written.substring(1) : written;
        String content = LINE_END.matcher(withoutMark).replaceAll("\n");
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > bytesMax) {
            throw new GantryException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "A " + kind.id() + " may have " + bytesMax + " bytes; this one has " + bytes.length);
        }
        if (content.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(content)) {
            throw invalid("it holds characters that are no text (NUL or half a surrogate pair)");
        }
        if (kind == AssetKind.WORKFLOW) {
            WorkflowFormat.Description found = workflows.check(content);
            FrontMatter facts = FrontMatter.described(found.text(), found.tags());
            PatternSource source = new PatternSource(facts, content, found.warnings());
            return new AssetText(content, hash(bytes), description(source), source);
        }
        PatternSource source = FrontMatterReader.read(content);
        if (source.body().isBlank()) {
            throw invalid("it has no text");
        }
        if (kind == AssetKind.PATTERN) {
            int line = Template.parse(source.body()).lineOfInputAsArgument();
            if (line > 0) {
                throw invalid(
                        "line " + line + " of the instructions gives {{input}} to a function; the input is sent as"
                                + " its own message and never becomes part of the instructions");
            }
        } else {
            requireNothingForPatterns(kind, source.frontMatter());
        }
        return new AssetText(content, hash(bytes), description(source), source);
    }

    /** Returns a text with a front matter that holds a description. */
    static String withDescription(String description, String body) {
        String escaped = description.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s+", " ");
        return "---\ndescription: \"" + escaped.replaceAll("\\p{Cntrl}", "") + "\"\n---\n" + body;
    }

    private static void requireNothingForPatterns(AssetKind kind, FrontMatter frontMatter) {
        boolean without = Stream.of(
                                frontMatter.model(),
                                frontMatter.temperature(),
                                frontMatter.topP(),
                                frontMatter.outputTokensMax())
                        .allMatch(Objects::isNull)
                && frontMatter.variables().isEmpty();
        if (!without) {
            throw invalid("the front matter of a " + kind.id() + " takes description and tags; a model, its options and"
                    + " variables belong to patterns");
        }
    }

    private static String description(PatternSource source) {
        String written = source.frontMatter().description();
        return Text.shorten(written != null ? written : firstSentence(source.body()), DESCRIPTION_LENGTH_MAX);
    }

    /** The first sentence of the first line that is not a heading, or else the first line. */
    private static String firstSentence(String body) {
        List<String> lines = body.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .limit(20)
                .toList();
        String line = lines.stream()
                .filter(candidate -> !candidate.startsWith("#") && candidate.length() >= 20)
                .findFirst()
                .orElse(lines.getFirst());
        String plain = MARKUP.matcher(line).replaceAll("").strip();
        Matcher end = SENTENCE_END.matcher(plain);
        String sentence = end.find() ? plain.substring(0, end.end()) : plain;
        return sentence.isEmpty() ? line : sentence;
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    private static GantryException invalid(String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "The content cannot be used: " + problem,
                List.of(new FieldError("/content", problem)),
                null,
                null);
    }
}
