package dev.gantry.kernel;

import java.net.InetAddress;

/** What is counted as one client, where attempts of clients are counted. */
public final class ClientNetwork {
    private static final int NETWORK_GROUPS = 4;

    private ClientNetwork() {}

    /**
     * Returns the network that an address stands for: itself, or for IPv6 its /64, as one household or machine has a whole one.
     *
     * @param address of a client, as text; one in IPv6 that stands for one in IPv4 is this one
     * @return the same text for all of a network; what is no address stands for itself
     */
    public static String of(String address) {
        int zone = address.indexOf('%');
        byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone))
                    .getAddress();
        } catch (IllegalArgumentException unusual) {
            return address;
        }
        if (bytes.length == Integer.BYTES) {
            return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
        }
        StringBuilder network = new StringBuilder();
        for (int group = 0; group < NETWORK_GROUPS; group++) {
            int value = (bytes[2 * group] & 0xff) << 8 | (bytes[2 * group + 1] & 0xff);
            network.append(Integer.toHexString(value)).append(':');
        }
        return network.append(":/64").toString();
    }
}
