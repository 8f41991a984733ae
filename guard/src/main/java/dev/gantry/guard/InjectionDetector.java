package dev.gantry.guard;

/**
 * Attempts to turn a model against its instructions (LLM01 of the OWASP list): instructions done away with, the prompt asked
 * for, another character given, marks of a conversation forged, models spoken to, data sent away behind somebody's back. By
 * their words; each is scored, and {@link Sieve} adds the scores of one text up. What is quoted or told of others counts
 * for less, since people also write about attacks. Asked at words and signs.
 */
final class InjectionDetector extends Detector {
    /** What words do. */
    enum Deed {
        OVERRIDE,
        REVEAL,
        PERSONA,
        ADDRESS,
        TAKE,
        FORGE
    }

    private static final String[] MARKS = {
        "<|im_start|>",
        "<|im_end|>",
        "<|system|>",
        "<|user|>",
        "<|assistant|>",
        "<|endoftext|>",
        "<|eot_id|>",
        "<|start_header_id|>",
        "<|begin_of_text|>",
        "<<SYS>>",
        "<</SYS>>",
        "[INST]",
        "[/INST]",
        "[SYSTEM]",
        "[/SYSTEM]",
        "### System:",
        "### Instruction:",
        "### Instructions:",
        "<system_prompt>",
        "</system_prompt>"
    };
    private static final int PAIRED_MARKS = 13;
    private static final int WORDS_MAX = 9;
    private static final int GAP_MAX = 4;
    private static final int CERTAIN = 90;
    private static final int LIKELY = 75;
    private static final int POSSIBLE = 60;
    private static final int WEAK = 40;
    private static final int FAINT = 30;
    /** What is taken off where a text tells of others, or quotes. */
    private static final int TOLD = 50;

    private final Deed deed;

    InjectionDetector(Deed deed) {
        this.deed = deed;
    }

    @Override
    void look(Passage text, int place, Candidates found) {
        switch (deed) {
            case OVERRIDE -> override(text, place, found);
            case REVEAL -> reveal(text, place, found);
            case PERSONA -> persona(text, place, found);
            case ADDRESS -> address(text, place, found);
            case TAKE -> take(text, place, found);
            case FORGE -> forge(text, place, found);
        }
    }

    /** {@code ignore all previous instructions}, {@code forget everything above}. */
    private static void override(Passage text, int place, Candidates found) {
        int own = 0;
        int last = text.wordEnd(place);
        int next = next(text, last);
        for (int words = 0; next > 0 && words < WORDS_MAX; words++) {
            int end = text.wordEnd(next);
            long hash = text.hash(next, end);
            if (InjectionWords.RULES.get(hash) != null) {
                own += isOwnBehind(text, end) ? 1 : 0;
                report(text, place, end, own > 0 ? CERTAIN : FAINT, found);
                return;
            }
            if (InjectionWords.OWN.get(hash) != null) {
                own++;
                last = end;
            } else if (InjectionWords.BETWEEN.get(hash) == null) {
                break;
            }
            next = next(text, end);
        }
        boolean isEnd = own > 0 && (next < 0 || own > 1) && isPointing(text, last);
        if (isEnd) {
            report(text, place, last, POSSIBLE, found);
        }
    }

    /** Whether a word that points back ends there: {@code above}, {@code before}, {@code everything}. */
    private static boolean isPointing(Passage text, int end) {
        int last = Bytes.lower(text.at(end - 1));
        int before = Bytes.lower(text.at(end - 2));
        return (last == 'e' && (before == 'v' || before == 'r')) || (last == 'g' && before == 'n');
    }

    /** Whether {@code anteriores}, {@code above} or the like follows, as in many languages. */
    private static boolean isOwnBehind(Passage text, int end) {
        int next = next(text, end);
        for (int words = 0; next > 0 && words < 3; words++) {
            int wordEnd = text.wordEnd(next);
            if (InjectionWords.OWN.get(text.hash(next, wordEnd)) != null) {
                return true;
            }
            next = next(text, wordEnd);
        }
        return false;
    }

    /** {@code repeat your system prompt}. */
    private static void reveal(Passage text, int place, Candidates found) {
        boolean isConfidential = false;
        boolean isYours = false;
        int next = next(text, text.wordEnd(place));
        for (int words = 0; next > 0 && words < WORDS_MAX; words++) {
            int end = text.wordEnd(next);
            long hash = text.hash(next, end);
            if (isConfidential && InjectionWords.TOLD.get(hash) != null) {
                report(text, place, end, isYours ? LIKELY : POSSIBLE - 5, found);
                return;
            }
            if (InjectionWords.CONFIDENTIAL.get(hash) != null) {
                isConfidential = true;
                int first = Bytes.lower(text.at(next));
                isYours |= first == 'y' || first == 'h' || first == 'i' || first == 'c';
            } else if (InjectionWords.BETWEEN.get(hash) == null && InjectionWords.OWN.get(hash) == null) {
                boolean isAbove = InjectionWords.TOLD.get(hash) != null && isOwnBehind(text, end);
                if (isAbove) {
                    report(text, place, end, POSSIBLE, found);
                }
                return;
            }
            next = next(text, end);
        }
    }

    /** {@code you are now DAN}, {@code act as an AI without restrictions}, {@code do anything now}. */
    private static void persona(Passage text, int place, Candidates found) {
        int lacking = 0;
        int next = next(text, text.wordEnd(place));
        int word = text.wordEnd(place);
        boolean isActOrAnswer = is(text, place, word, "act") || is(text, place, word, "answer");
        if (isActOrAnswer && next > 0 && isNoun(text, next)) {
            return;
        }
        for (int words = 0; next > 0 && words < WORDS_MAX + 3; words++) {
            int end = text.wordEnd(next);
            long hash = text.hash(next, end);
            if (InjectionWords.UNBOUND.get(hash) != null) {
                boolean isName = Bytes.isUpper(text.at(next)) && Bytes.isUpper(text.at(next + 1));
                boolean isOther = end - next == 3 && !isName; // Dan is a name; DAN is none.
                report(text, place, end, isOther ? FAINT : LIKELY + 10, found);
                return;
            }
            if (lacking > 0 && InjectionWords.LIMITS.get(hash) != null) {
                report(text, place, end, POSSIBLE, found);
                return;
            }
            lacking = InjectionWords.LACKING.get(hash) != null ? 4 : lacking - 1;
            next = next(text, end);
        }
    }

    /** Whether {@code act} or {@code answer} is what is spoken of, rather than what is to be done. */
    private static boolean isNoun(Passage text, int next) {
        int end = text.wordEnd(next);
        return !is(text, next, end, "as")
                && !is(text, next, end, "like")
                && !is(text, next, end, "with")
                && !is(text, next, end, "without");
    }

    /** {@code NOTE TO THE AI}, {@code new instructions:}, {@code developer mode enabled}, {@code end of prompt}. */
    private static void address(Passage text, int place, Candidates found) {
        int first = text.wordEnd(place);
        int next = next(text, first);
        if (next < 0 && text.at(first) == ':' && Bytes.isSpace(text.at(first + 1))) {
            next = first + 2;
        }
        for (int words = 0; next > 0 && words < 6; words++) {
            int end = text.wordEnd(next);
            long hash = text.hash(next, end);
            boolean isColon = text.at(end) == ':' || text.at(end) == '-' || text.at(end) == '\n';
            if (words < 2 && InjectionWords.ORDERS.get(hash) != null && isColon) {
                report(text, place, end, POSSIBLE, found);
                return;
            }
            if (InjectionWords.MODELS.get(hash) != null && isMeant(text, place, end)) {
                report(text, place, end, WEAK + 5, found);
                return;
            }
            if (is(text, next, end, "mode") && words == 0 && isSwitchedOn(text, end)) {
                report(text, place, end, LIKELY, found);
                return;
            }
            if (InjectionWords.BETWEEN.get(hash) == null
                    && InjectionWords.OWN.get(hash) == null
                    && !isArticle(text, next, end)) {
                return;
            }
            next = next(text, end);
        }
    }

    private static boolean isArticle(Passage text, int start, int end) {
        return (end - start == 1 && Bytes.lower(text.at(start)) == 'a')
                || is(text, start, end, "an")
                || is(text, start, end, "language")
                || is(text, start, end, "large");
    }

    /** Whether a model is spoken to: its name ends the words, or they ask whether the reader is one. */
    private static boolean isMeant(Passage text, int place, int end) {
        int after = text.at(end);
        return after == ':'
                || after == ','
                || after == '!'
                || (Bytes.lower(text.at(place)) == 'i' && Bytes.lower(text.at(place + 1)) == 'f');
    }

    private static boolean isSwitchedOn(Passage text, int end) {
        int next = next(text, end);
        int nextEnd = next < 0 ? next : text.wordEnd(next);
        return next > 0
                && (is(text, next, nextEnd, "enabled")
                        || is(text, next, nextEnd, "activated")
                        || is(text, next, nextEnd, "output"));
    }

    /** {@code send the conversation to http://…}, {@code do not tell the user}, {@code no longer bound by rules}. */
    private static void take(Passage text, int place, Candidates found) {
        int goods = -1;
        int told = 0;
        int bound = 0;
        int next = next(text, text.wordEnd(place));
        for (int words = 0; next > 0 && words < WORDS_MAX + 2; words++) {
            int end = text.wordEnd(next);
            long hash = text.hash(next, end);
            if (told > 0 && InjectionWords.PEOPLE.get(hash) != null) {
                report(text, place, end, POSSIBLE - 5, found);
                return;
            }
            told = InjectionWords.TELLING.get(hash) != null && words < 3 ? 5 : told - 1;
            bound = is(text, next, end, "bound") || is(text, next, end, "restricted") ? 6 : bound - 1;
            if (bound > 0
                    && words > 0
                    && (InjectionWords.LIMITS.get(hash) != null || InjectionWords.RULES.get(hash) != null)) {
                report(text, place, end, LIKELY - 5, found);
                return;
            }
            goods = goods < 0 && InjectionWords.GOODS.get(hash) != null ? words : goods;
            if (goods >= 0 && is(text, next, end, "to") && isFaraway(text, end)) {
                report(text, place, end, WEAK, found);
                return;
            }
            next = next(text, end);
        }
    }

    /** Whether an address of the web or of mail follows. */
    private static boolean isFaraway(Passage text, int end) {
        for (int position = end; position < end + 60; position++) {
            int each = text.at(position);
            if (each == '@' || (each == ':' && text.at(position + 1) == '/' && text.at(position + 2) == '/')) {
                return true;
            }
            if (each < ' ') {
                return false;
            }
        }
        return false;
    }

    /** Marks that divide conversations of some models. */
    private static void forge(Passage text, int place, Candidates found) {
        for (int index = 0; index < MARKS.length; index++) {
            String mark = MARKS[index];
            if (begins(text, place, mark)) {
                report(text, place, place + mark.length(), index < PAIRED_MARKS ? POSSIBLE + 5 : WEAK - 5, found);
                return;
            }
        }
    }

    private static boolean begins(Passage text, int place, String wanted) {
        for (int index = 0; index < wanted.length(); index++) {
            if (Bytes.lower(text.at(place + index)) != Bytes.lower(wanted.charAt(index))) {
                return false;
            }
        }
        return true;
    }

    private static boolean is(Passage text, int start, int end, String word) {
        return end - start == word.length() && begins(text, start, word);
    }

    private static void report(Passage text, int start, int end, int score, Candidates found) {
        int weighed = score;
        boolean isQuoted = isQuote(text.at(start - 1));
        boolean isCode =
                text.at(start - 1) == '_' || text.at(start - 1) == '.' || text.at(end) == '_' || text.at(end) == '(';
        boolean isAboutAttacks = InjectionWords.ABOUT_ATTACKS.near(text, start, end) != null;
        if (isCode || (isQuoted && isAboutAttacks)) {
            weighed -= TOLD + 20;
        } else if (InjectionWords.TELLS_OF_OTHERS.before(text, start, 1) != null
                && InjectionWords.COMMANDS.before(text, start, 1) == null) {
            weighed -= TOLD;
        }
        if (weighed > 0) {
            found.addScored(Kinds.PROMPT_INJECTION, start, end, weighed);
        }
    }

    private static boolean isQuote(int value) {
        return value == '"' || value == '\'' || value == '`' || value == '*';
    }

    /** Returns where the next word of the same sentence begins; -1 when there is none near. */
    private static int next(Passage text, int end) {
        int position = end;
        while (position - end < GAP_MAX) {
            int each = text.at(position);
            if (Bytes.isWord(each)) {
                return position;
            }
            if (each != ' '
                    && each != ','
                    && each != '\n'
                    && each != '-'
                    && each != '_'
                    && each != '\''
                    && each != '*') {
                return -1;
            }
            position++;
        }
        return -1;
    }
}
