package dev.gantry.signin;

import com.nimbusds.jose.JWSAlgorithm;
import dev.gantry.kernel.Text;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/** The signatures that an identity provider may use: those with a public key, so that whoever verifies cannot sign. */
public enum Algorithm {
    /** RSA PKCS #1 with SHA-256. */
    RS256,
    /** RSA PKCS #1 with SHA-384. */
    RS384,
    /** RSA PKCS #1 with SHA-512. */
    RS512,
    /** RSA PSS with SHA-256. */
    PS256,
    /** RSA PSS with SHA-384. */
    PS384,
    /** RSA PSS with SHA-512. */
    PS512,
    /** ECDSA on P-256. */
    ES256,
    /** ECDSA on P-384. */
    ES384,
    /** ECDSA on P-521. */
    ES512;

    /**
     * Returns those of some names.
     *
     * @throws IllegalArgumentException if one is unknown, or a secret shared with the provider verifies it
     */
    static Set<Algorithm> named(Collection<String> names) {
        Set<Algorithm> algorithms = EnumSet.noneOf(Algorithm.class);
        for (String name : names) {
            algorithms.add(Arrays.stream(values())
                    .filter(algorithm -> algorithm.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + Text.shorten(name, 40)
                            + "' is no signature that can be taken; there are " + Arrays.toString(values()))));
        }
        return algorithms;
    }

    JWSAlgorithm jws() {
        return JWSAlgorithm.parse(name());
    }
}
