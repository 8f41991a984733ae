package dev.gantry.guard;

/**
 * Addresses and tokens that are secret as a whole: incoming webhooks of Slack, Discord and Teams, tokens of Telegram's
 * bots. Asked at the words and numbers with which they begin.
 */
final class WebhookDetector extends Detector {
    private static final String[] PLACES = {
        "hooks.slack.com/services/T",
        "hooks.slack.com/workflows/T",
        "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/"
    };
    private static final String SCHEME = "https://";
    private static final int PATH_MIN = 30;
    private static final int PATH_MAX = 200;
    private static final int BOT_TOKEN = 35;

    /** The words at which it wants to be asked. */
    static final String[] WORDS = {"hooks", "discord", "discordapp"};

    @Override
    void look(Passage text, int place, Candidates found) {
        if (Bytes.isDigit(text.at(place))) {
            bot(text, place, found);
            return;
        }
        for (String each : PLACES) {
            if (begins(text, place, each)) {
                int begin = place + each.length();
                int end = begin;
                while (end - begin < PATH_MAX
                        && (SecretFormat.Alphabet.BASE64URL.contains(text.at(end)) || text.at(end) == '/')) {
                    end++;
                }
                if (end - begin >= PATH_MIN) {
                    found.add(Kinds.WEBHOOK_URL, afterScheme(text, place), end, 97);
                }
            }
        }
    }

    /** Returns where {@code https://} before a host begins; the host's beginning without it. */
    private static int afterScheme(Passage text, int place) {
        int start = place - SCHEME.length();
        return begins(text, start, SCHEME) ? start : place;
    }

    private static boolean begins(Passage text, int place, String wanted) {
        for (int index = 0; index < wanted.length(); index++) {
            if (text.at(place + index) != wanted.charAt(index)) {
                return false;
            }
        }
        return true;
    }

    /** A number of eight to ten digits, a colon, and 35 characters of which the first two are capital A's. */
    private static void bot(Passage text, int place, Candidates found) {
        int colon = text.afterDigits(place, 11);
        int digits = colon - place;
        if (digits < 8
                || digits > 10
                || text.at(colon) != ':'
                || text.at(colon + 1) != 'A'
                || text.at(colon + 2) != 'A') {
            return;
        }
        int end = colon + 1;
        while (end - colon <= BOT_TOKEN + 1 && SecretFormat.Alphabet.BASE64URL.contains(text.at(end))) {
            end++;
        }
        if (end - colon - 1 == BOT_TOKEN) {
            found.add(Kinds.BOT_TOKEN, place, end, 97);
        }
    }
}
