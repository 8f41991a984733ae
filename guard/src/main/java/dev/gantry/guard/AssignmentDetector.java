package dev.gantry.guard;

import java.util.List;

/**
 * Values that are said to be secret: {@code password = …}, {@code "client_secret": "…"}, {@code --token …}. Passwords may be
 * words of people's own making; other values must look drawn at random. Names of variables, calls, placeholders and masks
 * are no values. Asked at words that say it; what it finds is the value alone.
 */
final class AssignmentDetector implements Detector {
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
        "pgpassword"
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

    private static final int SPACES_MAX = 4;
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

    private static final ContextWords<Boolean> PLACEHOLDERS = ContextWords.of(List.of(
            "example",
            "changeme",
            "placeholder",
            "redacted",
            "your",
            "null",
            "none",
            "true",
            "false",
            "undefined",
            "string",
            "required",
            "optional",
            "secret",
            "password",
            "token",
            "hidden",
            "dummy",
            "env",
            "process",
            "getenv",
            "config",
            "vault",
            "xxx",
            "todo",
            "value",
            "field",
            "input",
            "reset",
            "policy",
            "must",
            "should",
            "the",
            "is",
            "not"));

    private final boolean password;

    AssignmentDetector(boolean password) {
        this.password = password;
    }

    @Override
    public void look(Passage text, int place, Candidates found) {
        int word = text.wordEnd(place);
        boolean isKey = word - place == 3 && Bytes.lower(text.at(place)) == 'k';
        if (isKey && OF_KEYS.before(text, place) == null) {
            return;
        }
        boolean isBearer = word - place == 6 && Bytes.lower(text.at(place)) == 'b';
        int begin = isBearer ? afterSpaces(text, word) : assigned(text, word);
        if (begin < 0 || begin == word) {
            return;
        }
        int quote = text.at(begin);
        boolean isQuoted = quote == '"' || quote == '\'' || quote == '`';
        int start = isQuoted ? begin + 1 : begin;
        int end = start;
        while (end - start <= VALUE_MAX && isPart(text.at(end), isQuoted ? quote : -1)) {
            end++;
        }
        while (!isQuoted && end > start && isClosing(text.at(end - 1), password)) {
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

    /** Returns where the value of an assignment begins, or -1. */
    private static int assigned(Passage text, int word) {
        int place = word;
        for (int signs = 0; signs < 3 && isCloser(text.at(place)); signs++) {
            place++;
        }
        place = afterSpaces(text, place);
        int sign = text.at(place);
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
                || first == '/') {
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

    private static void password(Passage text, int start, int end, Candidates found) {
        int classes = 0;
        int letters = 0;
        for (int place = start; place < end; place++) {
            int value = text.at(place);
            classes |= Bytes.isUpper(value) ? 1 : Bytes.isLower(value) ? 2 : Bytes.isDigit(value) ? 4 : 8;
            letters += Bytes.isLetter(value) ? 1 : 0;
        }
        boolean isMade = ((classes & 4) != 0 && letters > 0) || ((classes & 8) != 0 && Integer.bitCount(classes) >= 3);
        if (isMade && PLACEHOLDERS.before(text, text.wordEnd(start), 1) == null) {
            found.add(Kinds.SECRET_ASSIGNMENT, start, end, Randomness.looksRandom(text, start, end) ? 90 : 75);
        }
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
