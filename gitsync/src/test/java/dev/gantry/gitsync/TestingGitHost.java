package dev.gantry.gitsync;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.gantry.testing.TestingAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/** A host of one repository that speaks git's smart HTTP, and lets in who brings a token. */
final class TestingGitHost implements AutoCloseable {
    static final String TOKEN = "token-of-the-test";

    private final HttpServer server;
    private final Repository repository;

    TestingGitHost(Repository repository) throws IOException {
        this(repository, null);
    }

    /**
     * A host.
     *
     * @param certificate what it shows over TLS; null for none of it
     */
    TestingGitHost(Repository repository, TestingAuthority.@Nullable Issued certificate) throws IOException {
        this.repository = repository;
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (certificate == null) {
            server = HttpServer.create(any, 0);
        } else {
            HttpsServer secured = HttpsServer.create(any, 0);
            secured.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
            server = secured;
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort() + "/team/library.git";
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String expected =
                    "Basic " + Base64.getEncoder().encodeToString(("git:" + TOKEN).getBytes(StandardCharsets.US_ASCII));
            if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            String path = exchange.getRequestURI().getPath();
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (path.endsWith("/info/refs")) {
                advertise(exchange, query.substring("service=".length()));
            } else {
                answer(exchange, path.substring(path.lastIndexOf('/') + 1));
            }
        } catch (RuntimeException refused) {
            throw new IOException(refused);
        }
    }

    private void advertise(HttpExchange exchange, String service) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-" + service + "-advertisement");
        exchange.sendResponseHeaders(200, 0);
        PacketLineOut lines = new PacketLineOut(exchange.getResponseBody());
        lines.writeString("# service=" + service + "\n");
        lines.end();
        PacketLineOutRefAdvertiser advertiser = new PacketLineOutRefAdvertiser(lines);
        if (service.equals("git-upload-pack")) {
            UploadPack pack = new UploadPack(repository);
            pack.setBiDirectionalPipe(false);
            pack.sendAdvertisedRefs(advertiser);
        } else {
            ReceivePack pack = new ReceivePack(repository);
            pack.setBiDirectionalPipe(false);
            pack.sendAdvertisedRefs(advertiser);
        }
    }

    private void answer(HttpExchange exchange, String service) throws IOException {
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        InputStream body = exchange.getRequestBody();
        InputStream in = packed ? new GZIPInputStream(body) : body;
        exchange.getResponseHeaders().set("Content-Type", "application/x-" + service + "-result");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        if (service.equals("git-upload-pack")) {
            UploadPack pack = new UploadPack(repository);
            pack.setBiDirectionalPipe(false);
            pack.upload(in, out, null);
        } else {
            ReceivePack pack = new ReceivePack(repository);
            pack.setBiDirectionalPipe(false);
            pack.receive(in, out, null);
        }
        out.flush();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
