package dev.gantry.corpus;

import java.util.List;
import java.util.Locale;

/** Numbers of payment cards, bank accounts and wallets. */
final class FinancialValues {
    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final String RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

    /** Country and account of IBANs by the SWIFT registry; n is a digit, a a capital letter, c either. */
    private static final List<String> ACCOUNTS = List.of(
            "DE:18n",
            "FR:10n11c2n",
            "GB:4a14n",
            "ES:20n",
            "IT:1a10n12c",
            "NL:4a10n",
            "AT:16n",
            "CH:5n12c",
            "BE:12n",
            "PL:24n",
            "PT:21n",
            "SE:20n",
            "NO:11n",
            "DK:14n",
            "FI:14n",
            "IE:4a14n",
            "SA:2n18c",
            "AE:19n",
            "TR:6n16c",
            "BR:23n1a1c",
            "CZ:20n",
            "GR:7n16c",
            "LU:3n13c",
            "MT:4a5n18c",
            "HU:24n",
            "RO:4a16c");

    private FinancialValues() {}

    /** A card's number as people and systems write it. */
    static String card(Draw draw) {
        String number = cardNumber(draw);
        boolean isAmex = number.length() == 15;
        int[] groups = isAmex || number.length() == 14 ? new int[] {4, 6, 5} : new int[] {4};
        return switch (draw.number(0, 11)) {
            case 0, 1, 2, 3 -> number;
            case 4, 5, 6 -> Draw.grouped(number, " ", groups);
            case 7, 8 -> Draw.grouped(number, "-", groups);
            case 9 -> Draw.grouped(number, draw.of("\u00a0", "\u202f", "\u2011", "\u2013", "\u2009"), groups);
            case 10 -> Draw.grouped(number, draw.of(".", "  ", " - "), groups);
            default -> Draw.fullWidth(draw.chance(50) ? number : Draw.grouped(number, " ", groups));
        };
    }

    private static String cardNumber(Draw draw) {
        String begin = switch (draw.number(0, 9)) {
            case 0, 1, 2 -> draw.like("4##############");
            case 3, 4 -> draw.number(51, 55) + draw.digits(13);
            case 5 -> draw.number(2221, 2720) + draw.digits(11);
            case 6 -> draw.of("34", "37") + draw.digits(12);
            case 7 -> draw.of("6011", "6445", "6500") + draw.digits(11);
            case 8 -> draw.of("36", "38") + draw.digits(11);
            default -> draw.of(draw.number(3528, 3589) + draw.digits(11), "62" + draw.digits(13));
        };
        return begin + Checksums.luhn(begin);
    }

    static String iban(Draw draw) {
        String[] parts = draw.of(ACCOUNTS).split(":");
        StringBuilder account = new StringBuilder();
        int count = 0;
        for (char each : parts[1].toCharArray()) {
            if (Character.isDigit(each)) {
                count = count * 10 + each - '0';
            } else {
                account.append(draw.some(
                        each == 'n' ? Draw.DIGITS : each == 'a' ? Draw.UPPER : Draw.UPPER + Draw.DIGITS, count));
                count = 0;
            }
        }
        String iban = parts[0] + Checksums.iban(parts[0], account.toString()) + account;
        return switch (draw.number(0, 9)) {
            case 0, 1, 2, 3 -> iban;
            case 4, 5, 6 -> Draw.grouped(iban, " ", 4);
            case 7 -> Draw.grouped(iban, "-", 4);
            case 8 -> Draw.grouped(iban, "\u00a0", 4);
            default -> iban.toLowerCase(Locale.ROOT);
        };
    }

    /** An address of Bitcoin, Ethereum, and some that came after them. */
    static String wallet(Draw draw) {
        byte[] hash = new byte[20];
        byte[] longer = new byte[32];
        for (int index = 0; index < longer.length; index++) {
            longer[index] = (byte) draw.number(0, 255);
            hash[index % 20] = longer[index];
        }
        return switch (draw.number(0, 11)) {
            case 0, 1 -> Checksums.base58Check(0, hash, BASE58);
            case 2 -> Checksums.base58Check(5, hash, BASE58);
            case 3 -> Checksums.bech32("bc", 0, hash);
            case 4 -> Checksums.bech32("bc", 1, longer);
            case 5, 6, 7 ->
                "0x"
                        + (draw.chance(70)
                                ? draw.some(Draw.HEX, 40)
                                : draw.some(Draw.HEX, 40).toUpperCase(Locale.ROOT));
            case 8 -> Checksums.bech32("ltc", 0, hash);
            case 9 -> Checksums.base58Check(draw.of(0x30, 0x1E, 0x4C), hash, BASE58);
            case 10 -> Checksums.base58Check(0x41, hash, BASE58);
            default -> Checksums.base58Check(0, hash, RIPPLE);
        };
    }
}
