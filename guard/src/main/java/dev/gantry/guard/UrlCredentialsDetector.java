package dev.gantry.guard;

/**
 * URLs with a user and a password in them (RFC 3986, section 3.2.1), connection strings of databases included. Asked at
 * colons.
 */
final class UrlCredentialsDetector extends Detector {
    private static final int SCHEME_MAX = 24;
    private static final int AUTHORITY_MAX = 300;
    private static final int LENGTH_MAX = 480;
    private static final byte[] JDBC = Bytes.utf8("jdbc:");

    @Override
    void look(Passage text, int place, Candidates found) {
        if (text.at(place + 1) != '/' || text.at(place + 2) != '/') {
            return;
        }
        int start = place;
        while (place - start < SCHEME_MAX && isScheme(text.at(start - 1))) {
            start--;
        }
        while (start < place && !Bytes.isLetter(text.at(start))) {
            start++;
        }
        if (isAt(text, start - JDBC.length)) {
            start -= JDBC.length;
        }
        int authority = place + 3;
        int colon = -1;
        int sign = -1;
        int end = authority;
        while (end - authority < AUTHORITY_MAX) {
            int each = text.at(end);
            if (isEnd(each) || each == '/' || each == '?') {
                break;
            }
            if (each == ':' && colon < 0) {
                colon = end;
            } else if (each == '@') {
                sign = end;
            }
            end++;
        }
        if (start == place || colon < 0 || sign < colon || !isSecret(text, colon + 1, sign)) {
            return;
        }
        while (end - start < LENGTH_MAX && !isEnd(text.at(end))) {
            end++;
        }
        while (text.at(end - 1) == '.') {
            end--;
        }
        found.add(Kinds.URL_CREDENTIALS, start, end, 97);
    }

    private static boolean isAt(Passage text, int place) {
        for (int index = 0; index < JDBC.length; index++) {
            if (text.at(place + index) != JDBC[index]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isScheme(int value) {
        return Bytes.isAlphanumeric(value) || value == '+' || value == '-' || value == '.';
    }

    private static boolean isEnd(int value) {
        return value < 0
                || Bytes.isSpace(value)
                || switch (value) {
                    case '"', '\'', '`', '<', '>', ',', ';', '\\', ')', ']', '|' -> true;
                    default -> false;
                };
    }

    /** Whether a password is one, rather than a variable or a row of asterisks. */
    private static boolean isSecret(Passage text, int start, int end) {
        int first = text.at(start);
        if (start >= end || first == '$' || first == '{' || first == '<' || first == '[' || first == '%') {
            return false;
        }
        for (int position = start; position < end; position++) {
            int each = text.at(position);
            if (each != '*' && each != 'x' && each != 'X' && each != '.') {
                return true;
            }
        }
        return false;
    }
}
