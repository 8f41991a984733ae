package dev.gantry.guard;

/** E-mail addresses as people write them: the dot-atom form of RFC 5322 with a domain name. Asked at {@code @}. */
final class EmailDetector extends Detector {
    private static final int LOCAL_MAX = 64;
    private static final int DOMAIN_MAX = 253;

    @Override
    void look(Passage text, int place, Candidates found) {
        int start = localStart(text, place);
        if (start == place) {
            return;
        }
        int end = DomainNames.end(text, place + 1, DOMAIN_MAX);
        if (end < 0 || isRemote(text, start, place)) {
            return;
        }
        found.add(Kinds.EMAIL, start, end, 95);
    }

    /** Whether it is the user of a repository's address, {@code git@host:path}. */
    private static boolean isRemote(Passage text, int start, int place) {
        return place - start == 3 && text.at(start) == 'g' && text.at(start + 1) == 'i' && text.at(start + 2) == 't';
    }

    private static int localStart(Passage text, int place) {
        int start = place;
        while (place - start < LOCAL_MAX && isLocal(text.at(start - 1))) {
            start--;
        }
        // Signs that may stand within a local part but rather surround one.
        while (start < place && !Bytes.isWord(text.at(start)) && text.at(start) != '+') {
            start++;
        }
        return text.at(place - 1) == '.' ? place : start;
    }

    private static boolean isLocal(int value) {
        return Bytes.isWord(value)
                || switch (value) {
                    case '.', '_', '-', '+', '\'' -> true;
                    default -> false;
                };
    }
}
