package dev.gantry.guard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Social security numbers of the United States and the taxpayer numbers (ITIN) that look like them: 3-2-4 digits, without
 * the ranges that were never given out; nine digits in one piece only where the text says what they are. Asked at
 * numbers.
 */
final class SocialSecurityDetector extends Detector {
    private static final ContextWords<Boolean> CONTEXT = ContextWords.of(
            List.of(
                    "ssn",
                    "ssns",
                    "ss",
                    "ssn number",
                    "social",
                    "social security",
                    "social security number",
                    "social security no",
                    "social sec",
                    "socialsecurity",
                    "soc sec",
                    "itin",
                    "itins",
                    "taxpayer",
                    "taxpayer id",
                    "taxpayer identification number",
                    "individual taxpayer identification number",
                    "tin",
                    "tax id",
                    "tax identification number",
                    "ssid",
                    "seguro social",
                    "número de seguro social",
                    "numéro de sécurité sociale",
                    "sozialversicherungsnummer"),
            OtherNumbers.and(
                    "phone",
                    "tel",
                    "fax",
                    "mobile",
                    "zip",
                    "zip code",
                    "account",
                    "account number",
                    "acct",
                    "routing",
                    "routing number",
                    "aba",
                    "ein",
                    "duns",
                    "passport",
                    "passport number",
                    "license",
                    "licence",
                    "driver license",
                    "member",
                    "member id",
                    "mrn",
                    "policy",
                    "employee id",
                    "student id",
                    "user id",
                    "customer id"));

    @Override
    void look(Passage text, int place, Candidates found) {
        Groups groups = text.groups(place);
        if (groups.begins(3, 2, 4)) {
            int separator = groups.commonSeparator(3);
            int confidence = separator == '-' ? 85 : separator == ' ' ? 62 : separator == '.' ? 45 : 0;
            boolean isInRow = separator == ' '
                    && (groups.count() > 3 || (text.at(place - 1) == ' ' && Bytes.isDigit(text.at(place - 2))));
            confidence = isInRow ? Math.min(confidence, 40) : confidence;
            if (confidence > 0) {
                check(text, place, groups.end(2), confidence, found);
            }
        } else if (groups.length(0) == 9) {
            check(text, place, groups.end(0), 30, found);
        }
    }

    private static void check(Passage text, int start, int end, int confidence, Candidates found) {
        long number = Digits.value(text, start, end);
        int area = (int) (number / 1_000_000);
        int group = (int) (number / 10_000 % 100);
        int serial = (int) (number % 10_000);
        boolean isTaxpayer = area >= 900 && isTaxpayerGroup(group);
        boolean isGiven = isTaxpayer || (area > 0 && area != 666 && area < 900 && group > 0 && serial > 0);
        if (!isGiven || !Digits.isFree(text, start, end) || isNeverGiven(text, number, start, end)) {
            return;
        }
        @Nullable Boolean isMeant = ContextWords.judge(CONTEXT, text, start, end);
        int sure = confidence;
        if (isMeant != null) {
            sure = isMeant ? Math.max(90, Math.min(98, confidence + 25)) : confidence - 40;
        }
        if (sure > 0) {
            found.add(isTaxpayer ? Kinds.ITIN : Kinds.SSN, start, end, sure);
        }
    }

    /** The middle digits that the Internal Revenue Service uses for taxpayer numbers. */
    private static boolean isTaxpayerGroup(int group) {
        return (group >= 50 && group <= 65)
                || (group >= 70 && group <= 88)
                || (group >= 90 && group <= 92)
                || (group >= 94 && group <= 99);
    }

    /** Numbers that were printed in advertisements and are void, and those of one digit only. */
    private static boolean isNeverGiven(Passage text, long number, int start, int end) {
        return number == 78_05_1120 || number == 219_09_9999 || Digits.isUniform(text, start, end);
    }
}
