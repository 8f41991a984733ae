package dev.gantry.guard;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Telephone numbers: international ones with {@code +} or {@code 00}, those of North America by their grouping, others
 * where the text says what they are. A cheap look at digits and groups decides what libphonenumber is asked about. Asked
 * at numbers, at {@code +} and at opening brackets.
 */
final class PhoneDetector extends Detector {
    private static final int DIGITS_MIN = 7;
    private static final int DIGITS_MAX = 15;
    private static final int LENGTH_MAX = 32;
    private static final int ASK = -1;
    /** A number that is less likely counts only where a word before it says what it is. */
    private static final int UNLIKELY = 45;

    private static final ContextWords<Boolean> CONTEXT = ContextWords.of(
            List.of(
                    "phone",
                    "phones",
                    "phone number",
                    "phone no",
                    "telephone",
                    "tel",
                    "tel no",
                    "mobile",
                    "mobile number",
                    "mob",
                    "cell",
                    "cellphone",
                    "cell number",
                    "fax",
                    "call",
                    "calls",
                    "called",
                    "calling",
                    "dial",
                    "text me",
                    "text us",
                    "text him",
                    "text her",
                    "text them",
                    "text to",
                    "sms",
                    "whatsapp",
                    "whats app",
                    "signal",
                    "contact",
                    "contact number",
                    "reach",
                    "hotline",
                    "callback",
                    "callback number",
                    "caller",
                    "caller id",
                    "mobiltelefon",
                    "rückruf",
                    "rappelez",
                    "rappeler",
                    "joindre",
                    "llámame",
                    "llamame",
                    "llámanos",
                    "ligue",
                    "bel",
                    "helpline",
                    "landline",
                    "pager",
                    "ring",
                    "telefon",
                    "telefonnummer",
                    "handy",
                    "handynummer",
                    "mobil",
                    "mobilnummer",
                    "rufnummer",
                    "anrufen",
                    "durchwahl",
                    "téléphone",
                    "portable",
                    "appelez",
                    "teléfono",
                    "telefono",
                    "móvil",
                    "movil",
                    "celular",
                    "llamar",
                    "llame",
                    "cellulare",
                    "chiamare",
                    "telefoon",
                    "telefoonnummer",
                    "mobiel",
                    "telefone",
                    "telemóvel",
                    "puhelin",
                    "телефон",
                    "number is",
                    "my number",
                    "his number",
                    "her number",
                    "emergency contact"),
            OtherNumbers.and(
                    "ssn",
                    "account",
                    "account number",
                    "acct",
                    "routing",
                    "iban",
                    "card",
                    "card number",
                    "passport",
                    "passport number",
                    "license",
                    "npi",
                    "mrn",
                    "member id",
                    "policy",
                    "policy number",
                    "id",
                    "zip",
                    "zip code",
                    "ip",
                    "coordinates",
                    "lat",
                    "lon",
                    "latitude",
                    "longitude",
                    "isbn 13"));

    @Override
    void look(Passage text, int place, Candidates found) {
        int first = text.at(place);
        if (first == '+') {
            international(text, place, found);
        } else if (first == '(') {
            bracketed(text, place, found);
        } else {
            plain(text, place, found);
        }
    }

    private static void international(Passage text, int place, Candidates found) {
        if (Bytes.isWord(text.at(place - 1)) || !Bytes.isDigit(text.at(place + 1)) || text.at(place + 1) == '0') {
            return;
        }
        int end = end(text, place + 1);
        int digits = digits(text, place, end);
        boolean isValid = false;
        for (int shorter = end; shorter > place && !isValid; shorter = beforeLastGroup(text, place, shorter)) {
            int count = digits(text, place, shorter);
            if (count < DIGITS_MIN) {
                break;
            }
            if (count <= DIGITS_MAX && isFreeAfter(text, shorter) && isValid(text, place, shorter, "ZZ")) {
                isValid = true;
                end = shorter;
            }
        }
        if (!isValid && (digits < DIGITS_MIN || digits > DIGITS_MAX || !isFreeAfter(text, end))) {
            return;
        }
        @Nullable Boolean isMeant = ContextWords.judge(CONTEXT, text, place, end);
        boolean isFavoured = isMeant != null && isMeant;
        int sure = isValid ? 93 : isFavoured ? 75 : isNorthAmerican(text, place, digits) ? 86 : 45;
        found.add(Kinds.PHONE, place, afterExtension(text, end), sure);
    }

    /** Returns where a number would end without its last group; its beginning when there is only one. */
    private static int beforeLastGroup(Passage text, int place, int end) {
        int position = end;
        while (position > place && Bytes.isDigit(text.at(position - 1))) {
            position--;
        }
        while (position > place && !Bytes.isDigit(text.at(position - 1))) {
            position--;
        }
        return position;
    }

    private static boolean isNorthAmerican(Passage text, int place, int digits) {
        return digits == 11 && text.at(place + 1) == '1';
    }

    /** {@code (212) 555-0123}, {@code (030) 1234567}. */
    private static void bracketed(Passage text, int place, Candidates found) {
        int codeEnd = text.afterDigits(place + 1, 6);
        int length = codeEnd - place - 1;
        if (length < 2 || length > 5 || text.at(codeEnd) != ')' || Bytes.isWord(text.at(place - 1))) {
            return;
        }
        if (isBehindCountry(text, place)) {
            return; // Looked at from the plus sign.
        }
        int next = text.at(codeEnd + 1) == ' ' || text.at(codeEnd + 1) == '-' ? codeEnd + 2 : codeEnd + 1;
        if (!Bytes.isDigit(text.at(next))) {
            return;
        }
        int end = end(text, next);
        int digits = digits(text, place, end);
        if (digits < DIGITS_MIN || digits > 12 || !isFreeAfter(text, end)) {
            return;
        }
        boolean isGrouped = length == 3 && digits == 10 && text.afterDigits(next, 4) - next == 3;
        @Nullable Boolean isMeant = ContextWords.judge(CONTEXT, text, place, end);
        int sure = isGrouped ? (text.at(place + 1) >= '2' ? 85 : 65) : text.at(place + 1) == '0' ? 60 : 40;
        found.add(Kinds.PHONE, place, afterExtension(text, end), adjusted(sure, isMeant));
    }

    /** Whether a country's code with a plus sign stands before a bracket. */
    private static boolean isBehindCountry(Passage text, int place) {
        int position = place - 1;
        while (place - position < 6
                && (Bytes.isDigit(text.at(position)) || text.at(position) == ' ' || text.at(position) == '-')) {
            position--;
        }
        return text.at(position) == '+';
    }

    private static void plain(Passage text, int place, Candidates found) {
        Groups groups = text.groups(place);
        int count = groups.isWide() ? 1 : count(groups);
        int base = likelihood(text, groups, count);
        if (base == 0 || !isFreeBefore(text, place)) {
            return;
        }
        int end = groups.end(count - 1);
        int digits = digits(text, place, end);
        boolean isFree = count < groups.count() || isFreeAfter(text, end);
        if (digits < DIGITS_MIN || digits > DIGITS_MAX || !isFree) {
            return;
        }
        boolean isUnlikely = base != ASK && base < UNLIKELY;
        @Nullable
        Boolean isMeant = isUnlikely ? CONTEXT.before(text, place) : ContextWords.judge(CONTEXT, text, place, end);
        if (isUnlikely && (isMeant == null || !isMeant)) {
            return;
        }
        if (base == ASK) {
            base = isMeant == null && isKnown(text, place, end, groups) ? 62 : 45;
        }
        found.add(Kinds.PHONE, place, afterExtension(text, end), adjusted(base, isMeant));
    }

    /** Whether a number with a leading 0 is one of the country that it names, or of one where groups look like its. */
    private static boolean isKnown(Passage text, int place, int end, Groups groups) {
        if (text.at(place + 1) == '0') {
            return isValid(text, place, end, "DE");
        }
        return groups.count() > 1 && (isValid(text, place, end, "GB") || isValid(text, place, end, "FR"));
    }

    /** Returns how many groups belong together: those of a North American number, whatever follows, or all. */
    private static int count(Groups groups) {
        int whole = groups.begins(3, 3, 4)
                ? 3
                : groups.length(1) == 3 && groups.length(2) == 3 && groups.length(3) == 4 ? 4 : 0;
        boolean isDivided =
                whole > 0 && (groups.separator(whole - 1) != groups.separator(whole - 2) || groups.separator(0) == ' ');
        return isDivided && whole <= groups.count() ? whole : groups.count();
    }

    /** Returns how likely groups of digits are a telephone number; 0 when not at all, {@link #ASK} to look it up. */
    private static int likelihood(Passage text, Groups groups, int count) {
        int first = groups.length(0);
        int lead = text.at(groups.start(0));
        if (count == 3 && groups.begins(3, 3, 4)) {
            int separator = groups.commonSeparator(3);
            int sure =
                    separator == '-' ? 75 : separator == '.' ? 68 : separator == ' ' ? 58 : separator == '/' ? 30 : 50;
            return lead >= '2' ? sure : lead == '1' ? sure - 30 : 30;
        }
        boolean isLong = count == 4 && groups.length(1) == 3 && groups.length(2) == 3 && groups.length(3) == 4;
        if (isLong && (first == 1 || first == 3) && groups.commonSeparator(4) != '/') {
            return lead == '1' || lead == '0' ? 82 : 35;
        }
        if (count == 3 && groups.begins(3, 2, 4)) {
            return 0; // A social security number, or none.
        }
        if (count == 2 && first == 3 && groups.length(1) == 4) {
            return lead >= '2' ? 35 : 0;
        }
        if (lead == '0' && isTrunk(groups)) {
            return ASK;
        }
        if (groups.isWide()) {
            return 0;
        }
        if (count == 1) {
            return first >= 7 && first <= 13 ? 30 : 0;
        }
        return isEven(groups) ? 33 : 0;
    }

    /** Whether it looks like a national number with a 0 before the area. */
    private static boolean isTrunk(Groups groups) {
        int digits = 0;
        for (int group = 0; group < groups.count(); group++) {
            digits += groups.length(group);
        }
        return digits >= 9 && digits <= 14 && groups.length(0) >= 2 && groups.length(0) <= 6;
    }

    /** Whether groups are of two to four digits each, as telephone numbers are written in many countries. */
    private static boolean isEven(Groups groups) {
        if (groups.count() < 2 || groups.separator(0) == '.' || groups.separator(0) == '/') {
            return false;
        }
        for (int group = 0; group < groups.count(); group++) {
            if (groups.length(group) < 2 || groups.length(group) > 8) {
                return false;
            }
        }
        return groups.count() > 2 || groups.length(0) <= 4;
    }

    private static int adjusted(int sure, @Nullable Boolean isMeant) {
        if (isMeant == null) {
            return sure;
        }
        return isMeant ? Math.min(95, Math.max(sure + 20, 72)) : sure - 35;
    }

    /** Returns where digits in groups end. */
    private static int end(Passage text, int start) {
        int position = start;
        int end = start;
        while (position - start < LENGTH_MAX) {
            int each = text.at(position);
            if (Bytes.isDigit(each)) {
                end = ++position;
            } else if (isSeparator(each) && position - end < 2) {
                position++;
            } else {
                break;
            }
        }
        return end;
    }

    private static boolean isSeparator(int value) {
        return value == ' ' || value == '-' || value == '.' || value == '/' || value == '(' || value == ')';
    }

    private static int digits(Passage text, int start, int end) {
        int count = 0;
        for (int position = start; position < end; position++) {
            count += Bytes.isDigit(text.at(position)) ? 1 : 0;
        }
        return count;
    }

    private static boolean isFreeBefore(Passage text, int place) {
        int before = text.at(place - 1);
        // What stands behind a plus sign or an opening bracket was looked at from there.
        boolean isInRow = before == ' ' && Bytes.isDigit(text.at(place - 2)) && text.at(place + 3) != '-';
        return before != '+'
                && !isInRow
                && !(before == '(' && text.at(place + 3) == ')')
                && Digits.isFreeBefore(text, place);
    }

    private static boolean isFreeAfter(Passage text, int end) {
        int after = text.at(end);
        return after == 'x' || Digits.isFreeAfter(text, end);
    }

    /** Returns where an extension behind a number ends ({@code x123}, {@code ext. 123}); the number's end without one. */
    private static int afterExtension(Passage text, int end) {
        int position = text.at(end) == ' ' || text.at(end) == ',' ? end + 1 : end;
        position = text.at(position) == ' ' ? position + 1 : position;
        int letter = Bytes.lower(text.at(position));
        if (letter == 'e' && Bytes.lower(text.at(position + 1)) == 'x' && Bytes.lower(text.at(position + 2)) == 't') {
            position += 3;
        } else if (letter == 'x') {
            position++;
        } else {
            return end;
        }
        position = text.at(position) == '.' ? position + 1 : position;
        position = text.at(position) == ' ' ? position + 1 : position;
        int digitsEnd = text.afterDigits(position, 6);
        return digitsEnd > position && text.isEnd(digitsEnd) ? digitsEnd : end;
    }

    private static boolean isValid(Passage text, int start, int end, String region) {
        PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
        try {
            String written = Bytes.text(text.bytes(), start, end);
            return numbers.isValidNumber(numbers.parse(written, region));
        } catch (NumberParseException notOne) {
            return false;
        }
    }
}
