package dev.gantry.outbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Calls addresses. A host name is resolved once; if any of its addresses is not permitted, the call is refused; otherwise the
 * connection goes to one of the addresses that were checked, not to the name, so that a name which resolves differently a
 * moment later (DNS rebinding) gains nothing. This is why it speaks HTTP/1.1 over its own socket: the JDK's client resolves
 * names by itself. Redirects are the caller's, who checks them like the first address. Proxies are not used. Thread-safe,
 * blocking; a thread that is interrupted while it waits ends the call with an {@link IOException}.
 */
public final class OutboundHttp {
    private final Resolver resolver;
    private final SSLSocketFactory tls;

    /** Finds the addresses of a host. */
    @FunctionalInterface
    public interface Resolver {
        /** Returns all addresses of a name. */
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** A host has an address that may not be reached. */
    public static final class AddressNotPermittedException extends IOException {
        private static final long serialVersionUID = 1;

        AddressNotPermittedException() {
            super("one of the host's addresses may not be reached");
        }
    }

    /** A client that finds addresses as the machine does. */
    public OutboundHttp() {
        this(InetAddress::getAllByName);
    }

    /** A client that finds addresses in another way. */
    public OutboundHttp(Resolver resolver) {
        this(resolver, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /**
     * A client that finds addresses in another way, and has its own idea of whom to trust.
     *
     * @param tls makes connections over TLS, such as {@link TrustedAuthorities} does
     */
    public OutboundHttp(Resolver resolver, SSLSocketFactory tls) {
        this.resolver = resolver;
        this.tls = tls;
    }

    /**
     * Sends a request and returns the head of the answer, whose body is still to be read. To be closed.
     *
     * @param permitted which addresses may be reached
     * @param bodyBytesMax most bytes of the answer's body
     * @throws UnknownHostException if there is no such host
     * @throws AddressNotPermittedException if an address of the host may not be reached; nothing was sent
     * @throws java.net.SocketTimeoutException if it takes too long
     * @throws IOException if it fails otherwise
     */
    public OutboundReply send(
            OutboundRequest request, Predicate<InetAddress> permitted, Deadline deadline, long bodyBytesMax)
            throws IOException {
        URI uri = request.uri();
        String host = Addresses.host(uri);
        InetAddress[] addresses = resolver.resolve(host);
        for (InetAddress address : addresses) {
            if (!permitted.test(address)) {
                throw new AddressNotPermittedException();
            }
        }
        int port = Addresses.port(uri);
        Socket plain = connect(addresses, port, deadline);
        try {
            Socket socket = uri.getScheme().equals("https") ? secured(plain, host, port, deadline) : plain;
            return OutboundReply.of(socket, request, deadline, bodyBytesMax);
        } catch (IOException | RuntimeException failure) {
            plain.close();
            throw failure;
        }
    }

    /** Connects to the first of the checked addresses that answers. */
    private static Socket connect(InetAddress[] addresses, int port, Deadline deadline) throws IOException {
        IOException failure = new UnknownHostException("no address");
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), deadline.remainingMs());
                socket.setTcpNoDelay(true);
                return socket;
            } catch (IOException failed) {
                socket.close();
                failure = failed;
            }
        }
        throw failure;
    }

    /** Speaks TLS over a connection and insists on a certificate for the host's name. */
    private Socket secured(Socket plain, String host, int port, Deadline deadline) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(deadline.remainingMs());
        socket.startHandshake();
        return socket;
    }
}
