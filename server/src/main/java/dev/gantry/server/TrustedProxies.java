package dev.gantry.server;

import dev.gantry.kernel.Text;
import io.vertx.core.MultiMap;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of this server, whose word counts about where a request comes from. Of the header that they write each
 * has added the address that it saw, at the end: so it is read from the end, for as long as trusted proxies speak. What stands
 * further in front a client may have made up. Immutable.
 */
final class TrustedProxies {
    /** No proxies: nobody's word counts. */
    static final TrustedProxies NONE = new TrustedProxies(List.of(), ServerSettings.ForwardedHeader.X_FORWARDED_FOR);

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]{2,39}|[0-9a-fA-F:]{2,30}:[0-9.]{7,15}");
    private static final Pattern PREFIX = Pattern.compile("[0-9]{1,3}");
    private static final Pattern PORT = Pattern.compile("(:[0-9]{1,5})?");

    private final List<Network> networks;
    private final ServerSettings.ForwardedHeader header;

    /**
     * The proxies.
     *
     * @param networks addresses, and networks such as {@code 10.0.0.0/8}
     * @param header what they write
     * @throws IllegalArgumentException if one is neither; in words for whoever wrote it
     */
    TrustedProxies(List<String> networks, ServerSettings.ForwardedHeader header) {
        this.networks = networks.stream().map(Network::parse).toList();
        this.header = header;
    }

    /** The addresses that share their first bits. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Network(byte[] first, int bits) {
        static Network parse(String text) {
            String shown = "'" + Text.shorten(text, 100) + "'";
            String[] parts = text.strip().split("/", -1);
            byte[] address = address(parts[0]);
            boolean readable = address != null
                    && (parts.length == 1
                            || (parts.length == 2 && PREFIX.matcher(parts[1]).matches()));
            int most = address == null ? 0 : address.length * Byte.SIZE;
            int bits = readable && parts.length == 2 ? Integer.parseInt(parts[1]) : most;
            if (address == null || !readable || bits > most) {
                throw new IllegalArgumentException(
                        shown + " is no address and no network: write 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32");
            }
            if (bits == 0) {
                throw new IllegalArgumentException(shown + " would believe everybody; name the proxies");
            }
            Network network = new Network(address, bits);
            if (!network.isFirst(address)) {
                throw new IllegalArgumentException(
                        shown + " begins inside of its network; write its first address before the /");
            }
            return network;
        }

        /** A network that is written with bits of a machine in it is rather a slip than meant. */
        private boolean isFirst(byte[] address) {
            for (int bit = bits; bit < address.length * Byte.SIZE; bit++) {
                if ((address[bit / Byte.SIZE] >> (7 - bit % Byte.SIZE) & 1) != 0) {
                    return false;
                }
            }
            return true;
        }

        boolean contains(byte[] address) {
            if (address.length != first.length) {
                return false;
            }
            int bytes = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(address, 0, bytes, first, 0, bytes)
                    && (rest == 0 || ((address[bytes] ^ first[bytes]) & 0xff) >>> (Byte.SIZE - rest) == 0);
        }
    }

    /**
     * Returns the address of the client: the last one in the header that is no trusted proxy's. When that is not told, or
     * cannot be read, it is the address of the proxy that should have told it.
     *
     * @param peer the address at the other end of the connection
     */
    String client(String peer, MultiMap headers) {
        byte[] speaker = networks.isEmpty() ? null : address(peer);
        if (speaker == null || !isTrusted(speaker)) {
            return peer;
        }
        String told = peer;
        for (String entry : entries(headers).reversed()) {
            byte[] address = address(host(entry));
            if (address == null) {
                return told;
            }
            told = text(address);
            if (!isTrusted(address)) {
                return told;
            }
        }
        return told;
    }

    private boolean isTrusted(byte[] address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** What proxies wrote, each its own entry, in turn. */
    private List<String> entries(MultiMap headers) {
        List<String> entries = new ArrayList<>();
        switch (header) {
            case X_FORWARDED_FOR ->
                headers.getAll("X-Forwarded-For").forEach(line -> entries.addAll(List.of(line.split(",", -1))));
            case FORWARDED ->
                headers.getAll("Forwarded")
                        .forEach(line -> split(line, ',').forEach(element -> entries.add(of(element))));
        }
        return entries;
    }

    /** Returns whom an element of {@code Forwarded} (RFC 7239, section 4) is for; empty if it does not say. */
    private static String of(String element) {
        for (String pair : split(element, ';')) {
            String stripped = pair.strip();
            if (stripped.regionMatches(true, 0, "for=", 0, 4)) {
                String value = stripped.substring(4);
                boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                return quoted ? value.substring(1, value.length() - 1) : value;
            }
        }
        return "";
    }

    /** Splits where a separator does not stand in quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int at = 0; at < text.length(); at++) {
            char letter = text.charAt(at);
            if (letter == '"') {
                quoted = !quoted;
            } else if (letter == '\\' && quoted) {
                at++;
            } else if (letter == separator && !quoted) {
                parts.add(text.substring(start, at));
                start = at + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** Returns an entry without its port, and an IPv6 address without its brackets; empty for what is neither. */
    private static String host(String entry) {
        String text = entry.strip();
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            String host = text.substring(1, bracket);
            return host.indexOf(':') >= 0
                            && PORT.matcher(text.substring(bracket + 1)).matches()
                    ? host
                    : "";
        }
        int colon = text.indexOf(':');
        boolean one = colon >= 0 && colon == text.lastIndexOf(':');
        return one && PORT.matcher(text.substring(colon)).matches() ? text.substring(0, colon) : text;
    }

    /** Returns the bytes of an address; null for what is none. Names are never looked up. */
    private static byte @Nullable [] address(String text) {
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        if (!IPV4.matcher(bare).matches()
                && !(bare.indexOf(':') >= 0 && IPV6.matcher(bare).matches())) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(bare).getAddress();
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("Only the length could be wrong", impossible);
        }
    }
}
