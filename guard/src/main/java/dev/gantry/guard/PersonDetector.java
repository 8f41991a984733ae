package dev.gantry.guard;

/**
 * Names of people, without a model of language: a title, a label or a known given name, and capitalized words behind it.
 * Asked at these words. What it finds and what it misses stands in docs/detectors.md.
 */
final class PersonDetector implements Detector {
    static final String[] TITLES = {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "doctor",
        "sir",
        "madam",
        "herr",
        "frau",
        "mme",
        "mlle",
        "madame",
        "monsieur",
        "señor",
        "señora",
        "sr",
        "sra",
        "signor",
        "signora",
        "dott",
        "mevrouw",
        "dhr",
        "nurse",
        "judge"
    };
    static final String[] LABELS = {
        "name",
        "dear",
        "patient",
        "customer",
        "client",
        "employee",
        "cardholder",
        "applicant",
        "attn",
        "attention",
        "beneficiary",
        "insured",
        "policyholder",
        "signed",
        "regards",
        "sincerely",
        "contact",
        "holder",
        "nom",
        "nombre",
        "nome",
        "naam",
        "kunde",
        "patientin",
        "fullname",
        "firstname",
        "lastname",
        "surname",
        "sender",
        "recipient",
        "am",
        "m",
        "called",
        "named"
    };
    private static final WordTable<Boolean> GIVEN = Names.givenTable();
    private static final WordTable<Boolean> AMBIGUOUS = Names.ambiguous();
    private static final WordTable<Boolean> FAMILY = Names.family();
    private static final WordTable<Boolean> PARTICLES =
            WordTable.of("van von de der den del della di da dos du la le el al bin ibn ter ten");
    private static final WordTable<Boolean> NOT_NAMES = WordTable.of("""
            the and for with from this that these those street st avenue ave road rd drive boulevard lane court inc llc ltd
            gmbh corp company co group bank university college school hospital institute center centre city county state
            island river lake mountain park hotel airport station church january february march april may june july august
            september october november december monday tuesday wednesday thursday friday saturday sunday street is was are
            were has have had will would can could should may might said says asked told called works lives went came sent
            please thank thanks hello hi dear regards sincerely best number phone email address date id account order
            invoice team support service services department office manager director engineer developer president ceo cto
            foundation association university api sdk http https json sql java python linux windows error warning info
            debug note todo who what when where why how it he she they we you i my your his her our their in on at to of by
            as or if but not no yes new old north south east west united states kingdom america europe china india germany
            day days week month year unknown none null not""");

    /** What leads to a name. */
    enum Lead {
        TITLE,
        LABEL,
        GIVEN
    }

    private final Lead lead;

    PersonDetector(Lead lead) {
        this.lead = lead;
    }

    @Override
    public void look(Passage text, int place, Candidates found) {
        switch (lead) {
            case TITLE -> afterTitle(text, place, found);
            case LABEL -> afterLabel(text, place, found);
            case GIVEN -> atGiven(text, place, found);
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
        while (gap < 6 && isGap(text.at(position))) {
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
        boolean isKnown = GIVEN.get(first) != null || AMBIGUOUS.get(first) != null;
        int end = nameEnd(text, position, 3);
        if (end < 0) {
            return;
        }
        boolean isPersonal = text.wordEnd(place) - place > 6 || isSaid;
        boolean isSingle = end == text.wordEnd(position);
        int sure = isKnown ? 75 : isPersonal && isDivided && !isSingle ? 62 : isSaid ? 60 : 40;
        found.add(Kinds.PERSON, position, end, sure);
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
        boolean isFamily = FAMILY.get(text.hash(lastStart, end)) != null;
        boolean isAmbiguous = AMBIGUOUS.get(text.hash(place, firstEnd)) != null;
        found.add(Kinds.PERSON, place, end, isFamily ? 82 : isAmbiguous ? 42 : 66);
    }

    /** Returns where a name of capitalized words ends, of one word at least; -1 when there is none. */
    private static int nameEnd(Passage text, int start, int wordsMax) {
        int end = -1;
        int position = start;
        int words = 0;
        while (words < wordsMax) {
            int wordEnd = text.wordEnd(position);
            long hash = text.hash(position, wordEnd);
            if (words > 0 && PARTICLES.get(hash) != null && text.at(wordEnd) == ' ') {
                position = wordEnd + 1;
                continue;
            }
            if (!isNameStart(text, position) || NOT_NAMES.get(hash) != null) {
                break;
            }
            boolean isInitial = wordEnd - position == 1;
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
