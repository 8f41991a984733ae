package dev.gantry.guard;

/**
 * Cyrillic and Greek letters that look like Latin ones, for words in which both stand: nobody writes those but to hide a word
 * from programs. After the skeletons of Unicode Technical Standard 39, restricted to what most fonts draw alike.
 */
final class LookAlikes {
    private static final String CYRILLIC = "АВЕЅІЈКМНОРСТУХаеѕіјкморстухһԁԛԝӏ";
    private static final String CYRILLIC_AS = "ABESIJKMHOPCTYXaesijkmopctyxhdqwl";
    private static final String GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυ";
    private static final String GREEK_AS = "ABEZHIKMNOPTYXaeikvoptu";
    private static final int FIRST = 0x380;
    private static final byte[] LATIN = new byte[0x530 - FIRST];
    private static final int AHEAD_MAX = 16;

    static {
        fill(CYRILLIC, CYRILLIC_AS);
        fill(GREEK, GREEK_AS);
    }

    private LookAlikes() {}

    private static void fill(String letters, String latin) {
        for (int index = 0; index < letters.length(); index++) {
            LATIN[letters.charAt(index) - FIRST] = (byte) latin.charAt(index);
        }
    }

    /** Whether such letters can begin with a byte. */
    static boolean mayBegin(int lead) {
        return lead >= 0xCE && lead <= 0xD4;
    }

    /**
     * Returns the Latin letter that the character at a position passes for; 0 when it passes for none, or when its word holds no
     * Latin letter just before it or behind the letters of its kind that follow.
     *
     * @param isAfterLatin whether a Latin letter stands before it
     */
    static int latin(byte[] text, int position, int to, boolean isAfterLatin) {
        int latin = latin(text, position, to);
        if (latin == 0 || isAfterLatin) {
            return latin;
        }
        int next = position + 2;
        for (int ahead = 0; ahead < AHEAD_MAX && next < to; ahead++, next += 2) {
            if (Folding.isLetter(text[next])) {
                return latin;
            }
            if (latin(text, next, to) == 0) {
                return 0;
            }
        }
        return 0;
    }

    private static int latin(byte[] text, int position, int to) {
        if (!mayBegin(text[position] & 0xFF)) {
            return 0;
        }
        int place = Folding.point(text, position, to) - FIRST;
        return place >= 0 && place < LATIN.length ? LATIN[place] : 0;
    }
}
