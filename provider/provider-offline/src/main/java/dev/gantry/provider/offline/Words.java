package dev.gantry.provider.offline;

/**
 * Finds the words of a text and the terms behind them. A term is the hash of a word in lower case without its ending, so
 * that "patterns" and "pattern" are the same: English words lose their plural (the S-stemmer of Harman: "How effective is
 * suffixing?", JASIS 1991), words of other languages are cut to six letters (truncation does as well as stemmers over many
 * languages; McNamee and Mayfield: "Character n-gram tokenization for European language text retrieval", Information
 * Retrieval 2004). Scripts that are written without spaces yield overlapping pairs of characters.
 *
 * <p>Two words may share a hash; among the few thousand terms of a document that is rare and harmless.
 */
final class Words {
    private static final int TRUNCATED_LENGTH = 6;

    private Words() {}

    /** Takes the words of a text in order. */
    interface Sink {
        /**
         * Takes one word.
         *
         * @param term the hash of its stem
         * @param functional whether it is a function word, a number or a single letter
         */
        void accept(int start, int end, int term, boolean functional);
    }

    /** Returns whether a letter belongs to a script that puts no spaces between words. */
    static boolean isUnspaced(char character) {
        return character >= 0x0E00
                && ((character <= 0x0EFF)
                        || (character >= 0x1000 && character <= 0x109F)
                        || (character >= 0x1780 && character <= 0x17FF)
                        || (character >= 0x3041 && character <= 0x30FF && character != '・')
                        || (character >= 0x3400 && character <= 0x9FFF)
                        || character == '々'
                        || (character >= 0xF900 && character <= 0xFAFF)
                        || (character >= 0xFF66 && character <= 0xFF9F));
    }

    /** Returns whether a letter or punctuation mark belongs to a script that puts no spaces between words. */
    static boolean isWrittenWithoutSpaces(char character) {
        return isUnspaced(character)
                || (character >= 0x3001 && character <= 0x303F)
                || (character >= 0xFF01 && character <= 0xFF0F);
    }

    /** Hands every word between two indexes of {@code text} to {@code sink}. */
    static void scan(String text, int from, int to, Language language, Sink sink) {
        int index = from;
        while (index < to) {
            char character = text.charAt(index);
            if (isUnspaced(character)) {
                index = unspacedRun(text, index, to, sink);
            } else if (Character.isLetterOrDigit(character)) {
                int end = wordEnd(text, index, to);
                word(text, index, end, language, sink);
                index = end;
            } else {
                index++;
            }
        }
    }

    /** Returns where the word that begins at {@code start} ends: letters, digits, and joints between them. */
    static int wordEnd(String text, int start, int to) {
        int end = start + 1;
        while (end < to) {
            char character = text.charAt(end);
            if (isUnspaced(character)) {
                break;
            }
            boolean joint =
                    (character == '\'' || character == '’' || character == '-' || character == '_' || character == '.')
                            && end + 1 < to
                            && Character.isLetterOrDigit(text.charAt(end + 1));
            if (!Character.isLetterOrDigit(character)
                    && !joint
                    && Character.getType(character) != Character.NON_SPACING_MARK) {
                break;
            }
            end++;
        }
        return end;
    }

    private static int unspacedRun(String text, int from, int to, Sink sink) {
        int end = from;
        while (end < to && isUnspaced(text.charAt(end))) {
            end++;
        }
        if (end - from == 1) {
            sink.accept(from, end, text.charAt(from), true);
        }
        for (int index = from; index + 1 < end; index++) {
            char first = text.charAt(index);
            char second = text.charAt(index + 1);
            sink.accept(index, index + 2, 31 * first + second, isHiragana(first) || isHiragana(second));
        }
        return end;
    }

    static boolean isHiragana(char character) {
        return character >= 0x3041 && character <= 0x309F;
    }

    private static void word(String text, int start, int end, Language language, Sink sink) {
        int length = end - start;
        if (length > 2 && (text.charAt(end - 2) == '\'' || text.charAt(end - 2) == '’')) {
            length -= 2;
        }
        String word = text.substring(start, start + length);
        boolean functional = length == 1 || isNumber(word) || language.isFunctionWord(word);
        sink.accept(start, end, stem(word, language), functional);
    }

    private static boolean isNumber(String word) {
        for (int index = 0; index < word.length(); index++) {
            if (Character.isLetter(word.charAt(index))) {
                return false;
            }
        }
        return true;
    }

    private static int stem(String word, Language language) {
        int length = word.length();
        if (!language.code().equals("en")) {
            return hash(word, Math.min(length, TRUNCATED_LENGTH), '\u0000');
        }
        if (length <= 3 || Character.toLowerCase(word.charAt(length - 1)) != 's') {
            return hash(word, length, '\u0000');
        }
        char before = Character.toLowerCase(word.charAt(length - 2));
        char third = Character.toLowerCase(word.charAt(length - 3));
        if (before == 'e' && third == 'i' && length > 4) {
            return hash(word, length - 3, 'y');
        }
        return hash(word, before == 'u' || before == 's' ? length : length - 1, '\u0000');
    }

    private static int hash(String word, int length, char last) {
        int hash = 0;
        for (int index = 0; index < length; index++) {
            hash = 31 * hash + Character.toLowerCase(word.charAt(index));
        }
        return last == '\u0000' ? hash : 31 * hash + last;
    }
}
