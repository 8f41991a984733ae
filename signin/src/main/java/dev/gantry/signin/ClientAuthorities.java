package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who vouches for clients, and what they took back, as the files were at one moment. Immutable.
 *
 * @param anchors the authorities
 * @param lists their revocation lists
 * @param generation another one for each content of the files
 */
record ClientAuthorities(Set<TrustAnchor> anchors, List<X509CRL> lists, long generation, FileContents files) {
    private static final int BYTES_MAX = 64 * 1024 * 1024;

    ClientAuthorities {
        anchors = Set.copyOf(anchors);
        lists = List.copyOf(lists);
    }

    /** The bytes of all files, to be compared. */
    static final class FileContents {
        private final List<byte[]> contents;

        private FileContents(List<byte[]> contents) {
            this.contents = contents;
        }

        boolean isSameAs(@Nullable FileContents other) {
            if (other == null || other.contents.size() != contents.size()) {
                return false;
            }
            for (int index = 0; index < contents.size(); index++) {
                if (!Arrays.equals(contents.get(index), other.contents.get(index))) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Reads the files' bytes.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if one cannot be read
     */
    static FileContents contents(MtlsSettings settings) {
        List<byte[]> contents = new ArrayList<>();
        settings.caFiles().forEach(file -> contents.add(bytes(file)));
        settings.crlFiles().forEach(file -> contents.add(bytes(file)));
        return new FileContents(contents);
    }

    private static byte[] bytes(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw unusable(file, "is no file");
            }
            try (InputStream content = Files.newInputStream(file)) {
                byte[] bytes = content.readNBytes(BYTES_MAX + 1);
                if (bytes.length > BYTES_MAX) {
                    throw unusable(file, "is larger than 64 MiB");
                }
                return bytes;
            }
        } catch (IOException unreadable) {
            throw unusable(file, "cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    /**
     * Makes sense of the files.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if one holds something else than it should
     */
    static ClientAuthorities of(MtlsSettings settings, FileContents files, long generation) {
        Set<TrustAnchor> anchors = new LinkedHashSet<>();
        List<X509CRL> lists = new ArrayList<>();
        int authorities = settings.caFiles().size();
        for (int index = 0; index < files.contents.size(); index++) {
            byte[] bytes = files.contents.get(index);
            if (index < authorities) {
                anchors.addAll(anchors(settings.caFiles().get(index), bytes));
            } else {
                lists.addAll(lists(settings.crlFiles().get(index - authorities), bytes));
            }
        }
        return new ClientAuthorities(anchors, lists, generation, files);
    }

    private static List<TrustAnchor> anchors(Path file, byte[] bytes) {
        try {
            List<TrustAnchor> anchors = new ArrayList<>();
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
                anchors.add(new TrustAnchor((X509Certificate) certificate, null));
            }
            if (anchors.isEmpty()) {
                throw unusable(file, "holds no certificate");
            }
            return anchors;
        } catch (GeneralSecurityException malformed) {
            throw unusable(file, "holds no certificates in PEM form");
        }
    }

    private static List<X509CRL> lists(Path file, byte[] bytes) {
        try {
            List<X509CRL> lists = new ArrayList<>();
            for (CRL list : CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes))) {
                X509CRL read = (X509CRL) list;
                if (read.getNextUpdate() == null) {
                    throw unusable(file, "has a list that does not say until when it is in force");
                }
                lists.add(read);
            }
            if (lists.isEmpty()) {
                throw unusable(file, "holds no revocation list");
            }
            return lists;
        } catch (GeneralSecurityException malformed) {
            throw unusable(file, "holds no revocation list");
        }
    }

    private static GantryException unusable(Path file, String what) {
        return new GantryException(ErrorCode.INVALID_CONFIGURATION, "The file " + file + " " + what);
    }

    /** Returns the lists that are in force at a moment. */
    List<X509CRL> listsAt(Instant now) {
        return lists.stream()
                .filter(list -> !list.getThisUpdate().toInstant().isAfter(now)
                        && list.getNextUpdate().toInstant().isAfter(now))
                .toList();
    }
}
