package dev.gantry.guard;

/**
 * International bank account numbers (ISO 13616): a country of the registry, the length that it has there, the check
 * digits modulo 97; in one piece or in groups. Asked at codes.
 */
final class IbanDetector extends Detector {
    /** Country and length, from the SWIFT registry of IBAN formats. */
    private static final String LENGTHS =
            "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27"
                    + "GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25"
                    + "MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24"
                    + "SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    private static final byte[] LENGTH_BY_COUNTRY = new byte[26 * 26];

    static {
        for (int index = 0; index < LENGTHS.length(); index += 4) {
            int country = (LENGTHS.charAt(index) - 'A') * 26 + LENGTHS.charAt(index + 1) - 'A';
            LENGTH_BY_COUNTRY[country] = Byte.parseByte(LENGTHS.substring(index + 2, index + 4));
        }
    }

    @Override
    void look(Passage text, int place, Candidates found) {
        int first = Bytes.lower(text.at(place));
        int second = Bytes.lower(text.at(place + 1));
        if (!Bytes.isLower(first)
                || !Bytes.isLower(second)
                || !Bytes.isDigit(text.at(place + 2))
                || !Bytes.isDigit(text.at(place + 3))) {
            return;
        }
        int length = LENGTH_BY_COUNTRY[(first - 'a') * 26 + second - 'a'];
        if (length == 0 || !text.isStart(place)) {
            return;
        }
        int head = (first - 'a' + 10) * 10_000 + (second - 'a' + 10) * 100;
        head += (text.at(place + 2) - '0') * 10 + text.at(place + 3) - '0';
        int remainder = 0;
        int position = place + 4;
        int count = 4;
        while (count < length) {
            int each = Bytes.lower(text.at(position));
            if ((each == ' ' || each == '-') && Bytes.isAlphanumeric(text.at(position + 1))) {
                each = Bytes.lower(text.at(++position));
            }
            if (Bytes.isDigit(each)) {
                remainder = (remainder * 10 + each - '0') % 97;
            } else if (Bytes.isLower(each)) {
                remainder = (remainder * 100 + each - 'a' + 10) % 97;
            } else {
                return;
            }
            position++;
            count++;
        }
        long whole = remainder * 1_000_000L + head;
        if (whole % 97 == 1 && text.isEnd(position)) {
            found.add(Kinds.IBAN, place, position, 98);
        }
    }
}
