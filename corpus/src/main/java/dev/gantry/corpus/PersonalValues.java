package dev.gantry.corpus;

import java.util.List;
import java.util.Locale;

/** Numbers that authorities, insurers and hospitals give to people, and their dates of birth. */
final class PersonalValues {
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");

    private PersonalValues() {}

    /** A social security number, not of the ranges that are never given out. */
    static String ssn(Draw draw) {
        int area = draw.number(1, 899);
        return nine(
                draw, String.format("%03d", area == 666 ? 667 : area), draw.padded(1, 99, 2), draw.padded(1, 9999, 4));
    }

    /** A taxpayer number of the Internal Revenue Service. */
    static String itin(Draw draw) {
        String group = String.valueOf(
                draw.of(draw.number(50, 65), draw.number(70, 88), draw.number(90, 92), draw.number(94, 99)));
        return nine(draw, "9" + draw.digits(2), group, draw.padded(1, 9999, 4));
    }

    private static String nine(Draw draw, String area, String group, String serial) {
        String separator = switch (draw.number(0, 9)) {
            case 0, 1, 2, 3 -> "-";
            case 4, 5 -> " ";
            case 6, 7 -> "";
            case 8 -> draw.of(".", "\u2011", "\u2013", "\u00a0", " - ");
            default -> "fullwidth";
        };
        return separator.equals("fullwidth")
                ? Draw.fullWidth(area + "-" + group + "-" + serial)
                : area + separator + group + separator + serial;
    }

    static String birthDate(Draw draw) {
        int year = draw.number(1925, 2019);
        int month = draw.number(1, 12);
        int day = draw.number(1, 28);
        String name = MONTHS.get(month - 1);
        return switch (draw.number(0, 12)) {
            case 0, 1 -> String.format("%04d-%02d-%02d", year, month, day);
            case 2, 3 -> String.format("%02d/%02d/%04d", month, day, year);
            case 4 -> String.format("%02d/%02d/%04d", day, month, year);
            case 5 -> String.format("%02d.%02d.%04d", day, month, year);
            case 6 -> String.format("%d/%d/%02d", month, day, year % 100);
            case 7 -> name + " " + day + ", " + year;
            case 8 -> day + " " + name + " " + year;
            case 9 -> String.format("%02d-%s-%04d", day, name.substring(0, 3), year);
            case 10 -> ordinal(day) + " of " + name + " " + year;
            case 11 -> name.substring(0, 3) + " " + ordinal(day) + " " + year;
            default -> String.format("%04d%02d%02d", year, month, day);
        };
    }

    private static String ordinal(int day) {
        int last = day % 10;
        boolean isTeen = day / 10 == 1;
        return day + (isTeen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
    }

    static String medicalRecord(Draw draw) {
        return switch (draw.number(0, 7)) {
            case 0, 1, 2 -> draw.digits(draw.number(6, 10));
            case 3 -> draw.like("A#######");
            case 4 -> draw.like("AA######");
            case 5 -> draw.like("###-##-###");
            case 6 -> draw.like("##-##-##-##");
            default -> draw.like("A##-#####");
        };
    }

    /** Ten digits with Luhn's formula over 80840 and them (45 CFR 162.406). */
    static String npi(Draw draw) {
        String nine = draw.of("1", "1", "1", "2") + draw.digits(8);
        return nine + Checksums.luhn("80840" + nine);
    }

    /** Medicare beneficiary identifier by the public table of CMS. */
    static String beneficiary(Draw draw) {
        String letters = "ACDEFGHJKMNPQRTUVWXY";
        String either = letters + Draw.DIGITS;
        String first = draw.some("123456789", 1) + draw.some(letters, 1) + draw.some(either, 1) + draw.digits(1);
        String second = draw.some(letters, 1) + draw.some(either, 1) + draw.digits(1);
        String third = draw.some(letters, 2) + draw.digits(2);
        return draw.chance(50) ? first + "-" + second + "-" + third : first + second + third;
    }

    static String insurance(Draw draw) {
        return switch (draw.number(0, 8)) {
            case 0, 1 -> draw.like("AAA#########");
            case 2 -> draw.like("W#########");
            case 3, 4 -> draw.digits(draw.number(9, 11));
            case 5 -> draw.like("AA-#######");
            case 6 -> draw.like("A#########");
            case 7 -> draw.like("AAA-##-######");
            default -> draw.like("AAAA########");
        };
    }

    static String passport(Draw draw) {
        String number = switch (draw.number(0, 9)) {
            case 0, 1, 2 -> draw.digits(9);
            case 3 -> draw.like("A########");
            case 4 ->
                "C" + draw.some("CFGHJKLMNPRTVWXYZ0123456789", 2) + draw.digits(2)
                        + draw.some("CFGHJKLMNPRTVWXYZ0123456789", 3) + draw.digits(1);
            case 5 -> draw.like("##AA#####");
            case 6 -> draw.like("A#######");
            case 7 -> draw.like("AA######");
            case 8 -> draw.like("AA#######");
            default -> draw.like("AAA######");
        };
        return draw.chance(10) ? number.toLowerCase(Locale.ROOT) : number;
    }

    static String driverLicense(Draw draw) {
        return switch (draw.number(0, 11)) {
            case 0, 1, 2 -> draw.like("A#######");
            case 3 -> draw.digits(8);
            case 4 -> draw.digits(9);
            case 5 -> draw.like("A###-####-####");
            case 6 -> draw.like("A###-###-##-###-#");
            case 7 -> draw.like("AA######");
            case 8 -> draw.like("A############");
            case 9 -> draw.like("AAAAA######AA#AA");
            case 10 -> draw.like("A###AAA##A#").replace('O', 'K');
            default -> draw.like("### ### ###");
        };
    }
}
