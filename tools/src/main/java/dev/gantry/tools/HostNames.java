package dev.gantry.tools;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.gantry.outbound.Addresses;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** A list of hosts as the operator writes it. Immutable. */
final class HostNames {
    private static final Pattern FORM =
            Pattern.compile("(\\*\\.)?([A-Za-z0-9_.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::([0-9]{1,5}))?");

    private final List<Entry> entries;

    private record Entry(boolean below, String name, int port) {
        boolean contains(String host, int wanted) {
            boolean named = below ? host.endsWith("." + name) : host.equals(name);
            return named && (port == 0 ? wanted == 80 || wanted == 443 : wanted == port);
        }
    }

    HostNames(List<String> hosts) {
        entries =
                hosts.stream().filter(HostNames::isUsable).map(HostNames::entry).toList();
    }

    static boolean isUsable(String host) {
        Matcher matcher = FORM.matcher(host);
        return matcher.matches() && (matcher.group(3) == null || Integer.parseInt(matcher.group(3)) <= 65_535);
    }

    private static Entry entry(String host) {
        Matcher matcher = FORM.matcher(host.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(host);
        }
        String name = matcher.group(2);
        return new Entry(
                matcher.group(1) != null,
                name.startsWith("[") ? name.substring(1, name.length() - 1) : name,
                matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3)));
    }

    boolean contain(URI uri) {
        String host = Addresses.host(uri);
        int port = Addresses.port(uri);
        return entries.stream().anyMatch(entry -> entry.contains(host, port));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }
}
