package dev.gantry.guard;

/**
 * Values that are said to be secret: {@code password = …}, {@code "client_secret": "…"}, {@code --token …}. Passwords may be
 * words of people's own making; other values must look drawn at random. Names of variables, calls, placeholders and masks
 * are no values. Asked at words that say it; what it finds is the value alone.
 */
final class AssignmentDetector extends Detector {
    /** Words after which a password may stand. */
    static final String[] PASSWORDS = {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "dbpassword",
        "userpassword",
        "rootpassword",
        "passwort",
        "kennwort",
        "motdepasse",
        "contraseña",
        "wachtwoord",
        "sshpass",
        "pgpassword",
        "pass",
        "passe",
        "userpass",
        "smtppassword",
        "rootpass",
        "dbpass",
        "senha",
        "hasło",
        "parola",
        "lösenord",
        "salasana",
        "пароль",
        "密码",
        "パスワード"
    };

    /** Words after which something random may stand. */
    static final String[] SECRETS = {
        "secret",
        "token",
        "apikey",
        "apisecret",
        "apitoken",
        "accesskey",
        "accesstoken",
        "secretkey",
        "secretaccesskey",
        "privatekey",
        "clientsecret",
        "authtoken",
        "bearertoken",
        "refreshtoken",
        "idtoken",
        "sessiontoken",
        "accountkey",
        "sharedaccesskey",
        "encryptionkey",
        "signingkey",
        "signingsecret",
        "webhooksecret",
        "appsecret",
        "consumersecret",
        "credential",
        "credentials",
        "bearer",
        "key"
    };

    private static final int OPTION_MAX = 30;
    private static final int SPACES_MAX = 4;
    private static final int FIELD_GAP_MAX = 24;
    private static final byte[] VALUE_NAME = Bytes.utf8("value");
    private static final int VALUE_MAX = 256;
    private static final int PASSWORD_MIN = 6;
    private static final int SECRET_MIN = 16;

    /** What a key must be of, to be a secret one. */
    private static final ContextWords<Boolean> OF_KEYS = ContextWords.of(
            "api",
            "access",
            "secret",
            "private",
            "auth",
            "account",
            "encryption",
            "signing",
            "master",
            "service",
            "app",
            "subscription",
            "shared",
            "storage",
            "functions",
            "license",
            "admin",
            "ssh",
            "hmac",
            "aes");

    /** With what values begin that are none. */
    private static final WordTable<Boolean> PLACEHOLDERS = WordTable.of("""
            example changeme placeholder redacted your null none true false undefined string required optional secret password token hidden dummy env process getenv config vault xxx todo value field input reset policy must should the is not""");

    private final boolean password;

    AssignmentDetector(boolean password) {
        this.password = password;
    }

    @Override
    void look(Passage text, int place, Candidates found) {
        int word = text.wordEnd(place);
        boolean isKey = word - place == 3 && Bytes.lower(text.at(place)) == 'k';
        if (isKey && OF_KEYS.before(text, place) == null) {
            return;
        }
        boolean isBearer = word - place == 6 && Bytes.lower(text.at(place)) == 'b';
        int begin = isBearer || isOption(text, place) ? afterSpaces(text, word) : afterFlag(text, place, word);
        if (begin <= word || text.at(begin) == '=' || text.at(begin) == ':') {
            begin = assigned(text, word);
        }
        if (begin < 0 || begin == word) {
            return;
        }
        begin = text.at(begin) == '\\' ? begin + 1 : begin; // JSON within JSON.
        int quote = text.at(begin);
        boolean isQuoted = quote == '"' || quote == '\'' || quote == '`';
        int start = isQuoted ? begin + 1 : begin;
        start = isQuoted && text.at(start) == quote ? start + 1 : start; // Doubled, as in CSV.
        int end = start;
        while (end - start <= VALUE_MAX && isPart(text.at(end), isQuoted ? quote : -1)) {
            end++;
        }
        while (end > start && (isQuoted ? text.at(end - 1) == '\\' : isClosing(text.at(end - 1), password))) {
            end--;
        }
        int length = end - start;
        if (length > VALUE_MAX || length < (password ? PASSWORD_MIN : SECRET_MIN) || isReference(text, start, end)) {
            return;
        }
        if (password) {
            password(text, start, end, found);
        } else if (Randomness.looksRandom(text, start, end) && hasDigit(text, start, end)) {
            found.add(Kinds.SECRET_ASSIGNMENT, start, end, length >= 24 ? 90 : 80);
        }
    }

    /** Returns where the password behind {@code sshpass -p} begins, or -1. */
    private static int afterFlag(Passage text, int place, int word) {
        boolean isSshpass = word - place == 7 && Bytes.lower(text.at(place + 3)) == 'p';
        boolean isFlag = isSshpass && text.at(word) == ' ' && text.at(word + 1) == '-' && text.at(word + 2) == 'p';
        return isFlag ? afterSpaces(text, word + 3) : -1;
    }

    /** Returns where the value of an assignment begins, or -1. */
    private static int assigned(Passage text, int word) {
        int place = word;
        for (int signs = 0; signs < 3 && isCloser(text.at(place)); signs++) {
            place++;
        }
        int value = valueField(text, place);
        place = value > 0 ? value : afterSpaces(text, place);
        int sign = text.at(place);
        if (sign == '-' && text.at(place + 1) == '>') {
            return afterSpaces(text, place + 2);
        }
        if (sign == '=' || sign == ':') {
            place++;
            while (text.at(place) == '=' || text.at(place) == '>' || text.at(place) == ':') {
                place++;
            }
            return afterSpaces(text, place);
        }
        boolean isSaid = sign == 'i' && text.at(place + 1) == 's' && text.at(place + 2) == ' ' && place > word;
        return isSaid ? afterSpaces(text, place + 2) : -1;
    }

    /**
     * Returns the end of the name of a field {@code value} that follows the name of a secret, as in the environment of a
     * container ({@code name: PASSWORD}, {@code value: …} in the next line); -1 when there is none.
     */
    private static int valueField(Passage text, int place) {
        int start = place;
        while (start - place < FIELD_GAP_MAX && (Bytes.isSpace(text.at(start)) || isFieldSign(text.at(start)))) {
            start++;
        }
        for (int index = 0; index < VALUE_NAME.length; index++) {
            if (Bytes.lower(text.at(start + index)) != VALUE_NAME[index]) {
                return -1;
            }
        }
        int end = start + VALUE_NAME.length;
        return isCloser(text.at(end)) ? end + 1 : end;
    }

    private static boolean isFieldSign(int value) {
        return value == ',' || value == '"' || value == '\\' || value == 'n';
    }

    /** Whether a word ends the name of an option, such as {@code --api-key}. */
    private static boolean isOption(Passage text, int word) {
        int start = word;
        while (word - start < OPTION_MAX && (Bytes.isLetter(text.at(start - 1)) || text.at(start - 1) == '-')) {
            start--;
        }
        return text.at(start) == '-' && text.at(start + 1) == '-';
    }

    private static int afterSpaces(Passage text, int from) {
        int place = from;
        while (place - from < SPACES_MAX && (text.at(place) == ' ' || text.at(place) == '\t')) {
            place++;
        }
        return place;
    }

    private static boolean isCloser(int value) {
        return value == '"' || value == '\'' || value == '`' || value == ']' || value == '\\';
    }

    private static boolean isPart(int value, int quote) {
        if (quote > 0) {
            return value >= ' ' && value != quote;
        }
        return value > ' '
                && switch (value) {
                    case '"', '\'', '`', ',', ';', '<', '>', '|', '&' -> false;
                    default -> true;
                };
    }

    /** Whether a sign at the end belongs to the sentence; passwords often end with an exclamation mark. */
    private static boolean isClosing(int value, boolean password) {
        return value == '.'
                || value == ')'
                || value == ']'
                || value == '}'
                || value == '?'
                || value == ':'
                || (value == '!' && !password);
    }

    /** Variables, calls, templates and masks: what says where a value comes from, or hides it. */
    private static boolean isReference(Passage text, int start, int end) {
        int first = text.at(start);
        if (first == '$'
                || first == '<'
                || first == '{'
                || first == '%'
                || first == '['
                || first == '('
                || (first == '/' && !looksDrawn(text, start, end))) {
            return true;
        }
        int masks = 0;
        for (int place = start; place < end; place++) {
            int value = text.at(place);
            if (value == '(' || value == '{' || value == ' ') {
                return true;
            }
            masks += value == '*' || value == 'x' || value == 'X' || value == '.' ? 1 : 0;
        }
        return masks * 2 > end - start;
    }

    /** Whether base64 begins with a slash, rather than a path. */
    private static boolean looksDrawn(Passage text, int start, int end) {
        return end - start >= 32 && Randomness.looksRandom(text, start, end);
    }

    private static void password(Passage text, int start, int end, Candidates found) {
        int classes = 0;
        int letters = 0;
        for (int place = start; place < end; place++) {
            int value = text.at(place);
            classes |= Bytes.isUpper(value) ? 1 : Bytes.isLower(value) ? 2 : Bytes.isDigit(value) ? 4 : 8;
            letters += Bytes.isLetter(value) ? 1 : 0;
        }
        boolean isMade = ((classes & 4) != 0 && letters > 0) || ((classes & 8) != 0 && Integer.bitCount(classes) >= 3);
        if (isMade && !isPlaceholder(text, start)) {
            found.add(Kinds.SECRET_ASSIGNMENT, start, end, Randomness.looksRandom(text, start, end) ? 90 : 75);
        }
    }

    private static boolean isPlaceholder(Passage text, int start) {
        int end = text.wordEnd(start);
        return PLACEHOLDERS.get(text.hash(start, end)) != null;
    }

    private static boolean hasDigit(Passage text, int start, int end) {
        for (int place = start; place < end; place++) {
            if (Bytes.isDigit(text.at(place))) {
                return true;
            }
        }
        return false;
    }
}
