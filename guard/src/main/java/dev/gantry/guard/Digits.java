package dev.gantry.guard;

/** Sums over digits, and what may stand beside a number. */
final class Digits {
    private Digits() {}

    /** Returns a number of up to 18 digits; other signs between them are passed over. */
    static long value(Passage text, int start, int end) {
        long value = 0;
        for (int position = start; position < end; position++) {
            int each = text.at(position);
            if (Bytes.isDigit(each)) {
                value = value * 10 + each - '0';
            }
        }
        return value;
    }

    /** Returns whether digits satisfy Luhn's formula (ISO/IEC 7812-1, annex B); other signs are passed over. */
    static boolean isLuhn(Passage text, int start, int end) {
        return luhnSum(text, start, end) % 10 == 0;
    }

    /** Returns Luhn's sum. */
    static int luhnSum(Passage text, int start, int end) {
        int sum = 0;
        boolean isDoubled = false;
        for (int position = end - 1; position >= start; position--) {
            int each = text.at(position);
            if (!Bytes.isDigit(each)) {
                continue;
            }
            int digit = each - '0';
            if (isDoubled) {
                digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            }
            sum += digit;
            isDoubled = !isDoubled;
        }
        return sum;
    }

    /** Returns whether all digits are the same. */
    static boolean isUniform(Passage text, int start, int end) {
        int first = text.at(start);
        for (int position = start; position < end; position++) {
            int each = text.at(position);
            if (Bytes.isDigit(each) && each != first) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns whether nothing stands beside a number that makes it a part of something longer: of a decimal fraction, a
     * version, a path, a longer number, an amount of money.
     */
    static boolean isFree(Passage text, int start, int end) {
        return isFreeBefore(text, start) && isFreeAfter(text, end);
    }

    /** Returns whether nothing before a number makes it a part of something longer. */
    static boolean isFreeBefore(Passage text, int start) {
        if (!text.isStart(start)) {
            return false;
        }
        int before = text.at(start - 1);
        return switch (before) {
            case '-', '.', '+', '\\' -> !Bytes.isAlphanumeric(text.at(start - 2));
            case ',' -> !(Bytes.isDigit(text.at(start - 2)) && isThousands(text, start));
            case '$', '/' -> false;
            default -> true;
        };
    }

    /** Whether a comma before a group divides thousands: exactly three digits stand behind it. */
    private static boolean isThousands(Passage text, int start) {
        return text.afterDigits(start, 4) - start == 3;
    }

    /** Returns whether nothing behind a number makes it a part of something longer. */
    static boolean isFreeAfter(Passage text, int end) {
        int after = text.at(end);
        if (Bytes.isAlphanumeric(after) || after == '%') {
            return false;
        }
        return switch (after) {
            case '-', '/', '_' -> !Bytes.isAlphanumeric(text.at(end + 1));
            case '.' -> !Bytes.isDigit(text.at(end + 1));
            default -> true;
        };
    }
}
