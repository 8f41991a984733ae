package dev.gantry.guard;

/**
 * Secrets whose mark is not at their beginning: client secrets of Azure ({@code …8Q~…}), keys of Mailchimp ({@code …-us12}),
 * tokens of Discord's bots, whose first part is a number in base64; passwords given to {@code curl}, and those of basic
 * authentication. Asked at tildes, at codes and at two words.
 */
final class MarkedSecretDetector extends Detector {
    private static final int AZURE_HEAD = 5;
    private static final int AZURE_TAIL_MIN = 31;
    private static final int AZURE_TAIL_MAX = 36;
    private static final int MAILCHIMP_BODY = 32;
    private static final int DISCORD_HEAD_MIN = 23;
    private static final int DISCORD_HEAD_MAX = 28;
    private static final int DISCORD_MIDDLE = 6;
    private static final int DISCORD_TAIL_MIN = 27;
    private static final int DISCORD_TAIL_MAX = 40;
    private static final int COMMAND_MAX = 300;
    private static final int PASSWORD_MIN = 4;
    private static final int PASSWORD_MAX = 120;
    private static final int BASIC_MIN = 8;
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int CONFIDENCE = 95;

    /** The words at which it wants to be asked. */
    static final String[] WORDS = {"curl", "basic"};

    @Override
    void look(Passage text, int place, Candidates found) {
        int first = text.at(place);
        if (first == '~') {
            azure(text, place, found);
        } else if (Bytes.lower(first) == 'c' && text.wordEnd(place) - place == 4 && text.at(place + 4) == ' ') {
            curl(text, place, found);
        } else if (Bytes.lower(first) == 'b' && text.wordEnd(place) - place == 5 && text.at(place + 5) == ' ') {
            basic(text, place + 6, found);
        } else if (first == 'M' || first == 'N' || first == 'O') {
            discord(text, place, found);
        } else if (text.at(place + MAILCHIMP_BODY) == '-' && Bytes.isHex(first)) {
            mailchimp(text, place, found);
        }
    }

    /** Three characters, a digit, {@code Q~}, and some 34 characters. */
    private static void azure(Passage text, int place, Candidates found) {
        int start = place - AZURE_HEAD;
        if (text.at(place - 1) != 'Q'
                || !Bytes.isDigit(text.at(place - 2))
                || Bytes.isAlphanumeric(text.at(start - 1))) {
            return;
        }
        int end = place + 1;
        while (end - place <= AZURE_TAIL_MAX && isAzure(text.at(end))) {
            end++;
        }
        while (text.at(end - 1) == '.' || text.at(end - 1) == '-') {
            end--;
        }
        int length = end - place - 1;
        if (length >= AZURE_TAIL_MIN && length < AZURE_TAIL_MAX && Randomness.looksRandom(text, start, end)) {
            found.add(Kinds.secret("azure_client_secret"), start, end, CONFIDENCE);
        }
    }

    private static boolean isAzure(int value) {
        return Bytes.isAlphanumeric(value) || value == '-' || value == '_' || value == '.' || value == '~';
    }

    /** The password of {@code curl -u user:password}. */
    private static void curl(Passage text, int place, Candidates found) {
        int position = place;
        while (position - place < COMMAND_MAX && !isUserOption(text, position)) {
            if (text.at(position) < ' ') {
                return;
            }
            position++;
        }
        if (position - place == COMMAND_MAX) {
            return;
        }
        position += text.at(position + 2) == 'u' ? 3 : 7;
        for (int signs = 0; signs < 3 && isOpening(text.at(position)); signs++) {
            position++;
        }
        int colon = position;
        while (colon - position < PASSWORD_MAX && text.at(colon) > ' ' && text.at(colon) != ':') {
            colon++;
        }
        int end = colon + 1;
        while (end - colon < PASSWORD_MAX && text.at(end) > ' ' && text.at(end) != '\'' && text.at(end) != '"') {
            end++;
        }
        boolean isVariable = text.at(colon + 1) == '$' || text.at(colon + 1) == '<' || text.at(colon + 1) == '{';
        if (text.at(colon) == ':' && end - colon > PASSWORD_MIN && !isVariable) {
            found.add(Kinds.SECRET_ASSIGNMENT, colon + 1, end, CONFIDENCE);
        }
    }

    private static boolean isOpening(int value) {
        return value == ' ' || value == '\'' || value == '"' || value == '=';
    }

    private static boolean isUserOption(Passage text, int place) {
        if (text.at(place) != ' ' || text.at(place + 1) != '-') {
            return false;
        }
        return (text.at(place + 2) == 'u' && !Bytes.isWord(text.at(place + 3)))
                || (text.at(place + 2) == '-'
                        && text.at(place + 3) == 'u'
                        && text.at(place + 4) == 's'
                        && text.at(place + 5) == 'e'
                        && text.at(place + 6) == 'r');
    }

    /** RFC 7617: user and password with a colon between them, in base64. */
    private static void basic(Passage text, int place, Candidates found) {
        int end = place;
        while (end - place < PASSWORD_MAX && SecretFormat.Alphabet.BASE64.contains(text.at(end))) {
            end++;
        }
        if (end - place < BASIC_MIN || (end - place) % 4 != 0) {
            return;
        }
        boolean hasColon = false;
        for (int position = place; position < end && text.at(position) != '='; position += 4) {
            int bits = 0;
            for (int index = 0; index < 4; index++) {
                int value = BASE64.indexOf(text.at(position + index));
                bits = bits << 6 | Math.max(0, value);
            }
            for (int shift = 16; shift >= 0; shift -= 8) {
                int value = bits >> shift & 0xFF;
                if (value != 0 && (value < ' ' || value == 0x7F)) {
                    return;
                }
                hasColon |= value == ':';
            }
        }
        if (hasColon) {
            found.add(Kinds.SECRET_ASSIGNMENT, place, end, CONFIDENCE);
        }
    }

    private static void mailchimp(Passage text, int place, Candidates found) {
        int dash = place + MAILCHIMP_BODY;
        for (int position = place; position < dash; position++) {
            if (!Bytes.isHex(text.at(position))) {
                return;
            }
        }
        int end = text.afterDigits(dash + 3, 2);
        boolean isRegion = text.at(dash + 1) == 'u' && text.at(dash + 2) == 's' && end > dash + 3;
        if (isRegion && text.isStart(place) && text.isEnd(end)) {
            found.add(Kinds.secret("mailchimp_key"), place, end, CONFIDENCE);
        }
    }

    private static void discord(Passage text, int place, Candidates found) {
        int head = part(text, place, DISCORD_HEAD_MAX + 1);
        if (head - place < DISCORD_HEAD_MIN || head - place > DISCORD_HEAD_MAX || text.at(head) != '.') {
            return;
        }
        int middle = part(text, head + 1, DISCORD_MIDDLE + 1);
        if (middle - head - 1 != DISCORD_MIDDLE || text.at(middle) != '.') {
            return;
        }
        int end = part(text, middle + 1, DISCORD_TAIL_MAX + 1);
        int tail = end - middle - 1;
        if (tail >= DISCORD_TAIL_MIN && tail <= DISCORD_TAIL_MAX && text.isStart(place)) {
            found.add(Kinds.secret("discord_token"), place, end, CONFIDENCE);
        }
    }

    private static int part(Passage text, int from, int lengthMax) {
        int end = from;
        while (end - from < lengthMax && SecretFormat.Alphabet.BASE64URL.contains(text.at(end))) {
            end++;
        }
        return end;
    }
}
