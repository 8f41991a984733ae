package dev.gantry.guard;

import org.jspecify.annotations.Nullable;

/**
 * Numbers of medical records, providers, insured people, passports and driver licences: codes whose label stands beside
 * them, and Medicare's own numbers by their form alone. Asked at numbers and at codes.
 */
final class IdentifierDetector extends Detector {
    private static final int LENGTH_MAX = 24;
    private static final int DIGITS_MIN = 3;
    private static final int SIZE_MIN = 5;
    /** Numbers with fewer digits are many things, so that a label must stand right before them. */
    private static final int SHORT = 7;

    private static final String BENEFICIARY = "CANDANDAADD";

    @Override
    void look(Passage text, int place, Candidates found) {
        int start = start(text, place);
        if (start < 0) {
            return;
        }
        int letters = 0;
        int digits = 0;
        int end = start;
        while (end - start < LENGTH_MAX) {
            int each = text.at(end);
            if (Bytes.isDigit(each)) {
                digits++;
            } else if (Bytes.isLetter(each)) {
                letters++;
            } else if (!isInner(each) || !Bytes.isAlphanumeric(text.at(end + 1))) {
                break;
            }
            end++;
        }
        boolean isInSpaces = letters == 0 && text.at(end) == ' ' && Bytes.isDigit(text.at(end + 1));
        if (isInSpaces && digits < 10) {
            Groups groups = text.groups(place);
            int last = Math.min(groups.count(), 4) - 1;
            if (last > 0
                    && !groups.isWide()
                    && groups.start(0) == start
                    && groups.commonSeparator(groups.count()) == ' ') {
                end = groups.end(last);
                digits = 0;
                for (int group = 0; group <= last; group++) {
                    digits += groups.length(group);
                }
            }
        }
        if (digits < DIGITS_MIN || letters + digits < SIZE_MIN || Bytes.isWord(text.at(end)) || text.at(end) == '@') {
            return;
        }
        if (text.at(end) == '.' && Bytes.isAlphanumeric(text.at(end + 1))) {
            return;
        }
        judge(text, start, end, letters, digits, found);
    }

    /** Returns where a code begins of which a part with digits begins at a place; -1 when it was looked at already. */
    private static int start(Passage text, int place) {
        int before = text.at(place - 1);
        if (before == '.' || before == '/' || before == '$' || !text.isStart(place)) {
            return Bytes.isAlphanumeric(text.at(place - 2)) || before == '$' ? -1 : place;
        }
        if (before != '-') {
            return place;
        }
        int start = place - 1;
        while (place - start < 6 && Bytes.isLetter(text.at(start - 1))) {
            start--;
        }
        if (Bytes.isAlphanumeric(text.at(start - 1)) || text.at(start - 1) == '-') {
            return -1;
        }
        boolean isLabel = start == place - 1 || Identifier.byLabel().before(text, place, 1) != null;
        return isLabel ? place : start;
    }

    private static boolean isInner(int value) {
        return value == '-';
    }

    private static void judge(Passage text, int start, int end, int letters, int digits, Candidates found) {
        boolean isBeneficiary = letters + digits == 11 && isBeneficiary(text, start, end);
        int wordsMax = letters > 0 ? 4 : digits < SHORT ? 2 : 3;
        @Nullable
        Identifier label = isRecordSign(text, start)
                ? Identifier.MEDICAL_RECORD
                : isBeneficiary || text.isLabelNear(start)
                        ? Identifier.byLabel().before(text, start, wordsMax)
                        : null;
        if ((label == null || label == Identifier.OTHER) && letters + digits >= 6) {
            @Nullable Identifier after = Identifier.byLabel().after(text, end);
            if (after != null
                    && after != Identifier.OTHER
                    && Identifier.byLabel().before(text, start, 1) != Identifier.OTHER) {
                label = after;
            }
        }
        if (isBeneficiary) {
            boolean isNamed = label == Identifier.MBI || label == Identifier.INSURANCE;
            found.add(
                    Kinds.MBI, start, end, isNamed ? 97 : label == Identifier.OTHER ? 45 : end - start == 13 ? 85 : 72);
            return;
        }
        if (label == null || label == Identifier.OTHER || isYears(text, start, end)) {
            return;
        }
        if (label == Identifier.MBI && Identifier.INSURANCE.fits(letters, digits)) {
            found.add(Kinds.INSURANCE_ID, start, end, 70);
        } else if (label == Identifier.NPI ? isProvider(text, start, end, digits) : label.fits(letters, digits)) {
            found.add(label.kind(), start, end, letters + digits < 6 ? 70 : 88);
        }
    }

    /** Whether {@code MR#} stands before a code. */
    private static boolean isRecordSign(Passage text, int start) {
        int sign = text.at(start - 1) == ' ' ? start - 2 : start - 1;
        return text.at(sign) == '#'
                && text.at(sign - 1) == 'R'
                && text.at(sign - 2) == 'M'
                && !Bytes.isWord(text.at(sign - 3));
    }

    /** Whether a number is a provider's: ten digits, Luhn's formula with 80840 before them (45 CFR 162.406). */
    private static boolean isProvider(Passage text, int start, int end, int digits) {
        int first = text.at(start);
        return digits == 10 && (first == '1' || first == '2') && (Digits.luhnSum(text, start, end) + 24) % 10 == 0;
    }

    /**
     * Whether a code is a Medicare beneficiary identifier: a digit but 0, a letter, a letter or digit, a digit, and so on,
     * without the letters S, L, O, I, B and Z.
     */
    private static boolean isBeneficiary(Passage text, int start, int end) {
        int index = 0;
        for (int position = start; position < end; position++) {
            int each = text.at(position);
            if (each == '-') {
                if (index != 4 && index != 7) {
                    return false;
                }
                continue;
            }
            boolean isDigit = Bytes.isDigit(each);
            boolean isLetter = Bytes.isUpper(each) && "SLOIBZ".indexOf(each) < 0;
            boolean isRight = switch (BENEFICIARY.charAt(index)) {
                case 'C' -> isDigit && each != '0';
                case 'A' -> isLetter;
                case 'N' -> isDigit || isLetter;
                default -> isDigit;
            };
            if (!isRight) {
                return false;
            }
            index++;
        }
        return true;
    }

    /** Whether it is a span of years, such as {@code 2023-2024}, or a date. */
    private static boolean isYears(Passage text, int start, int end) {
        Groups groups = text.groups(start);
        if (groups.count() < 2 || groups.end(groups.count() - 1) != end || groups.length(0) != 4) {
            return false;
        }
        int century = text.at(start) * 10 + text.at(start + 1) - '0' * 11;
        return (century == 19 || century == 20) && groups.length(1) != 3;
    }
}
