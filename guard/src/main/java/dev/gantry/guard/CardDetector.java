package dev.gantry.guard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of payment cards: a range that an issuer uses (ISO/IEC 7812), the length that goes with it, Luhn's formula, in
 * one piece or in groups. Asked at numbers.
 */
final class CardDetector extends Detector {
    private static final int LENGTH_MIN = 12;
    private static final int LENGTH_MAX = 19;
    private static final ContextWords<Boolean> CONTEXT = ContextWords.of(
            List.of(
                    "card",
                    "cards",
                    "card number",
                    "credit",
                    "credit card",
                    "creditcard",
                    "debit",
                    "debit card",
                    "cc",
                    "ccn",
                    "cc number",
                    "pan",
                    "visa",
                    "mastercard",
                    "amex",
                    "american express",
                    "discover",
                    "diners",
                    "jcb",
                    "maestro",
                    "unionpay",
                    "payment",
                    "paid",
                    "paid with",
                    "charge",
                    "charged",
                    "refund",
                    "cardholder",
                    "cvv",
                    "cvc",
                    "expiry",
                    "exp",
                    "expires",
                    "kreditkarte",
                    "kreditkartennummer",
                    "karte",
                    "kartennummer",
                    "carte",
                    "carte bancaire",
                    "carte de crédit",
                    "tarjeta",
                    "tarjeta de crédito",
                    "carta",
                    "carta di credito",
                    "cartão",
                    "creditcardnummer",
                    "kort",
                    "kortnummer"),
            OtherNumbers.WORDS);

    @Override
    void look(Passage text, int place, Candidates found) {
        Groups groups = text.groups(place);
        int first = groups.length(0);
        if (first >= LENGTH_MIN && first <= LENGTH_MAX) {
            check(text, place, groups.end(0), first, false, found);
        } else if (first == 4 || first == 6) {
            inGroups(text, groups, found);
        }
    }

    private static void inGroups(Passage text, Groups groups, Candidates found) {
        int separator = groups.separator(0);
        int total = groups.length(0);
        for (int group = 1; group < groups.count(); group++) {
            if (separator == '/' || groups.separator(group - 1) != separator) {
                return;
            }
            total += groups.length(group);
            boolean isWhole = group >= 2 || (group == 1 && groups.length(1) >= 8);
            if (isWhole && total >= LENGTH_MIN && total <= LENGTH_MAX && isGrouping(groups, group)) {
                check(text, groups.start(0), groups.end(group), total, true, found);
            }
        }
    }

    /** Whether digits are grouped as on cards: by four, with what remains at the end; 4-6-5, 4-6-4, 6-13 and the like. */
    private static boolean isGrouping(Groups groups, int last) {
        if (last == 2 && groups.length(0) == 4 && groups.length(1) == 6) {
            return groups.length(2) == 5 || groups.length(2) == 4;
        }
        if (last == 1) {
            return groups.length(0) == 4 || groups.length(0) == 6;
        }
        for (int group = 0; group < last; group++) {
            if (groups.length(group) != 4) {
                return false;
            }
        }
        return groups.length(last) <= 4;
    }

    private static void check(Passage text, int start, int end, int length, boolean isGrouped, Candidates found) {
        int confidence = issued(text, start, end, length);
        if (confidence == 0
                || !Digits.isLuhn(text, start, end)
                || !Digits.isFree(text, start, end)
                || Digits.isUniform(text, start, end)) {
            return;
        }
        if (isGrouped) {
            found.add(Kinds.CREDIT_CARD, start, end, 97);
            return;
        }
        @Nullable Boolean isCard = ContextWords.judge(CONTEXT, text, start, end);
        if (isCard == null) {
            found.add(Kinds.CREDIT_CARD, start, end, confidence);
        } else {
            found.add(Kinds.CREDIT_CARD, start, end, isCard ? 98 : confidence - 55);
        }
    }

    /** Returns how sure a number without groups and context is a card's by its issuer and length; 0 when none issues it. */
    private static int issued(Passage text, int start, int end, int length) {
        int six = 0;
        int count = 0;
        for (int position = start; position < end && count < 6; position++) {
            if (Bytes.isDigit(text.at(position))) {
                six = six * 10 + text.at(position) - '0';
                count++;
            }
        }
        int two = six / 10_000;
        int three = six / 1_000;
        int four = six / 100;
        if (six / 100_000 == 4) {
            return length == 16 ? 90 : length == 13 || length == 19 ? 45 : 0;
        }
        if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) {
            return length == 16 ? 90 : 0;
        }
        if (two == 34 || two == 37) {
            return length == 15 ? 88 : 0;
        }
        if (two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305)) {
            return length == 14 ? 75 : length > 14 ? 45 : 0;
        }
        if (four == 6011 || two == 65 || (three >= 644 && three <= 649) || (four >= 3528 && four <= 3589)) {
            return length == 16 ? 88 : length > 16 ? 45 : 0;
        }
        if (two == 62 || (four >= 2200 && four <= 2204) || two == 60 || two == 81 || two == 82 || three == 508) {
            return length == 16 ? 80 : length > 16 ? 45 : 0;
        }
        return two == 50 || (two >= 56 && two <= 58) || two == 63 || two == 67 ? (length == 16 ? 65 : 45) : 0;
    }
}
