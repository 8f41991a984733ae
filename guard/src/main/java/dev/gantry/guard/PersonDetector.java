package dev.gantry.guard;

/**
 * Names of people, without a model of language: a title, a label or a known given name, and capitalized words behind it.
 * Asked at these words. What it finds and what it misses stands in docs/detectors.md.
 */
final class PersonDetector extends Detector {

    /** What leads to a name. */
    enum Lead {
        TITLE,
        LABEL,
        GIVEN,
        FAMILY
    }

    private final Lead lead;

    PersonDetector(Lead lead) {
        this.lead = lead;
    }

    @Override
    void look(Passage text, int place, Candidates found) {
        switch (lead) {
            case TITLE -> afterTitle(text, place, found);
            case LABEL -> afterLabel(text, place, found);
            case GIVEN -> atGiven(text, place, found);
            case FAMILY -> atFamily(text, place, found);
        }
    }

    private static void afterTitle(Passage text, int place, Candidates found) {
        if (!Bytes.isUpper(text.at(place)) || Bytes.isWord(text.at(place - 1))) {
            return;
        }
        int position = text.wordEnd(place);
        position = text.at(position) == '.' ? position + 1 : position;
        if (text.at(position) != ' ') {
            return;
        }
        int end = nameEnd(text, position + 1, 3);
        if (end > 0) {
            found.add(Kinds.PERSON, position + 1, end, 80);
        }
    }

    private static void afterLabel(Passage text, int place, Candidates found) {
        int position = text.wordEnd(place);
        boolean isDivided = false;
        int gap = 0;
        while (gap < 6 && (isGap(text.at(position)) || isEscape(text, position))) {
            if (isEscape(text, position)) {
                position++;
            }
            isDivided |= text.at(position) == ':' || text.at(position) == '=' || text.at(position) == ',';
            position++;
            gap++;
        }
        boolean isSaid = false;
        if (Bytes.lower(text.at(position)) == 'i' && text.at(position + 1) == 's' && text.at(position + 2) == ' ') {
            position += 3;
            isSaid = true;
        }
        if (gap == 0 || !isNameStart(text, position)) {
            return;
        }
        long first = text.hash(position, text.wordEnd(position));
        boolean isKnown = PersonWords.GIVEN.get(first) != null || PersonWords.AMBIGUOUS.get(first) != null;
        int end = nameEnd(text, position, 3);
        if (end < 0) {
            return;
        }
        boolean isPersonal = isSaid || isPersonal(text, place);
        boolean isSingle = end == text.wordEnd(position);
        boolean isOnlyWord = isSingle && PersonWords.AMBIGUOUS.get(first) != null && !isDivided && text.at(end) != ',';
        int sure = isOnlyWord
                ? 40
                : isKnown
                        ? 75
                        : isPersonal && isDivided && !isSingle && isNameWord(text, position) ? 62 : isSaid ? 60 : 40;
        found.add(Kinds.PERSON, position, end, sure);
    }

    /** Whether a label is one of people, as {@code patient} and {@code patient name} are and {@code name} alone is not. */
    private static boolean isPersonal(Passage text, int place) {
        int end = text.wordEnd(place);
        return end - place > 6
                || PersonWords.PERSONAL.get(text.hash(place, end)) != null
                || PersonWords.OF_PEOPLE.before(text, place, 1) != null;
    }

    private static void atGiven(Passage text, int place, Candidates found) {
        int before = text.at(place - 1);
        if (!isNameStart(text, place) || before == '.' || before == '@' || before == '_' || before == '/') {
            return;
        }
        int firstEnd = text.wordEnd(place);
        int end = nameEnd(text, place, 4);
        if (end <= firstEnd) {
            return;
        }
        int lastStart = end;
        while (lastStart > firstEnd && Bytes.isWord(text.at(lastStart - 1))) {
            lastStart--;
        }
        boolean isFamily = PersonWords.FAMILY.get(text.hash(lastStart, end)) != null;
        boolean isAmbiguous = PersonWords.AMBIGUOUS.get(text.hash(place, firstEnd)) != null;
        boolean isFirm = PersonWords.FIRMS.get(joined(text, place, end)) != null;
        found.add(Kinds.PERSON, place, end, isFirm ? 30 : isFamily ? 82 : isAmbiguous ? 42 : 66);
    }

    /** A capitalized word that is in no list, and a family name behind it. */
    private static void atFamily(Passage text, int place, Candidates found) {
        if (!isNameStart(text, place) || text.at(place - 1) != ' ' || !isNameWord(text, place)) {
            return;
        }
        int firstEnd = place - 1;
        int start = firstEnd;
        while (firstEnd - start < 20 && Bytes.isWord(text.at(start - 1))) {
            start--;
        }
        int before = text.at(start - 1);
        boolean isInside = before == ' ' && text.at(start - 2) != '.' && text.at(start - 2) != '!';
        long first = text.hash(start, firstEnd);
        boolean isKnown = PersonWords.GIVEN.get(first) != null
                || PersonWords.AMBIGUOUS.get(first) != null
                || PersonWords.FAMILY.get(first) != null;
        if (firstEnd - start < 3
                || !isInside
                || isKnown
                || PersonWords.NOT_NAMES.get(first) != null
                || PersonWords.NOT_GIVEN.get(first) != null) {
            return;
        }
        boolean isCapitalBefore = isNameStart(text, beforeWord(text, start));
        if (isNameStart(text, start) && isNameWord(text, start) && !isCapitalBefore && nameEnd(text, place, 2) > 0) {
            found.add(Kinds.PERSON, start, text.wordEnd(place), 55);
        }
    }

    /** Returns where the word before another one begins. */
    private static int beforeWord(Passage text, int place) {
        int start = place - 1;
        while (place - start < 24 && Bytes.isWord(text.at(start - 1))) {
            start--;
        }
        return start;
    }

    /** Whether a word goes on in small letters, as a name does and an abbreviation does not. */
    private static boolean isNameWord(Passage text, int place) {
        int end = text.wordEnd(place);
        for (int position = place + 1; position < end; position++) {
            if (Bytes.isUpper(text.at(position))) {
                return false;
            }
        }
        return end - place > 2;
    }

    /** Returns the hash of words without what stands between them. */
    private static long joined(Passage text, int start, int end) {
        long hash = 0;
        for (int position = start; position < end; position++) {
            int each = text.at(position);
            hash = Bytes.isWord(each) ? hash * WordTable.FACTOR + Bytes.lower(each) : hash;
        }
        return hash;
    }

    /** Returns where a name of capitalized words ends, of one word at least; -1 when there is none. */
    private static int nameEnd(Passage text, int start, int wordsMax) {
        int end = -1;
        int position = start;
        int words = 0;
        while (words < wordsMax) {
            int wordEnd = text.wordEnd(position);
            long hash = text.hash(position, wordEnd);
            if (words > 0 && PersonWords.PARTICLES.get(hash) != null && text.at(wordEnd) == ' ') {
                position = wordEnd + 1;
                continue;
            }
            if (!isNameStart(text, position) || PersonWords.NOT_NAMES.get(hash) != null) {
                boolean isPlace =
                        words == 1 && Bytes.isUpper(text.at(position)) && PersonWords.PLACES.get(hash) != null;
                return isPlace ? -1 : end;
            }
            boolean isInitial = wordEnd - position == 1;
            if (isInitial && text.at(wordEnd) == '-') {
                return end; // X-Request-Id
            }
            end = isInitial ? end : wordEnd;
            if (isInitial && text.at(wordEnd) == '.') {
                wordEnd++;
            }
            words++;
            int after = text.at(wordEnd);
            if (after == '-' || after == '\'') {
                boolean isPossessive = after == '\'' && !Bytes.isUpper(text.at(wordEnd + 1));
                if (isPossessive) {
                    break;
                }
                position = wordEnd + 1;
                words--;
                if (!isNameStart(text, position)) {
                    break;
                }
                continue;
            }
            if (after != ' ') {
                break;
            }
            position = wordEnd + 1;
        }
        return end;
    }

    /** Whether a word may be part of a name: a capital, and then not digits. */
    private static boolean isNameStart(Passage text, int place) {
        int first = text.at(place);
        boolean isCapital = Bytes.isUpper(first)
                || (first == 0xC3 && text.at(place + 1) >= 0x80 && text.at(place + 1) <= 0x9E)
                || first == 0xC4
                || first == 0xC5
                || first == 0xCE
                || first == 0xD0;
        if (!isCapital) {
            return false;
        }
        int position = place;
        while (position - place < 24 && Bytes.isWord(text.at(position))) {
            if (Bytes.isDigit(text.at(position))) {
                return false;
            }
            position++;
        }
        return position - place < 24
                && text.at(position) != '('
                && text.at(position) != '_'
                && text.at(position) != '=';
    }

    /** Whether the end of a line stands there as an escape. */
    private static boolean isEscape(Passage text, int place) {
        return text.at(place) == '\\' && text.at(place + 1) == 'n';
    }

    private static boolean isGap(int value) {
        return value == ' '
                || value == ':'
                || value == '='
                || value == '"'
                || value == '\''
                || value == ','
                || value == '\n'
                || value == '*';
    }
}
