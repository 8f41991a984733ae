package dev.gantry.provider.offline;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Cuts text into the pieces of BERT's uncased vocabulary, as its authors do: control characters go, white space and
 * punctuation part words, Chinese characters are words of their own, letters lose their case and their accents, and each
 * word is the longest known pieces from left to right (Wu et al.: "Google's Neural Machine Translation System", 2016; rules
 * of BertNormalizer, BertPreTokenizer and WordPiece in Hugging Face's tokenizers). Names of control pieces such as
 * {@code [CLS]} in a text are plain text. Thread-safe.
 */
final class WordPieces {
    /** The piece that begins every input of the model. */
    static final int BEGIN = 101;

    /** The piece that ends every input of the model. */
    static final int END = 102;

    private static final int UNKNOWN = 100;
    private static final int WORD_CHARS_MAX = 100;

    private final Map<String, Integer> vocabulary;

    private WordPieces(Map<String, Integer> vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * Reads the vocabulary out of a {@code tokenizer.json}.
     *
     * @throws IOException if there is none in it
     */
    static WordPieces read(InputStream tokenizer) throws IOException {
        Map<String, Integer> vocabulary = HashMap.newHashMap(31_000);
        try (JsonParser parser = Json.mapper().createParser(tokenizer)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.currentName().equals("vocab")
                        && parser.nextToken() == JsonToken.START_OBJECT) {
                    for (String piece = parser.nextFieldName(); piece != null; piece = parser.nextFieldName()) {
                        vocabulary.put(piece, parser.nextIntValue(UNKNOWN));
                    }
                }
            }
        }
        if (vocabulary.isEmpty()) {
            throw new IOException("The tokenizer has no vocabulary");
        }
        return new WordPieces(vocabulary);
    }

    /** Returns the pieces of a text, without those that begin and end an input. */
    int[] of(String text) {
        Pieces pieces = new Pieces(text.length() / 3 + 8);
        StringBuilder word = new StringBuilder();
        String plain = Normalizer.normalize(text, Normalizer.Form.NFD);
        for (int index = 0; index < plain.length(); ) {
            int character = plain.codePointAt(index);
            index += Character.charCount(character);
            if (isSpace(character)) {
                take(word, pieces);
            } else if (isPunctuation(character) || isChinese(character)) {
                take(word, pieces);
                word.appendCodePoint(character);
                take(word, pieces);
            } else if (!isDropped(character)) {
                word.appendCodePoint(Character.toLowerCase(character));
            }
        }
        take(word, pieces);
        return pieces.toArray();
    }

    /** Adds the pieces of a finished word. */
    private void take(StringBuilder word, Pieces pieces) {
        if (word.isEmpty()) {
            return;
        }
        String whole = word.toString();
        word.setLength(0);
        if (whole.codePointCount(0, whole.length()) > WORD_CHARS_MAX) {
            pieces.add(UNKNOWN);
            return;
        }
        int before = pieces.size;
        for (int from = 0; from < whole.length(); ) {
            int to = whole.length();
            Integer piece = null;
            while (to > from) {
                String candidate = whole.substring(from, to);
                piece = vocabulary.get(from == 0 ? candidate : "##" + candidate);
                if (piece != null) {
                    break;
                }
                to--;
            }
            if (piece == null) {
                pieces.size = before;
                pieces.add(UNKNOWN);
                return;
            }
            pieces.add(piece);
            from = to;
        }
    }

    private static boolean isSpace(int character) {
        return character == '\t'
                || character == '\n'
                || character == '\r'
                || Character.getType(character) == Character.SPACE_SEPARATOR
                || character == '\u2028'
                || character == '\u2029';
    }

    /** Accents, which the normal form has parted from their letters, and what is not shown. */
    private static boolean isDropped(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK,
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> character == 0xFFFD;
        };
    }

    private static boolean isPunctuation(int character) {
        boolean ascii = (character >= '!' && character <= '/')
                || (character >= ':' && character <= '@')
                || (character >= '[' && character <= '`')
                || (character >= '{' && character <= '~');
        return ascii
                || switch (Character.getType(character)) {
                    case Character.CONNECTOR_PUNCTUATION,
                            Character.DASH_PUNCTUATION,
                            Character.START_PUNCTUATION,
                            Character.END_PUNCTUATION,
                            Character.INITIAL_QUOTE_PUNCTUATION,
                            Character.FINAL_QUOTE_PUNCTUATION,
                            Character.OTHER_PUNCTUATION -> true;
                    default -> false;
                };
    }

    /** The blocks of CJK ideographs that BERT treats as words. */
    private static boolean isChinese(int character) {
        return (character >= 0x4E00 && character <= 0x9FFF)
                || (character >= 0x3400 && character <= 0x4DBF)
                || (character >= 0x20000 && character <= 0x2A6DF)
                || (character >= 0x2A700 && character <= 0x2CEAF)
                || (character >= 0xF900 && character <= 0xFAFF)
                || (character >= 0x2F800 && character <= 0x2FA1F);
    }

    /** A growing list of numbers. */
    private static final class Pieces {
        private int[] numbers;
        private int size;

        Pieces(int capacity) {
            numbers = new int[capacity];
        }

        void add(int number) {
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, size * 2);
            }
            numbers[size++] = number;
        }

        int[] toArray() {
            return Arrays.copyOf(numbers, size);
        }
    }
}
