package dev.gantry.gitsync;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.net.URISyntaxException;
import java.util.Locale;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/** The address of a repository, which must be of a kind that the operator allows. */
record GitAddress(URIish uri, Kind kind) {
    /** How the repository is reached. */
    enum Kind {
        HTTP,
        SSH,
        FILE
    }

    /**
     * Reads an address.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    static GitAddress parse(String written, GitSettings settings) {
        URIish uri;
        try {
            uri = new URIish(written);
        } catch (URISyntaxException malformed) {
            throw wrong("'" + shown(written) + "' is not the address of a repository");
        }
        if (uri.getPass() != null) {
            throw wrong("an address holds no password; name the token in git.hosts." + uri.getHost() + ".token");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "https" -> withHost(uri, Kind.HTTP, written);
            case "http" -> {
                if (!settings.allowHttp()) {
                    throw wrong("'" + shown(written) + "' is not protected; use https://, or set git.allow_http");
                }
                yield withHost(uri, Kind.HTTP, written);
            }
            case "ssh" -> withHost(uri, Kind.SSH, written);
            case "" -> {
                if (written.contains("::")) {
                    throw wrong("'" + shown(written) + "' names a program and no repository");
                }
                if (uri.getHost() == null) {
                    throw wrong("'" + shown(written) + "' is a path; write file:// and set git.allow_file_urls");
                }
                yield new GitAddress(uri, Kind.SSH);
            }
            case "file" -> {
                if (!settings.allowFileUrls()) {
                    throw wrong("file:// addresses are not allowed here (setting git.allow_file_urls)");
                }
                yield new GitAddress(uri, Kind.FILE);
            }
            default -> throw wrong("'" + shown(written) + "' must begin with https:// or ssh://, or be user@host:path");
        };
    }

    private static GitAddress withHost(URIish uri, Kind kind, String written) {
        if (uri.getHost() == null || uri.getHost().isEmpty() || uri.getHost().startsWith("-")) {
            throw wrong("'" + shown(written) + "' names no host");
        }
        return new GitAddress(uri, kind);
    }

    /** Returns the settings of the host; null when there are none. */
    @Nullable
    GitHostSettings host(GitSettings settings) {
        return uri.getHost() == null ? null : settings.hosts().get(uri.getHost());
    }

    private static String shown(String written) {
        return dev.gantry.kernel.Text.shorten(written, 120);
    }

    private static GantryException wrong(String problem) {
        return new GantryException(ErrorCode.INVALID_CONFIGURATION, problem);
    }
}
