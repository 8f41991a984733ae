package dev.gantry.corpus;

import java.util.List;
import java.util.Locale;

/** Telephone numbers, addresses of mail and of networks, URLs with credentials. */
final class ContactValues {
    private static final List<String> AREAS = List.of(
            "212", "415", "312", "617", "206", "303", "404", "512", "702", "713", "305", "818", "916", "503", "602",
            "704");
    /** International code, then national numbers as their countries group them, the trunk prefix in brackets. */
    private static final List<String> PLANS = List.of(
            "44:(0)20 7946 0###",
            "44:(0)7#00 9#####",
            "44:(0)161 496 0###",
            "49:(0)30 2######",
            "49:(0)171 2######",
            "49:(0)89 5#######",
            "49:(0)1523 #######",
            "33:(0)6 ## ## ## ##",
            "33:(0)1 4# ## ## ##",
            "33:(0)7 6# ## ## ##",
            "34:6## ### ###",
            "34:91 2## ## ##",
            "39:34# ### ####",
            "39:06 6### ####",
            "31:(0)6 1### ####",
            "31:(0)20 6######",
            "91:98### #####",
            "91:(0)22 2### ####",
            "61:(0)4## ### ###",
            "61:(0)2 9### ####",
            "55:11 9#### ####",
            "81:(0)3 5### ####",
            "81:(0)90 #### ####",
            "86:138 #### ####",
            "52:55 5### ####",
            "46:(0)70 ### ## ##",
            "41:(0)79 ### ## ##",
            "48:60# ### ###",
            "43:(0)664 #######",
            "32:(0)47# ## ## ##",
            "45:2# ## ## ##",
            "47:9## ## ###",
            "65:9### ####",
            "27:(0)82 ### ####",
            "971:(0)50 ### ####",
            "351:91# ### ###");

    private static final List<String> WORDS = List.of(
            "amara",
            "lindqvist",
            "petrov",
            "chen",
            "okafor",
            "maria",
            "jdoe",
            "k.tanaka",
            "sales",
            "info",
            "anna.kowalska",
            "r.singh",
            "billing",
            "j.p.dubois",
            "noreply",
            "s_meyer",
            "tom-ross",
            "o'hara",
            "zhang.wei",
            "team_lead",
            "x1y2",
            "first.last",
            "fatima",
            "h.schulze",
            "luis99",
            "nguyen.t",
            "support");
    private static final List<String> DOMAINS = List.of(
            "example.com",
            "acme.co.uk",
            "mail.example.org",
            "contoso.onmicrosoft.com",
            "uni-heidelberg.de",
            "gmail.com",
            "outlook.com",
            "my-company.io",
            "startup.dev",
            "sub.domain.example.net",
            "firma.at",
            "empresa.com.br",
            "example.museum",
            "proton.me",
            "yahoo.co.jp",
            "a1.digital",
            "hospital.health",
            "corp.example",
            "web.de");

    private ContactValues() {}

    /** A telephone number in any of the ways that people write it; where it lacks a plus sign, words must say what it is. */
    static String phone(Draw draw) {
        return draw.chance(45) ? american(draw) : draw.chance(60) ? international(draw) : national(draw);
    }

    /** One that can be told by its form. */
    static String clearPhone(Draw draw) {
        return draw.chance(50) ? clearAmerican(draw) : international(draw);
    }

    private static String american(Draw draw) {
        return draw.chance(75) ? clearAmerican(draw) : draw.of(AREAS) + draw.like("N######");
    }

    private static String clearAmerican(Draw draw) {
        String area = draw.of(AREAS);
        String office = draw.like("N##").replace("11", "12");
        String line = draw.digits(4);
        return switch (draw.number(0, 10)) {
            case 0, 1 -> "(" + area + ") " + office + "-" + line;
            case 2, 3 -> area + "-" + office + "-" + line;
            case 4 -> area + "." + office + "." + line;
            case 5 -> "+1 " + area + " " + office + " " + line;
            case 6 -> "+1-" + area + "-" + office + "-" + line;
            case 7 -> "1-" + area + "-" + office + "-" + line;
            case 8 -> "+1 (" + area + ") " + office + "-" + line;
            case 9 -> "+1" + area + office + line;
            default -> area + "\u2011" + office + "\u2011" + line;
        };
    }

    private static String international(Draw draw) {
        String[] plan = draw.of(PLANS).split(":");
        String number = draw.like(plan[1]);
        String digits = number.replace("(0)", "");
        return switch (draw.number(0, 8)) {
            case 0, 1, 2 -> "+" + plan[0] + " " + digits;
            case 3 -> "+" + plan[0] + digits.replace(" ", "");
            case 4 -> "+" + plan[0] + "-" + digits.replace(' ', '-');
            case 5 -> "+" + plan[0] + " " + number;
            case 6 -> "00" + plan[0] + " " + digits;
            case 7 -> "+" + plan[0] + "\u00a0" + digits.replace(' ', '\u00a0');
            default -> "(+" + plan[0] + ") " + digits;
        };
    }

    private static String national(Draw draw) {
        String number = draw.like(draw.of(PLANS).split(":")[1]);
        String plain = number.replace("(0)", "0");
        return switch (draw.number(0, 5)) {
            case 0, 1 -> plain;
            case 2 -> plain.replace(" ", "");
            case 3 -> plain.replace(' ', '-');
            case 4 -> plain.startsWith("0") && plain.indexOf(' ') > 2 ? plain.replaceFirst(" ", "/") : plain;
            default -> plain.startsWith("0") && plain.indexOf(' ') > 2 ? "(" + plain.replaceFirst(" ", ") ") : plain;
        };
    }

    static String email(Draw draw) {
        String local = draw.of(WORDS) + draw.of("", "", "", "+news", draw.digits(2), ".ext");
        String domain = draw.of(DOMAINS);
        return switch (draw.number(0, 9)) {
            case 0 -> (local + "@" + domain).toUpperCase(Locale.ROOT);
            case 1 -> Character.toUpperCase(local.charAt(0)) + local.substring(1) + "@" + domain;
            default -> local + "@" + domain;
        };
    }

    static String ip(Draw draw) {
        return switch (draw.number(0, 9)) {
            case 0 -> "10." + draw.number(0, 255) + "." + draw.number(0, 255) + "." + draw.number(1, 254);
            case 1 -> "192.168." + draw.number(0, 255) + "." + draw.number(1, 254);
            case 2 -> draw.like("2001:db8:hhhh:hhhh:hhhh:hhhh:hhhh:hhhh");
            case 3 -> draw.like("2403:8hh:hhhh::hhhh");
            case 4 -> draw.like("fe80::2hh:5eff:fehh:hhhh");
            case 5 -> draw.like("2606:4700:hhhh::hhhh:hhhh").toUpperCase(Locale.ROOT);
            default ->
                draw.number(11, 126) + "." + draw.number(1, 255) + "." + draw.number(0, 255) + "."
                        + draw.number(10, 254);
        };
    }

    static String mac(Draw draw) {
        String address = switch (draw.number(0, 6)) {
            case 0, 1, 2 -> draw.like("hh:hh:hh:hh:hh:hh");
            case 3, 4 -> draw.like("hh-hh-hh-hh-hh-hh");
            case 5 -> draw.like("0hhh.hhhh.hhhh");
            default -> draw.like("hh:hh:hh:hh:hh:hh");
        };
        // One letter at least, since rows of digits alone are many things.
        String lettered = address.substring(0, 1) + "c" + address.substring(2);
        return draw.chance(40) ? lettered.toUpperCase(Locale.ROOT) : lettered;
    }

    static String urlCredentials(Draw draw) {
        String password = draw.of(
                "s3cr3t",
                "Tr0ub4dor",
                "hunter2",
                "p%40ss",
                "Zx9-kk21",
                draw.some(Draw.ALPHANUMERIC, 16),
                "correct-horse");
        String user = draw.of("admin", "app", "svc_backup", "root", "deploy", "postgres", "guest");
        String host = draw.of("db.example.com", "10.0.0.5", "localhost", "cache-01.internal", "mq.prod.example.net");
        return switch (draw.number(0, 8)) {
            case 0, 1 -> draw.of("postgres", "postgresql") + "://" + user + ":" + password + "@" + host + ":5432/app";
            case 2 -> "mysql://" + user + ":" + password + "@" + host + "/orders?useSSL=true";
            case 3 -> draw.of("mongodb", "mongodb+srv") + "://" + user + ":" + password + "@" + host + "/test";
            case 4 -> draw.of("redis", "rediss") + "://:" + password + "@" + host + ":6379/0";
            case 5 -> "amqp://" + user + ":" + password + "@" + host + ":5672/%2Fvhost";
            case 6 -> "https://" + user + ":" + password + "@" + host + "/repo.git";
            case 7 -> draw.of("ftp", "sftp", "smtp") + "://" + user + ":" + password + "@" + host;
            default -> "jdbc:postgresql://" + user + ":" + password + "@" + host + ":5432/app";
        };
    }
}
