package dev.gantry.guard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of the internet protocol, version 4 (asked at numbers) and 6 (RFC 4291, asked at colons). Loopback and
 * unspecified addresses and network masks say nothing about anybody and are passed over, versions too.
 */
final class IpDetector extends Detector {
    private static final ContextWords<Boolean> CONTEXT = ContextWords.of(
            List.of(
                    "ip",
                    "ips",
                    "ip address",
                    "ipv4",
                    "address",
                    "addr",
                    "host",
                    "hostname",
                    "server",
                    "dns",
                    "nameserver",
                    "gateway",
                    "client",
                    "remote",
                    "peer",
                    "from",
                    "source",
                    "src",
                    "dst",
                    "destination",
                    "ping",
                    "ssh",
                    "connect",
                    "connected",
                    "listen",
                    "bind",
                    "login",
                    "logged",
                    "adresse",
                    "adresa",
                    "dirección"),
            List.of(
                    "version",
                    "versions",
                    "ver",
                    "v",
                    "release",
                    "build",
                    "section",
                    "chapter",
                    "clause",
                    "oid",
                    "revision",
                    "rev",
                    "firmware",
                    "driver",
                    "update",
                    "upgrade",
                    "upgraded",
                    "changelog",
                    "chrome",
                    "windows",
                    "android",
                    "macos",
                    "ios",
                    "paragraph",
                    "abschnitt",
                    "kapitel"));

    @Override
    void look(Passage text, int place, Candidates found) {
        if (text.at(place) == ':') {
            six(text, place, found);
        } else {
            four(text, place, found);
        }
    }

    private static void four(Passage text, int place, Candidates found) {
        Groups groups = text.groups(place);
        if (groups.count() < 4
                || groups.separator(0) != '.'
                || groups.separator(1) != '.'
                || groups.separator(2) != '.') {
            return;
        }
        boolean isShort = true;
        for (int group = 0; group < 4; group++) {
            int length = groups.length(group);
            if (length > 3 || Digits.value(text, groups.start(group), groups.end(group)) > 255) {
                return;
            }
            if (length > 1 && text.at(groups.start(group)) == '0') {
                return;
            }
            isShort &= length == 1;
        }
        int end = groups.end(3);
        boolean isLonger = text.at(end) == '.' && Bytes.isAlphanumeric(text.at(end + 1));
        if (isLonger || !text.isEnd(end) || !isFreeBefore(text, place)) {
            return;
        }
        long first = Digits.value(text, place, groups.end(0));
        boolean isNetwork = Digits.value(text, groups.start(1), end) == 0;
        if (first == 127 || first == 0 || (first == 255 && text.at(groups.start(1)) == '2')) {
            return;
        }
        @Nullable Boolean isMeant = CONTEXT.near(text, place, end);
        int sure = isShort || isNetwork ? 45 : 85;
        if (isMeant != null) {
            sure = isMeant ? 95 : 30;
        }
        found.add(Kinds.IP_ADDRESS, place, end, sure);
    }

    /** A path or a word before it makes it a version; an authority of a URL does not. */
    private static boolean isFreeBefore(Passage text, int place) {
        int before = text.at(place - 1);
        return switch (before) {
            case '.', '_' -> false;
            case '-' -> !Bytes.isAlphanumeric(text.at(place - 2));
            case '/' -> !Bytes.isAlphanumeric(text.at(place - 2));
            default -> text.isStart(place);
        };
    }

    private static void six(Passage text, int place, Candidates found) {
        int start = place;
        while (place - start < 4 && Bytes.isHex(text.at(start - 1))) {
            start--;
        }
        int before = text.at(start - 1);
        if (before == ':' || before == '.' || Bytes.isWord(before)) {
            return;
        }
        int position = start;
        int groups = 0;
        int digits = 0;
        boolean isShortened = false;
        while (groups < 8) {
            int groupStart = position;
            while (position - groupStart < 4 && Bytes.isHex(text.at(position))) {
                digits += Bytes.isDigit(text.at(position)) ? 1 : 0;
                position++;
            }
            if (position > groupStart) {
                groups++;
            } else if (!(position == start && text.at(position) == ':' && text.at(position + 1) == ':')) {
                break;
            }
            if (text.at(position) != ':' || groups == 8) {
                break;
            }
            if (text.at(position + 1) == ':') {
                if (isShortened) {
                    return;
                }
                isShortened = true;
                position += 2;
                if (!Bytes.isHex(text.at(position))) {
                    break;
                }
            } else if (Bytes.isHex(text.at(position + 1))) {
                position++;
            } else {
                break;
            }
        }
        int end = position;
        if (text.at(end) == '.' && groups > 1 && Bytes.isDigit(text.at(end + 1))) {
            end = text.afterDigits(end + 1, 3);
            while (text.at(end) == '.' && Bytes.isDigit(text.at(end + 1)) && end - position < 12) {
                end = text.afterDigits(end + 1, 3);
            }
            groups++;
        }
        boolean isWhole = isShortened ? groups >= 2 && groups <= 7 && (digits > 0 && groups + digits > 3) : groups == 8;
        boolean isPort = groups == 8 && !isShortened && text.at(end) == ':' && isPort(text, end + 1);
        boolean isLonger = text.at(end) == ':' && Bytes.isAlphanumeric(text.at(end + 1));
        boolean isCut = Bytes.isWord(text.at(end)) || (isLonger && !isPort);
        if (isWhole && !isCut) {
            found.add(Kinds.IP_ADDRESS, start, end, isShortened && groups < 3 ? 70 : 88);
        }
    }

    private static boolean isPort(Passage text, int place) {
        int end = text.afterDigits(place, 6);
        return end > place && end - place < 6 && !Bytes.isWord(text.at(end)) && text.at(end) != ':';
    }
}
