package dev.gantry.outbound;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Tells addresses of the public internet from all others: private networks, the machine itself, link-local addresses
 * (with the metadata services of clouds), carrier-grade NAT, documentation, multicast and what is reserved.
 *
 * <p>Sources: the IANA registries of special-purpose IPv4 and IPv6 addresses (RFC 6890). Of IPv6 only global unicast
 * (2000::/3) is public, without the blocks that carry an IPv4 address inside (6to4, Teredo) and so could lead back into a
 * private network.
 */
public final class PublicAddresses {
    private static final List<Block> IPV4_SPECIAL = List.of(
            Block.of("0.0.0.0", 8),
            Block.of("10.0.0.0", 8),
            Block.of("100.64.0.0", 10),
            Block.of("127.0.0.0", 8),
            Block.of("169.254.0.0", 16),
            Block.of("172.16.0.0", 12),
            Block.of("192.0.0.0", 24),
            Block.of("192.0.2.0", 24),
            Block.of("192.31.196.0", 24),
            Block.of("192.52.193.0", 24),
            Block.of("192.88.99.0", 24),
            Block.of("192.168.0.0", 16),
            Block.of("192.175.48.0", 24),
            Block.of("198.18.0.0", 15),
            Block.of("198.51.100.0", 24),
            Block.of("203.0.113.0", 24),
            Block.of("224.0.0.0", 4),
            Block.of("240.0.0.0", 4));

    private static final Block IPV6_GLOBAL = Block.of("2000::", 3);

    private static final List<Block> IPV6_SPECIAL =
            List.of(Block.of("2001::", 23), Block.of("2001:db8::", 32), Block.of("2002::", 16), Block.of("3fff::", 20));

    private PublicAddresses() {}

    /** Returns whether an address is one of the public internet. IPv4 addresses in IPv6 form count as IPv4. */
    public static boolean contain(InetAddress address) {
        return switch (address) {
            case Inet4Address ipv4 -> IPV4_SPECIAL.stream().noneMatch(block -> block.contains(ipv4));
            case Inet6Address ipv6 ->
                IPV6_GLOBAL.contains(ipv6) && IPV6_SPECIAL.stream().noneMatch(block -> block.contains(ipv6));
            default -> false;
        };
    }

    /** The addresses that share their first bits. */
    private record Block(BigInteger first, int addressBits, int prefixBits) {
        static Block of(String address, int prefixBits) {
            try {
                byte[] bytes = InetAddress.getByName(address).getAddress();
                return new Block(new BigInteger(1, bytes), bytes.length * 8, prefixBits);
            } catch (UnknownHostException impossible) {
                throw new IllegalArgumentException(address, impossible);
            }
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            int shift = addressBits - prefixBits;
            return bytes.length * 8 == addressBits
                    && new BigInteger(1, bytes).shiftRight(shift).equals(first.shiftRight(shift));
        }
    }
}
