package dev.gantry.guard;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Dates of birth: dates of which the text says so. Every other date is claimed as harmless, so that nothing else is seen
 * in it. Asked at numbers and at names of months.
 */
final class BirthDateDetector extends Detector {
    private static final ContextWords<Boolean> CONTEXT = ContextWords.of(
            List.of(
                    "dob",
                    "d o b",
                    "birth",
                    "born",
                    "birthday",
                    "birthdate",
                    "date of birth",
                    "birth date",
                    "bday",
                    "born on",
                    "birthdays",
                    "bdate",
                    "geboren",
                    "geb",
                    "geburtsdatum",
                    "geburtstag",
                    "geboren am",
                    "né",
                    "née",
                    "né le",
                    "née le",
                    "naissance",
                    "date de naissance",
                    "nacimiento",
                    "nacido",
                    "nacida",
                    "fecha de nacimiento",
                    "nascita",
                    "data di nascita",
                    "nato",
                    "nata",
                    "geboortedatum",
                    "nascimento",
                    "data de nascimento",
                    "nascido",
                    "nascida",
                    "födelsedatum",
                    "född",
                    "fødselsdato",
                    "syntymäaika",
                    "narozen",
                    "urodzenia",
                    "data urodzenia",
                    "urodzony",
                    "дата рождения",
                    "родился"),
            List.of(
                    "created",
                    "updated",
                    "modified",
                    "visit",
                    "visited",
                    "admitted",
                    "admission",
                    "discharged",
                    "discharge",
                    "appointment",
                    "issued",
                    "issue",
                    "expires",
                    "expiry",
                    "expiration",
                    "expired",
                    "due",
                    "deadline",
                    "released",
                    "release",
                    "hired",
                    "joined",
                    "start",
                    "started",
                    "end",
                    "ended",
                    "signed",
                    "effective",
                    "published",
                    "invoice",
                    "order",
                    "ordered",
                    "shipped",
                    "delivered",
                    "due date",
                    "start date",
                    "end date",
                    "hire date",
                    "date of issue",
                    "date of expiry",
                    "expiration date",
                    "service",
                    "seen",
                    "diagnosed",
                    "died",
                    "death",
                    "deceased",
                    "married",
                    "founded",
                    "since",
                    "timestamp",
                    "meeting",
                    "scheduled",
                    "version"));

    @Override
    void look(Passage text, int place, Candidates found) {
        boolean isNumber = Bytes.isDigit(text.at(place));
        int end = isNumber ? Dates.endAtNumber(text, place) : Dates.endAtMonth(text, place);
        if (end < 0 || !Digits.isFreeBefore(text, place) || !isFreeAfter(text, end)) {
            return;
        }
        // A word speaks for the date that is next to it, not for those behind that one.
        Boolean isBirth = text.isLabelNear(place) ? before(text, place) : null;
        if ((isBirth == null || !isBirth) && text.at(end) != 'T' && text.at(end) != ',') {
            Boolean after = CONTEXT.after(text, end);
            isBirth = after != null && after && before(text, place) == null;
        }
        if (isBirth != null && isBirth) {
            found.add(Kinds.DATE_OF_BIRTH, place, end, 92);
        } else if (end - place >= 8) {
            found.add(Kinds.HARMLESS, place, end, 76);
        }
    }

    private static @Nullable Boolean before(Passage text, int place) {
        return CONTEXT.before(text, place, Integer.MAX_VALUE, 0);
    }

    /** Returns the hashes of words of which one stands before every date of birth. */
    static Set<Long> words() {
        return CONTEXT.lastWords(isBirth -> isBirth);
    }

    private static boolean isFreeAfter(Passage text, int end) {
        boolean isTimeNext = text.at(end) == 'T' && Bytes.isDigit(text.at(end + 1));
        return isTimeNext || Digits.isFreeAfter(text, end);
    }
}
