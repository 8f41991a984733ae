package dev.gantry.guard;

/**
 * Postal addresses: a house number with a street of English or French kind (asked at numbers), a street of German or Dutch
 * kind with its number (asked at words with such an ending), of Spanish or Italian kind (asked at the word for street),
 * post office boxes. What it finds and what it misses stands in docs/detectors.md.
 */
final class AddressDetector extends Detector {
    static final String[] GERMAN_ENDINGS = {
        "straße", "strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "straat", "laan", "plein",
        "gracht"
    };
    static final String[] ROMANCE_STREETS = {
        "calle", "avenida", "paseo", "plaza", "carrera", "via", "viale", "piazza", "corso", "rua", "travessa"
    };
    /** With which German streets begin that have no ending: {@code Am Markt 5}, {@code Unter den Linden 7}. */
    static final String[] PREPOSITIONS = {"am", "an", "auf", "im", "in", "unter", "zum", "zur"};

    static final String[] BOXES = {"p", "po", "post", "postfach"};
    private static final WordTable<Boolean> STREETS = WordTable.of("""
            street st avenue ave av road rd boulevard blvd lane ln drive dr court ct way place pl terrace ter circle cir
            highway hwy parkway pkwy square sq trail trl alley loop crescent cres close grove row mews plaza pike turnpike
            crossing bend ridge hill path walk gardens green wharf quay expressway expy""");
    private static final WordTable<Boolean> FRENCH =
            WordTable.of("rue avenue boulevard place chemin allée impasse quai route cours bd");
    private static final WordTable<Boolean> REPEATED = WordTable.of("bis ter");
    private static final WordTable<Boolean> SMALL =
            WordTable.of("de du des la le les l d of den dem der the and del della dei el los las y di da do dos");
    private static final WordTable<Boolean> UNITS =
            WordTable.of("apt apartment suite ste unit floor fl room rm flat bldg building no");
    private static final WordTable<Boolean> STATES = WordTable.of("""
            al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or
            pa ri sc sd tn tx ut vt va wa wv wi wy dc pr on qc bc ab mb sk ns nb nl pe nsw vic qld""");
    private static final int WORDS_MAX = 5;

    /** How a street is written. */
    enum Form {
        NUMBER_FIRST,
        GERMAN,
        PREPOSITION,
        ROMANCE,
        BOX
    }

    private final Form form;

    AddressDetector(Form form) {
        this.form = form;
    }

    @Override
    void look(Passage text, int place, Candidates found) {
        switch (form) {
            case NUMBER_FIRST -> numberFirst(text, place, found);
            case GERMAN -> german(text, place, found);
            case PREPOSITION -> preposition(text, place, found);
            case ROMANCE -> romance(text, place, found);
            case BOX -> box(text, place, found);
        }
    }

    private static void numberFirst(Passage text, int place, Candidates found) {
        int position = text.afterDigits(place, 6);
        int length = position - place;
        if (length > 5 || !Digits.isFreeBefore(text, place)) {
            return;
        }
        if (Bytes.isLetter(text.at(position)) && !Bytes.isWord(text.at(position + 1))) {
            position++; // 12a
        }
        int repeated = text.at(position) == ' ' ? text.wordEnd(position + 1) : position;
        if (repeated - position == 4 && REPEATED.get(text.hash(position + 1, repeated)) != null) {
            position = repeated; // 12 bis
        }
        if (text.at(position) == ',' && text.at(position + 1) == ' ') {
            position++;
        }
        if (text.at(position) != ' ') {
            return;
        }
        position++;
        int end = french(text, position);
        if (end < 0) {
            end = english(text, position);
        }
        if (end > 0) {
            int whole = afterTown(text, afterUnit(text, end));
            found.add(Kinds.ADDRESS, place, whole, whole > end ? 90 : 84);
        }
    }

    /** {@code N. Main Street}, {@code 5th Ave}; returns where it ends, -1 when it is none. */
    private static int english(Passage text, int start) {
        int position = start;
        for (int words = 0; words <= WORDS_MAX; words++) {
            int end = text.wordEnd(position);
            if (end == position) {
                return -1;
            }
            boolean isCapital = isCapital(text, position) || Bytes.isDigit(text.at(position));
            if (!isCapital && SMALL.get(text.hash(position, end)) == null) {
                return -1;
            }
            if (words > 0 && isCapital && STREETS.get(text.hash(position, end)) != null) {
                int next = text.at(end) == '.' ? end + 1 : end;
                boolean isLast =
                        text.at(next) != ' ' || STREETS.get(text.hash(next + 1, text.wordEnd(next + 1))) == null;
                if (isLast) {
                    return direction(text, end);
                }
            }
            boolean isPossessive = text.at(end) == '\'' && text.at(end + 1) == 's' && text.at(end + 2) == ' ';
            if (text.at(end) == '\'' && !isPossessive) {
                position = end + 1;
                continue;
            }
            position = isPossessive ? end + 2 : text.at(end) == '.' ? end + 1 : end;
            if (text.at(position) != ' ') {
                return -1;
            }
            position++;
        }
        return -1;
    }

    /** A direction behind the street: {@code NW}, {@code SE}. */
    private static int direction(Passage text, int end) {
        if (text.at(end) != ' ' || "NSEW".indexOf(text.at(end + 1)) < 0) {
            return end;
        }
        int last = text.wordEnd(end + 1);
        return last - end <= 3 && "NSEW".indexOf(text.at(last - 1)) >= 0 ? last : end;
    }

    private static int french(Passage text, int start) {
        int end = text.wordEnd(start);
        return FRENCH.get(text.hash(start, end)) == null || text.at(end) != ' ' ? -1 : properWords(text, end + 1);
    }

    /** Returns where words that end in a capitalized one end, with small words between; -1 when there are none. */
    private static int properWords(Passage text, int start) {
        int position = start;
        int found = -1;
        for (int words = 0; words < WORDS_MAX; words++) {
            int end = text.wordEnd(position);
            if (end > position && isCapital(text, position)) {
                found = end;
            } else if (end == position || SMALL.get(text.hash(position, end)) == null) {
                break;
            }
            if (text.at(end) != ' ' && text.at(end) != '\'' && text.at(end) != '-') {
                break;
            }
            position = end + 1;
        }
        return found;
    }

    private static void german(Passage text, int place, Candidates found) {
        int end = text.wordEnd(place);
        if (!isCapital(text, place) || !hasEnding(text, place, end)) {
            return;
        }
        int position = text.at(end) == '.' ? end + 1 : end;
        if (text.at(position) != ' ' || !Bytes.isDigit(text.at(position + 1))) {
            return;
        }
        int numberEnd = text.afterDigits(position + 1, 4);
        if (Bytes.isLetter(text.at(numberEnd))) {
            numberEnd++;
        }
        if (text.isEnd(numberEnd)) {
            int whole = afterTown(text, numberEnd);
            found.add(Kinds.ADDRESS, place, whole, whole > numberEnd ? 85 : 72);
        }
    }

    /** A preposition, a name, a number, and a postcode with its town, without which it is too little. */
    private static void preposition(Passage text, int place, Candidates found) {
        int end = text.wordEnd(place);
        if (!Bytes.isUpper(text.at(place)) || text.at(end) != ' ') {
            return;
        }
        int name = properWords(text, end + 1);
        if (name < 0 || text.at(name) != ' ') {
            return;
        }
        int numberEnd = text.afterDigits(name + 1, 4);
        int letterEnd = Bytes.isLetter(text.at(numberEnd)) ? numberEnd + 1 : numberEnd;
        if (numberEnd > name + 1 && text.isEnd(letterEnd)) {
            int whole = afterTown(text, letterEnd);
            if (whole > letterEnd) {
                found.add(Kinds.ADDRESS, place, whole, 78);
            }
        }
    }

    private static boolean hasEnding(Passage text, int start, int end) {
        for (String ending : GERMAN_ENDINGS) {
            byte[] bytes = Bytes.utf8(ending);
            int from = end - bytes.length;
            boolean isLike = from >= start;
            for (int index = 0; isLike && index < bytes.length; index++) {
                isLike = Bytes.lower(text.at(from + index)) == (bytes[index] & 0xFF);
            }
            if (isLike && (from > start + 1 || text.at(start) == 'S')) {
                return true;
            }
        }
        return false;
    }

    private static void romance(Passage text, int place, Candidates found) {
        int end = text.wordEnd(place);
        if (text.at(end) != ' ') {
            return;
        }
        int street = properWords(text, end + 1);
        if (street < 0) {
            return;
        }
        int position = text.at(street) == ',' ? street + 1 : street;
        position = text.at(position) == ' ' ? position + 1 : position;
        int numberEnd = text.afterDigits(position, 5);
        if (numberEnd > position && numberEnd - position < 5 && text.isEnd(numberEnd)) {
            int whole = afterTown(text, numberEnd);
            found.add(Kinds.ADDRESS, place, whole, whole > numberEnd ? 82 : 68);
        }
    }

    /** {@code P.O. Box 12}, {@code Post Office Box 12}, {@code Postfach 12}. */
    private static void box(Passage text, int place, Candidates found) {
        int position = text.wordEnd(place);
        if (position - place <= 4) {
            position = afterWord(text, position, position - place == 4 ? "office" : position - place == 1 ? "o" : "");
            position = position < 0 ? -1 : afterWord(text, position, "box");
        }
        if (position < 0) {
            return;
        }
        position = text.at(position) == ' ' ? position + 1 : position;
        int end = text.afterDigits(position, 7);
        if (end > position && text.isEnd(end)) {
            found.add(Kinds.ADDRESS, place, afterTown(text, end), 78);
        }
    }

    /** Returns where a word ends that follows, whatever its case, behind full stops and spaces; -1 when another does. */
    private static int afterWord(Passage text, int place, String word) {
        int position = place;
        if (word.isEmpty()) {
            return position;
        }
        while (position - place < 3 && (text.at(position) == '.' || text.at(position) == ' ')) {
            position++;
        }
        for (int index = 0; index < word.length(); index++) {
            if (Bytes.lower(text.at(position++)) != word.charAt(index)) {
                return -1;
            }
        }
        return position;
    }

    private static int afterUnit(Passage text, int end) {
        int position = text.at(end) == '.' ? end + 1 : end;
        position = text.at(position) == ',' ? position + 1 : position;
        if (text.at(position) != ' ') {
            return end;
        }
        position++;
        if (text.at(position) == '#') {
            int unitEnd = text.wordEnd(position + 1);
            return unitEnd > position + 1 ? unitEnd : end;
        }
        int wordEnd = text.wordEnd(position);
        if (UNITS.get(text.hash(position, wordEnd)) == null) {
            return end;
        }
        position = text.at(wordEnd) == '.' ? wordEnd + 1 : wordEnd;
        position = text.at(position) == ' ' ? position + 1 : position;
        position = text.at(position) == '#' ? position + 1 : position;
        int unitEnd = text.wordEnd(position);
        return unitEnd > position && unitEnd - position <= 6 ? unitEnd : end;
    }

    /** {@code , Springfield, IL 62704}, {@code , 10115 Berlin}, {@code , London SW1A 1AA}; the given end without one. */
    private static int afterTown(Passage text, int end) {
        int position = text.at(end) == '.' ? end + 1 : end;
        int gap = position;
        while (position - gap < 3
                && (text.at(position) == ',' || text.at(position) == ' ' || text.at(position) == '\n')) {
            position++;
        }
        if (position == gap) {
            return end;
        }
        int digitsEnd = text.afterDigits(position, 6);
        if (digitsEnd - position == 5 || (digitsEnd - position == 4 && text.at(digitsEnd) == ' ')) {
            int town = text.at(digitsEnd) == ' ' ? townEnd(text, digitsEnd + 1, 2) : -1;
            return town > 0 ? town : digitsEnd - position == 5 ? digitsEnd : end;
        }
        int town = townEnd(text, position, 3);
        if (town < 0) {
            return end;
        }
        position = text.at(town) == ',' ? town + 1 : town;
        position = text.at(position) == ' ' ? position + 1 : position;
        int stateEnd = text.wordEnd(position);
        boolean isState = stateEnd - position <= 3
                && Bytes.isUpper(text.at(position))
                && STATES.get(text.hash(position, stateEnd)) != null;
        int postcodeEnd = afterPostcode(text, position);
        if (postcodeEnd > 0) {
            return postcodeEnd;
        }
        if (!isState) {
            int zipEnd = text.afterDigits(position, 6);
            return zipEnd - position == 5 ? zipEnd : end;
        }
        int zip = text.at(stateEnd) == ',' ? stateEnd + 1 : stateEnd;
        zip = text.at(zip) == ' ' ? zip + 1 : zip;
        int zipEnd = text.afterDigits(zip, 6);
        if (zipEnd - zip != 5) {
            return stateEnd;
        }
        int longEnd = text.at(zipEnd) == '-' ? text.afterDigits(zipEnd + 1, 5) : zipEnd;
        return longEnd - zipEnd == 5 ? longEnd : zipEnd;
    }

    private static boolean hasDigit(Passage text, int start, int end) {
        for (int position = start; position < end; position++) {
            if (Bytes.isDigit(text.at(position))) {
                return true;
            }
        }
        return false;
    }

    /** Returns where a British postcode such as {@code NW1 6XE} ends; -1 when there is none. */
    private static int afterPostcode(Passage text, int place) {
        int position = place;
        while (position - place < 2 && Bytes.isUpper(text.at(position))) {
            position++;
        }
        if (position == place || !Bytes.isDigit(text.at(position))) {
            return -1;
        }
        position += Bytes.isAlphanumeric(text.at(position + 1)) ? 2 : 1;
        boolean isInward = text.at(position) == ' '
                && Bytes.isDigit(text.at(position + 1))
                && Bytes.isUpper(text.at(position + 2))
                && Bytes.isUpper(text.at(position + 3));
        return isInward && text.isEnd(position + 4) ? position + 4 : -1;
    }

    private static int townEnd(Passage text, int start, int wordsMax) {
        int position = start;
        int found = -1;
        for (int words = 0; words < wordsMax; words++) {
            int end = text.wordEnd(position);
            boolean isState = end - position == 2 && found > 0 && Bytes.isUpper(text.at(position + 1));
            if (end == position || !isCapital(text, position) || isState || hasDigit(text, position, end)) {
                break;
            }
            found = end;
            if (text.at(end) != ' ' && text.at(end) != '-') {
                break;
            }
            position = end + 1;
        }
        return found;
    }

    private static boolean isCapital(Passage text, int place) {
        int first = text.at(place);
        return Bytes.isUpper(first) || first == 0xC3 || first == 0xC4 || first == 0xC5;
    }
}
