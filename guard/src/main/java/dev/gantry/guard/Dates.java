package dev.gantry.guard;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Dates as people write them. */
final class Dates {
    private static final WordTable<Integer> MONTHS = months();
    private static final int YEAR_MIN = 1880;
    private static final int YEAR_MAX = 2099;

    private Dates() {}

    private static WordTable<Integer> months() {
        String[] names = {
            "jan january januar janvier enero gennaio januari janeiro jän",
            "feb february februar février febrero febbraio februari fevereiro",
            "mar march märz mars marzo maart março mrz",
            "apr april avril abril aprile",
            "may mai mayo maggio mei maio maj",
            "jun june juni juin junio giugno junho",
            "jul july juli juillet julio luglio julho",
            "aug august août agosto augustus augusti",
            "sep sept september septembre septiembre settembre setembro",
            "oct october oktober octobre octubre ottobre outubro okt",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre diciembre dicembre dezembro dez"
        };
        Map<String, Integer> out = new HashMap<>();
        for (int month = 0; month < names.length; month++) {
            for (String name : names[month].split(" ")) {
                out.put(name, month + 1);
            }
        }
        return new WordTable<>(out);
    }

    /** Returns every name of a month. */
    static String[] monthNames() {
        return MONTHS.words();
    }

    /** Returns where a date that begins with a number ends; -1 when there is none. */
    static int endAtNumber(Passage text, int place) {
        Groups groups = text.groups(place);
        int first = groups.length(0);
        if (groups.count() >= 3) {
            int separator = groups.separator(0);
            boolean isDivided = separator == groups.separator(1) && (separator != ' ' || groups.length(2) == 4);
            if (isDivided && isDate(text, groups)) {
                return groups.end(2);
            }
        }
        if (first == 8 && isCompact(text, place)) {
            return groups.end(0);
        }
        return first <= 2 ? endAfterDay(text, groups.end(0), (int) Digits.value(text, place, groups.end(0))) : -1;
    }

    private static boolean isDate(Passage text, Groups groups) {
        int[] values = new int[3];
        for (int group = 0; group < 3; group++) {
            if (groups.length(group) > 4) {
                return false;
            }
            values[group] = (int) Digits.value(text, groups.start(group), groups.end(group));
        }
        if (groups.length(0) == 4) {
            return groups.length(1) <= 2 && groups.length(2) <= 2 && isYear(values[0]) && isDay(values[1], values[2]);
        }
        if (groups.length(0) > 2 || groups.length(1) > 2 || groups.length(2) == 3 || groups.length(2) == 1) {
            return false;
        }
        boolean isYear = groups.length(2) == 2 || isYear(values[2]);
        return isYear && (isDay(values[0], values[1]) || isDay(values[1], values[0]));
    }

    /** Whether eight digits are a year, a month and a day. */
    private static boolean isCompact(Passage text, int place) {
        long value = Digits.value(text, place, place + 8);
        return isYear((int) (value / 10_000)) && isDay((int) (value / 100 % 100), (int) (value % 100));
    }

    /** {@code 12 March 1980}, {@code 12th of March, 1980}, {@code 12-Mar-1980}, {@code 12. März 1980}. */
    private static int endAfterDay(Passage text, int place, int day) {
        int position = place;
        if (day < 1 || day > 31) {
            return -1;
        }
        if (Bytes.isLetter(text.at(position))
                && Bytes.isLetter(text.at(position + 1))
                && !Bytes.isLetter(text.at(position + 2))) {
            position += 2; // st, nd, rd, th
        }
        position = afterGap(text, position);
        if (Bytes.lower(text.at(position)) == 'o' && text.at(position + 1) == 'f' && text.at(position + 2) == ' ') {
            position += 3;
        } else if (Bytes.lower(text.at(position)) == 'd'
                && text.at(position + 1) == 'e'
                && text.at(position + 2) == ' ') {
            position += 3;
        }
        int end = afterMonth(text, position);
        if (end < 0) {
            return -1;
        }
        position = afterGap(text, end);
        if (Bytes.lower(text.at(position)) == 'd' && text.at(position + 1) == 'e' && text.at(position + 2) == ' ') {
            position += 3;
        }
        return afterYear(text, position);
    }

    /** Returns where a date that begins with a month's name ends ({@code March 12th, 1980}); -1 when there is none. */
    static int endAtMonth(Passage text, int place) {
        int end = afterMonth(text, place);
        if (end < 0) {
            return -1;
        }
        int position = afterGap(text, end);
        int dayEnd = text.afterDigits(position, 3);
        long day = Digits.value(text, position, dayEnd);
        if (dayEnd == position || dayEnd - position > 2 || day < 1 || day > 31) {
            return -1;
        }
        position = dayEnd;
        if (Bytes.isLetter(text.at(position)) && Bytes.isLetter(text.at(position + 1))) {
            position += 2;
        }
        return afterYear(text, afterGap(text, position));
    }

    private static int afterMonth(Passage text, int place) {
        long hash = 0;
        int position = place;
        while (position - place < 14 && Bytes.isWord(text.at(position)) && !Bytes.isDigit(text.at(position))) {
            hash = hash * WordTable.FACTOR + Bytes.lower(text.at(position));
            position++;
        }
        @Nullable Integer month = position == place ? null : MONTHS.get(hash);
        return month == null ? -1 : position;
    }

    private static int afterYear(Passage text, int place) {
        int start = text.at(place) == '\'' ? place + 1 : place;
        int end = text.afterDigits(start, 5);
        boolean isYear = end - start == 4 && isYear((int) Digits.value(text, start, end));
        return isYear || (end - start == 2 && start > place) ? end : -1;
    }

    private static int afterGap(Passage text, int place) {
        int position = place;
        while (position - place < 3 && isGap(text.at(position))) {
            position++;
        }
        return position;
    }

    private static boolean isGap(int value) {
        return value == ' ' || value == '.' || value == ',' || value == '-' || value == '/';
    }

    private static boolean isYear(int year) {
        return year >= YEAR_MIN && year <= YEAR_MAX;
    }

    private static boolean isDay(int month, int day) {
        return month >= 1 && month <= 12 && day >= 1 && day <= 31;
    }
}
