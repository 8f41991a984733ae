package dev.gantry.corpus;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What looks like something that is to be found, and is not. */
final class HarmlessValues {
    private static final Map<String, Function<Draw, String>> MADE = made();

    private HarmlessValues() {}

    static String make(String name, Draw draw) {
        Function<Draw, String> maker = MADE.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("There is no harmless '" + name + "'");
        }
        return maker.apply(draw);
    }

    static boolean isKnown(String name) {
        return MADE.containsKey(name);
    }

    private static Map<String, Function<Draw, String>> made() {
        Map<String, Function<Draw, String>> out = new LinkedHashMap<>();
        out.put("uuid", draw -> draw.like("hhhhhhhh-hhhh-4hhh-8hhh-hhhhhhhhhhhh"));
        out.put("sha1", draw -> draw.some(Draw.HEX, 40));
        out.put("short_sha", draw -> draw.some(Draw.HEX, draw.of(7, 8, 10, 12)));
        out.put("sha256", draw -> draw.some(Draw.HEX, 64));
        out.put("md5", draw -> draw.some(Draw.HEX, 32));
        out.put("order", draw -> draw.digits(draw.of(6, 8, 9, 10, 12, 16)));
        out.put(
                "order_code",
                draw -> draw.like(
                        draw.of("###-#######-#######", "AA-######", "PO-2026-#####", "A#######", "INV########")));
        out.put(
                "tracking",
                draw -> draw.like(draw.of(
                        "1ZXXXXXX##########", "9400 #### #### #### #### ##", "JD0##############", "AA#########US")));
        out.put(
                "version",
                draw -> draw.number(0, 24) + "." + draw.number(0, 40) + "." + draw.number(0, 30)
                        + draw.of("", "-rc.1", "-SNAPSHOT", "+build.77"));
        out.put(
                "version4",
                draw -> draw.number(1, 24) + "." + draw.number(0, 40) + "." + draw.number(0, 30) + "."
                        + draw.number(0, 250));
        out.put("epoch", draw -> "1" + draw.number(60, 79) + draw.digits(7));
        out.put("epoch_ms", draw -> "1" + draw.number(60, 79) + draw.digits(10));
        out.put(
                "timestamp",
                draw -> String.format(
                        "20%02d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                        draw.number(15, 29),
                        draw.number(1, 12),
                        draw.number(1, 28),
                        draw.number(0, 23),
                        draw.number(0, 59),
                        draw.number(0, 59),
                        draw.number(0, 999)));
        out.put(
                "date",
                draw -> String.format("20%02d-%02d-%02d", draw.number(10, 29), draw.number(1, 12), draw.number(1, 28)));
        out.put(
                "time",
                draw -> String.format("%02d:%02d:%02d", draw.number(0, 23), draw.number(0, 59), draw.number(0, 59)));
        out.put(
                "coordinates",
                draw -> draw.number(-89, 89) + "." + draw.digits(6) + ", " + draw.number(-179, 179) + "."
                        + draw.digits(6));
        out.put(
                "amount",
                draw -> draw.of("$", "€", "£") + draw.number(1, 999) + "," + draw.digits(3) + "." + draw.digits(2));
        out.put("thousands", draw -> draw.number(1, 9) + "," + draw.digits(3) + "," + draw.digits(3));
        out.put("isbn13", draw -> ean("978" + draw.digits(9), draw.of("", "-")));
        out.put("isbn10", draw -> draw.like(draw.of("0-###-#####-#", "#-##-######-X".replace('X', '3'))));
        out.put("ean", draw -> ean("4" + draw.digits(11), ""));
        out.put("bad_card", HarmlessValues::badCard);
        out.put("bad_iban", draw -> "DE" + draw.of("00", "01") + draw.digits(18));
        out.put(
                "bad_ssn",
                draw -> draw.of("000-##-####", "666-##-####", "###-00-####", "###-##-0000")
                        .chars()
                        .mapToObj(each -> each == '#' ? draw.digits(1) : String.valueOf((char) each))
                        .reduce("", String::concat));
        out.put(
                "base64_image",
                draw -> "iVBORw0KGgoAAAANSUhEUgAA" + Base64.getEncoder().encodeToString(bytes(draw, 120)));
        out.put("constant", draw -> "0x" + draw.some("0123456789ABCDEF", draw.of(2, 4, 8)));
        out.put("percent", draw -> draw.number(0, 99) + "." + draw.digits(2) + "%");
        out.put("float", draw -> draw.number(0, 9) + "." + draw.digits(draw.number(6, 17)));
        out.put("dimension", draw -> draw.number(100, 4000) + "x" + draw.number(100, 4000));
        out.put("range", draw -> draw.number(100, 400) + "-" + draw.number(500, 900));
        out.put("issue", draw -> draw.of("#", "JIRA-", "GH-", "CVE-2025-") + draw.digits(5));
        out.put("imei", draw -> {
            String number = "35" + draw.digits(12);
            return number + Checksums.luhn(number);
        });
        out.put(
                "vin",
                draw -> draw.like("1HGXXXXXXXX######")
                        .replace('O', '0')
                        .replace('I', '1')
                        .replace('Q', '9'));
        out.put("number", draw -> draw.digits(draw.number(2, 5)));
        out.put("long_number", draw -> draw.number(1, 9) + draw.digits(draw.number(11, 18)));
        out.put(
                "snake",
                draw -> draw.of("user_id", "created_at", "max_retries", "http_status", "page_size") + "_"
                        + draw.number(1, 9));
        out.put(
                "camel",
                draw -> draw.of(
                        "getUserById", "parseHttpHeader", "isTokenExpired", "tokenBucketSize", "passwordPolicyLevel"));
        out.put(
                "fake_key",
                draw -> draw.of(
                        "YOUR_API_KEY",
                        "your-api-key-here",
                        "<API_KEY>",
                        "xxxxxxxxxxxxxxxxxxxxxxxx",
                        "sk-...",
                        "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
                        "AKIAXXXXXXXXXXXXXXXX",
                        "${API_KEY}",
                        "REPLACE_ME",
                        "changeme",
                        "********",
                        "{{ api_key }}",
                        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
        out.put("etag", draw -> "W/\"" + draw.some(Draw.HEX, 16) + "-" + draw.some(Draw.ALPHANUMERIC, 10) + "\"");
        out.put("object_id", draw -> draw.some(Draw.HEX, 24));
        out.put("ulid", draw -> "01" + draw.some("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24));
        out.put(
                "docker",
                draw -> draw.of("nginx", "postgres", "registry.k8s.io/pause") + ":" + draw.number(1, 18) + "."
                        + draw.number(0, 30) + "-alpine@sha256:" + draw.some(Draw.HEX, 64));
        return out;
    }

    private static byte[] bytes(Draw draw, int count) {
        byte[] out = new byte[count];
        for (int index = 0; index < count; index++) {
            out[index] = (byte) draw.number(0, 255);
        }
        return out;
    }

    /** Sixteen digits of a card's range that miss Luhn's formula. */
    private static String badCard(Draw draw) {
        String begin = draw.of("4", "51", "55", "6011");
        String digits = begin + draw.digits(15 - begin.length());
        String wrong = digits + (Checksums.luhn(digits) + draw.number(1, 9)) % 10;
        return draw.chance(50) ? wrong : Draw.grouped(wrong, draw.of(" ", "-"), 4);
    }

    private static String ean(String twelve, String separator) {
        int sum = 0;
        for (int index = 0; index < 12; index++) {
            sum += (twelve.charAt(index) - '0') * (index % 2 == 0 ? 1 : 3);
        }
        String whole = twelve + (10 - sum % 10) % 10;
        return separator.isEmpty()
                ? whole
                : Draw.grouped(whole, separator, 3, 1, 4, 4, 1).toLowerCase(Locale.ROOT);
    }
}
