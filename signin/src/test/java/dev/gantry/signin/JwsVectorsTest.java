package dev.gantry.signin;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokens that are right and tokens that are wrong in one way each, after the manner of Project Wycheproof: signed here by the
 * JDK alone, verified as those of an issuer that may use RS256, PS256 and ES256.
 */
class JwsVectorsTest {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final BigInteger ORDER_P256 =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    private static final PSSParameterSpec PSS = pss(32);

    private static RSAKey rsa;
    private static RSAKey encrypting;
    private static RSAKey otherUse;
    private static RSAKey otherAlgorithm;
    private static RSAKey unknown;
    private static ECKey p256;
    private static ECKey p384;
    private static TestingProvider provider;
    private static TokenVerifier verifier;

    /** A token, and whether it is to be taken. */
    record Vector(String what, boolean valid, String token) {
        static Vector valid(String what, String token) {
            return new Vector(what, true, token);
        }

        static Vector invalid(String what, String token) {
            return new Vector(what, false, token);
        }

        @Override
        public String toString() {
            return (valid ? "valid: " : "invalid: ") + what;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        rsa = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        encrypting = new RSAKeyGenerator(2_048)
                .keyID("rsa-enc")
                .keyUse(KeyUse.ENCRYPTION)
                .generate();
        otherUse = new RSAKey.Builder(rsa)
                .keyID("rsa-wrap")
                .keyOperations(Set.of(KeyOperation.WRAP_KEY))
                .build();
        otherAlgorithm = new RSAKey.Builder(rsa)
                .keyID("rsa-512")
                .algorithm(com.nimbusds.jose.JWSAlgorithm.RS512)
                .build();
        unknown = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        p256 = new ECKeyGenerator(Curve.P_256).keyID("p256").generate();
        p384 = new ECKeyGenerator(Curve.P_384).keyID("p384").generate();
        provider = TestingProvider.start();
        List<JWK> keys = new ArrayList<>();
        for (JWK key : List.of(rsa, encrypting, otherUse, otherAlgorithm, p256, p384)) {
            keys.add(key.toPublicJWK());
        }
        keys.add(new OctetSequenceKey.Builder("not so secret".getBytes(StandardCharsets.US_ASCII))
                .keyID("oct")
                .build());
        provider.keys = new JWKSet(keys).toString(false);
        verifier = new TokenVerifier(
                provider.issuer(),
                Set.of(TestingProvider.CLIENT),
                Algorithm.named(List.of("RS256", "PS256", "ES256")),
                Duration.ofSeconds(60),
                new SigningKeys(provider::keysAddress, new Fetcher(), System::nanoTime),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void close() {
        provider.close();
    }

    static Stream<Vector> vectors() {
        return Stream.of(
                        good(), algorithms(), rsaSignatures(), ecdsaSignatures(), keys(), headers(), claims(), shapes())
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void shouldTakeWhatIsRightAndNothingElse(Vector vector) {
        String taken;
        try {
            taken = verifier.verify(vector.token(), Set.of("jwt", "at+jwt"))
                    .json()
                    .path("sub")
                    .asText();
        } catch (GantryException refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            taken = "";
        }
        assertThat(taken).isEqualTo(vector.valid() ? "alice-1" : "");
    }

    private static List<Vector> good() {
        return List.of(
                Vector.valid("RS256", rs256("{'alg':'RS256','kid':'rsa','typ':'JWT'}", claims(""))),
                Vector.valid("no key id", rs256("{'alg':'RS256'}", claims(""))),
                Vector.valid("type of access tokens", rs256("{'alg':'RS256','kid':'rsa','typ':'at+JWT'}", claims(""))),
                Vector.valid(
                        "type by its whole name",
                        rs256("{'alg':'RS256','kid':'rsa','typ':'application/at+jwt'}", claims(""))),
                Vector.valid("spaces in the header", rs256("{ 'alg' : 'RS256' ,\n 'kid' : 'rsa' }", claims(""))),
                Vector.valid("PS256", signed("{'alg':'PS256','kid':'rsa'}", "RSASSA-PSS", PSS, key(rsa))),
                Vector.valid("ES256", es256(es256())),
                Vector.valid("ES256, r begins with zeros", es256(withLeadingZero())),
                Vector.valid("ES256, the other s", es256(otherS())),
                Vector.valid("several audiences", rs256(claims("'aud':['other','gantry']"))),
                Vector.valid("times with fractions, as the RFC has them", rs256(claims("'exp':" + SECOND + ".75"))),
                Vector.valid("an end within the skew", rs256(claims("'exp':" + (SECOND - 59)))),
                Vector.valid("a beginning within the skew", rs256(claims("'nbf':" + (SECOND + 60)))));
    }

    private static List<Vector> algorithms() {
        List<Vector> vectors = new ArrayList<>();
        for (String none : List.of("none", "None", "NONE", "nOnE", "", " none")) {
            String unsigned = unsigned("{'alg':'" + none + "','kid':'rsa'}", claims(""));
            vectors.add(Vector.invalid("alg '" + none + "' without signature", unsigned + "."));
            vectors.add(Vector.invalid(
                    "alg '" + none + "' with a signature", unsigned + "." + lastPart(rs256(claims("")))));
        }
        for (String other :
                List.of("RS384", "RS512", "PS384", "ES384", "ES512", "ES256K", "EdDSA", "rs256", "RS256 ", "RSA1_5")) {
            vectors.add(Vector.invalid("alg " + other, rs256("{'alg':'" + other + "','kid':'rsa'}", claims(""))));
        }
        for (String value : List.of("256", "null", "true", "['RS256']", "{'RS256':1}")) {
            vectors.add(Vector.invalid("alg is " + value, rs256("{'alg':" + value + ",'kid':'rsa'}", claims(""))));
        }
        vectors.add(Vector.invalid("no alg", rs256("{'kid':'rsa'}", claims(""))));
        vectors.add(Vector.invalid("alg twice", rs256("{'alg':'RS256','alg':'RS256','kid':'rsa'}", claims(""))));
        vectors.add(
                Vector.invalid("alg twice, once none", rs256("{'alg':'none','kid':'rsa','alg':'RS256'}", claims(""))));
        for (String algorithm : List.of("HS256", "HS384", "HS512")) {
            vectors.add(Vector.invalid(algorithm + " by the public key as DER", mac(algorithm, "rsa", publicKey(rsa))));
            vectors.add(Vector.invalid(
                    algorithm + " by the public key as PEM",
                    mac(
                            algorithm,
                            "rsa",
                            ("-----BEGIN PUBLIC KEY-----\n"
                                            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                                    .encodeToString(publicKey(rsa))
                                            + "\n-----END PUBLIC KEY-----\n")
                                    .getBytes(StandardCharsets.US_ASCII))));
            vectors.add(Vector.invalid(
                    algorithm + " by the public key as JWK",
                    mac(algorithm, "rsa", rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))));
            vectors.add(Vector.invalid(
                    algorithm + " by a shared key of the set",
                    mac(algorithm, "oct", "not so secret".getBytes(StandardCharsets.US_ASCII))));
        }
        return vectors;
    }

    private static List<Vector> rsaSignatures() {
        String good = rs256(claims(""));
        byte[] signature = Base64.getUrlDecoder().decode(lastPart(good));
        BigInteger modulus = rsa.getModulus().decodeToBigInteger();
        byte[] plusModulus = new BigInteger(1, signature).add(modulus).toByteArray();
        return List.of(
                Vector.invalid("no signature", replaced(good, new byte[0])),
                Vector.invalid("signature cut by a byte", replaced(good, Arrays.copyOf(signature, 255))),
                Vector.invalid("signature with a byte more", replaced(good, Arrays.copyOf(signature, 257))),
                Vector.invalid("zeros before the signature", replaced(good, join(new byte[2], signature))),
                Vector.invalid("zeros", replaced(good, new byte[256])),
                Vector.invalid("one", replaced(good, bytes(BigInteger.ONE, 256))),
                Vector.invalid("modulus less one", replaced(good, bytes(modulus.subtract(BigInteger.ONE), 256))),
                Vector.invalid("signature and modulus", replaced(good, plusModulus)),
                Vector.invalid("a bit turned", replaced(good, flipped(signature))),
                Vector.invalid(
                        "signed by another key of the same name",
                        signed("{'alg':'RS256','kid':'rsa'}", "SHA256withRSA", null, key(unknown))),
                Vector.invalid("SHA-1", signed("{'alg':'RS256','kid':'rsa'}", "SHA1withRSA", null, key(rsa))),
                Vector.invalid("SHA-512", signed("{'alg':'RS256','kid':'rsa'}", "SHA512withRSA", null, key(rsa))),
                Vector.invalid(
                        "PSS called PKCS #1", signed("{'alg':'RS256','kid':'rsa'}", "RSASSA-PSS", PSS, key(rsa))),
                Vector.invalid(
                        "PKCS #1 called PSS", signed("{'alg':'PS256','kid':'rsa'}", "SHA256withRSA", null, key(rsa))),
                Vector.invalid(
                        "PSS without salt", signed("{'alg':'PS256','kid':'rsa'}", "RSASSA-PSS", pss(0), key(rsa))),
                Vector.invalid(
                        "PSS with other salt", signed("{'alg':'PS256','kid':'rsa'}", "RSASSA-PSS", pss(20), key(rsa))));
    }

    private static List<Vector> ecdsaSignatures() {
        byte[] good = es256();
        byte[] r = Arrays.copyOf(good, 32);
        byte[] s = Arrays.copyOfRange(good, 32, 64);
        byte[] order = bytes(ORDER_P256, 32);
        List<Vector> vectors = new ArrayList<>(List.of(
                Vector.invalid("no signature", es256(new byte[0])),
                Vector.invalid("zeros", es256(new byte[64])),
                Vector.invalid("r is zero", es256(join(new byte[32], s))),
                Vector.invalid("s is zero", es256(join(r, new byte[32]))),
                Vector.invalid("r is the order", es256(join(order, s))),
                Vector.invalid("s is the order", es256(join(r, order))),
                Vector.invalid("both are the order", es256(join(order, order))),
                Vector.invalid("both are one", es256(join(bytes(BigInteger.ONE, 32), bytes(BigInteger.ONE, 32)))),
                Vector.invalid("all ones", es256(filled(64))),
                Vector.invalid("r and s the other way round", es256(join(s, r))),
                Vector.invalid("cut by a byte", es256(Arrays.copyOf(good, 63))),
                Vector.invalid("cut in half", es256(r)),
                Vector.invalid("a byte more", es256(Arrays.copyOf(good, 65))),
                Vector.invalid(
                        "padded to the size of P-384", es256(join(join(new byte[16], r), join(new byte[16], s)))),
                Vector.invalid("a bit turned", es256(flipped(good))),
                Vector.invalid("DER", es256(der(good))),
                Vector.invalid(
                        "P-384 called ES256",
                        signed("{'alg':'ES256','kid':'p384'}", "SHA256withECDSAinP1363Format", null, key(p384))),
                Vector.invalid(
                        "P-256 called ES384",
                        signed("{'alg':'ES384','kid':'p256'}", "SHA384withECDSAinP1363Format", null, key(p256))),
                Vector.invalid(
                        "SHA-512",
                        signed("{'alg':'ES256','kid':'p256'}", "SHA512withECDSAinP1363Format", null, key(p256)))));
        vectors.add(Vector.invalid(
                "for other claims", replaced(es256(good), es256Over("{'alg':'ES256','kid':'p256'}", "{}"))));
        return vectors;
    }

    private static List<Vector> keys() {
        return List.of(
                Vector.invalid(
                        "a key for encryption",
                        signed("{'alg':'RS256','kid':'rsa-enc'}", "SHA256withRSA", null, key(encrypting))),
                Vector.invalid(
                        "a key for wrapping keys",
                        signed("{'alg':'RS256','kid':'rsa-wrap'}", "SHA256withRSA", null, key(otherUse))),
                Vector.invalid(
                        "a key of another algorithm",
                        signed("{'alg':'RS256','kid':'rsa-512'}", "SHA256withRSA", null, key(otherAlgorithm))),
                Vector.invalid("RS256 by an elliptic key", rs256("{'alg':'RS256','kid':'p256'}", claims(""))),
                Vector.invalid(
                        "ES256 by an RSA key",
                        signed("{'alg':'ES256','kid':'rsa'}", "SHA256withECDSAinP1363Format", null, key(p256))),
                Vector.invalid("a name that no key has", rs256("{'alg':'RS256','kid':'../rsa'}", claims(""))),
                Vector.invalid("the name in other case", rs256("{'alg':'RS256','kid':'RSA'}", claims(""))),
                Vector.invalid("an empty name", rs256("{'alg':'RS256','kid':''}", claims(""))),
                Vector.invalid("a name that is a number", rs256("{'alg':'RS256','kid':1}", claims(""))),
                Vector.invalid("a name that is null", rs256("{'alg':'RS256','kid':null}", claims(""))),
                Vector.invalid(
                        "a name of 257 letters", rs256("{'alg':'RS256','kid':'" + "k".repeat(257) + "'}", claims(""))),
                Vector.invalid(
                        "a key that the token brings",
                        signed(
                                "{'alg':'RS256','jwk':" + unknown.toPublicJWK().toJSONString() + "}",
                                "SHA256withRSA",
                                null,
                                key(unknown))));
    }

    private static List<Vector> headers() {
        List<Vector> vectors = new ArrayList<>();
        for (String more : List.of(
                "'crit':['exp']",
                "'crit':[]",
                "'crit':null",
                "'crit':['b64'],'b64':false",
                "'b64':true",
                "'b64':false",
                "'zip':'DEF'",
                "'typ':'logout+jwt'",
                "'typ':'dpop+jwt'",
                "'typ':''",
                "'typ':1",
                "'typ':null",
                "'kid':'rsa'")) {
            vectors.add(Vector.invalid(
                    "header with " + more, rs256("{'alg':'RS256','kid':'rsa'," + more + "}", claims(""))));
        }
        for (String header : List.of(
                "",
                "[]",
                "null",
                "'RS256'",
                "{}",
                "{'alg':'RS256'",
                "{'alg':'RS256'}{}",
                "{'alg':'RS256',}",
                "{alg:'RS256'}",
                "\uFEFF{'alg':'RS256'}",
                "{'alg':'RS256'}\u0000",
                "{'\u0000':1,'alg':'RS256'} x")) {
            vectors.add(Vector.invalid("header " + header, rs256(header, claims(""))));
        }
        return vectors;
    }

    private static List<Vector> claims() {
        List<Vector> vectors = new ArrayList<>();
        for (String wrong : List.of(
                "'exp':" + (SECOND - 60),
                "'exp':0",
                "'exp':-1",
                "'exp':-9223372036854775808",
                "'exp':9223372036854775807",
                "'exp':9223372036854775808",
                "'exp':1e30",
                "'exp':1e400",
                "'exp':1e-400",
                "'exp':1e999999999",
                "'exp':NaN",
                "'exp':Infinity",
                "'exp':'" + (SECOND + 300) + "'",
                "'exp':null",
                "'exp':true",
                "'exp':[" + (SECOND + 300) + "]",
                "'exp':0x7fffffff",
                "'exp':+" + (SECOND + 300),
                "'nbf':" + (SECOND + 61),
                "'nbf':-1",
                "'nbf':'0'",
                "'nbf':1e400",
                "'iat':" + (SECOND + 61),
                "'iat':-1",
                "'iat':'" + SECOND + "'",
                "'iat':1e400",
                "'aud':'other'",
                "'aud':[]",
                "'aud':null",
                "'aud':''",
                "'aud':'gantry '",
                "'aud':'GANTRY'",
                "'aud':['gantry',1]",
                "'aud':[['gantry']]",
                "'aud':{'gantry':'gantry'}",
                "'iss':'https://evil.example'",
                "'iss':''",
                "'iss':null",
                "'iss':['" + provider.issuer() + "']",
                "'iss':'" + provider.issuer() + "/'")) {
            vectors.add(Vector.invalid("claim " + wrong, rs256(claims(wrong))));
        }
        for (String twice : List.of("sub", "exp", "aud", "iss", "iat")) {
            String claims = claims("");
            int start = claims.indexOf("'" + twice + "'");
            int end = claims.indexOf(",'", start);
            vectors.add(Vector.invalid(
                    "claim " + twice + " twice", rs256(claims.substring(0, end) + "," + claims.substring(start))));
        }
        vectors.add(Vector.invalid(
                "claim spelt by an escape, twice", rs256(claims("").replace("{", "{'\\u0073ub':'admin','sub':'x',"))));
        for (String payload : List.of(
                "",
                "[]",
                "null",
                "1",
                "'text'",
                "{",
                claims("") + "{}",
                claims("").replace("}", ",}"),
                "[" + claims("") + "]",
                "{'a':".repeat(3_000) + "1" + "}".repeat(3_000))) {
            vectors.add(Vector.invalid(
                    "payload " + payload.substring(0, Math.min(20, payload.length())), rs256(payload)));
        }
        return vectors;
    }

    private static List<Vector> shapes() {
        String good = rs256(claims(""));
        String[] parts = good.split("\\.");
        return List.of(
                Vector.invalid("nothing", ""),
                Vector.invalid("dots", ".."),
                Vector.invalid("two parts", parts[0] + "." + parts[1]),
                Vector.invalid("four parts", good + "."),
                Vector.invalid("five parts, as encrypted ones have", good + ".." + parts[2]),
                Vector.invalid(
                        "JSON",
                        "{\"payload\":\"" + parts[1] + "\",\"protected\":\"" + parts[0] + "\",\"signature\":\""
                                + parts[2] + "\"}"),
                Vector.invalid("a space before", " " + good),
                Vector.invalid("a line after", good + "\n"),
                Vector.invalid("padding", good + "="),
                Vector.invalid("padding inside", parts[0] + "=." + parts[1] + "." + parts[2]),
                Vector.invalid(
                        "letters of plain base64", parts[0] + "." + parts[1] + "." + "+" + parts[2].substring(1)),
                Vector.invalid(
                        "a line within the signature",
                        parts[0] + "." + parts[1] + "." + parts[2].substring(0, 64) + "\n" + parts[2].substring(64)),
                Vector.invalid(
                        "unused bits set",
                        good.substring(0, good.length() - 1) + (char) (good.charAt(good.length() - 1) + 1)),
                Vector.invalid(
                        "the payload of another token",
                        parts[0] + "." + rs256(claims("'x':1")).split("\\.")[1] + "." + parts[2]),
                Vector.invalid(
                        "the header of another token",
                        es256(es256()).split("\\.")[0] + "." + parts[1] + "." + parts[2]));
    }

    /** Claims that are right, of which one is replaced or added; in single quotes. */
    private static String claims(String other) {
        String name = other.isEmpty() ? "" : other.substring(1, other.indexOf('\'', 1));
        StringBuilder all = new StringBuilder("{");
        for (String claim : List.of(
                "'iss':'" + provider.issuer() + "'",
                "'aud':'gantry'",
                "'sub':'alice-1'",
                "'iat':" + SECOND,
                "'exp':" + (SECOND + 300))) {
            all.append(claim.startsWith("'" + name + "'") ? other : claim).append(',');
        }
        boolean isNew = !other.isEmpty() && all.indexOf(other) < 0;
        return all + (isNew ? other : "'end':0") + "}";
    }

    private static String rs256(String claims) {
        return rs256("{'alg':'RS256','kid':'rsa'}", claims);
    }

    private static String rs256(String header, String claims) {
        String unsigned = unsigned(header, claims);
        return unsigned + "." + BASE64.encodeToString(signature("SHA256withRSA", null, key(rsa), unsigned));
    }

    private static String signed(
            String header, String algorithm, @Nullable AlgorithmParameterSpec parameters, PrivateKey key) {
        String unsigned = unsigned(header, claims(""));
        return unsigned + "." + BASE64.encodeToString(signature(algorithm, parameters, key, unsigned));
    }

    private static byte[] es256() {
        return es256Over("{'alg':'ES256','kid':'p256'}", claims(""));
    }

    private static byte[] es256Over(String header, String claims) {
        return signature("SHA256withECDSAinP1363Format", null, key(p256), unsigned(header, claims));
    }

    private static String es256(byte[] signature) {
        return unsigned("{'alg':'ES256','kid':'p256'}", claims("")) + "." + BASE64.encodeToString(signature);
    }

    private static byte[] withLeadingZero() {
        byte[] signature = es256();
        while (signature[0] != 0) {
            signature = es256();
        }
        return signature;
    }

    /** Every ECDSA signature has a second form, which no standard of JWS forbids. */
    private static byte[] otherS() {
        byte[] signature = es256();
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
        return join(Arrays.copyOf(signature, 32), bytes(ORDER_P256.subtract(s), 32));
    }

    private static byte[] der(byte[] pair) {
        byte[] r = new BigInteger(1, Arrays.copyOf(pair, 32)).toByteArray();
        byte[] s = new BigInteger(1, Arrays.copyOfRange(pair, 32, 64)).toByteArray();
        byte[] both = join(join(new byte[] {2, (byte) r.length}, r), join(new byte[] {2, (byte) s.length}, s));
        return join(new byte[] {0x30, (byte) both.length}, both);
    }

    private static String mac(String algorithm, String keyId, byte[] secret) {
        String name = "HmacSHA" + algorithm.substring(2);
        String unsigned = unsigned("{'alg':'" + algorithm + "','kid':'" + keyId + "'}", claims(""));
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(secret, name));
            return unsigned + "." + BASE64.encodeToString(mac.doFinal(unsigned.getBytes(StandardCharsets.US_ASCII)));
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] signature(
            String algorithm, @Nullable AlgorithmParameterSpec parameters, PrivateKey key, String text) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            if (parameters != null) {
                signature.setParameter(parameters);
            }
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static PrivateKey key(JWK key) {
        try {
            return key instanceof RSAKey pair ? pair.toPrivateKey() : ((ECKey) key).toPrivateKey();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] publicKey(RSAKey key) {
        try {
            return key.toPublicKey().getEncoded();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static PSSParameterSpec pss(int saltBytes) {
        return new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, saltBytes, 1);
    }

    private static String unsigned(String header, String claims) {
        return encoded(header) + "." + encoded(claims);
    }

    private static String encoded(String json) {
        return BASE64.encodeToString(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String replaced(String token, byte[] signature) {
        return token.substring(0, token.lastIndexOf('.') + 1) + BASE64.encodeToString(signature);
    }

    private static String lastPart(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }

    private static byte[] bytes(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int count = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
        return fixed;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xff);
        return bytes;
    }

    private static byte[] flipped(byte[] bytes) {
        byte[] other = bytes.clone();
        other[other.length / 2] ^= 1;
        return other;
    }
}
