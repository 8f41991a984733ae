package dev.gantry.guard;

import java.util.List;

/**
 * Addresses of crypto currencies: those in base58 with a check (Bitcoin, Litecoin, Dogecoin, Dash, Tron, Ripple) and in bech32
 * (BIP 173, BIP 350, whatever currency's), both held against it; Ethereum's, which carry one only by their capitals;
 * Monero's by their length; Solana's where a word says so. Asked at codes.
 */
final class CryptoDetector extends Detector {
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final ContextWords<Boolean> ETHEREUM = ContextWords.of(
            List.of("eth", "ethereum", "wallet", "address", "erc20", "send", "to", "from", "account", "recipient"),
            List.of("tx", "hash", "txid", "transaction", "commit", "sha1", "contract"));

    private static final ContextWords<Boolean> SOLANA =
            ContextWords.of("solana", "sol", "phantom", "spl", "usdc", "wallet", "wallet address");
    private static final int BASE58_MAX = 95;
    private static final int PREFIX_MAX = 10;
    private static final int BECH32_MAX = 120;

    @Override
    void look(Passage text, int place, Candidates found) {
        int first = text.at(place);
        if (!text.isStart(place)) {
            return;
        }
        if (first == '0' && Bytes.lower(text.at(place + 1)) == 'x') {
            ethereum(text, place, found);
        } else if (!bech32(text, place, found)) {
            base58(text, place, found);
        }
    }

    private static void base58(Passage text, int place, Candidates found) {
        int end = place;
        while (end - place <= BASE58_MAX && Base58.value(text.at(end)) >= 0) {
            end++;
        }
        int length = end - place;
        if (length < 26 || !text.isEnd(end)) {
            return;
        }
        int first = text.at(place);
        if (length <= 35) {
            if (Base58.isAddress(text, place, end)) {
                found.add(Kinds.CRYPTO_ADDRESS, place, end, 99);
            }
        } else if (length == BASE58_MAX && (first == '4' || first == '8')) {
            found.add(Kinds.CRYPTO_ADDRESS, place, end, 85); // Monero's, whose check is a Keccak hash.
        } else if (length == 43 || length == 44) {
            Boolean isMeant = SOLANA.before(text, place);
            if (isMeant != null && Randomness.looksRandom(text, place, end)) {
                found.add(Kinds.CRYPTO_ADDRESS, place, end, 70);
            }
        }
    }

    private static void ethereum(Passage text, int place, Candidates found) {
        int end = place + 2;
        while (end - place < 43 && Bytes.isHex(text.at(end))) {
            end++;
        }
        if (end - place == 42 && text.isEnd(end) && !Digits.isUniform(text, place + 2, end)) {
            Boolean isMeant = ETHEREUM.before(text, place);
            found.add(Kinds.CRYPTO_ADDRESS, place, end, isMeant == null ? 80 : isMeant ? 95 : 55);
        }
    }

    /** Returns whether it begins as such an address does: a short name, the digit 1, and characters of the alphabet. */
    private static boolean bech32(Passage text, int place, Candidates found) {
        int one = place;
        while (one - place <= PREFIX_MAX && Bytes.isLetter(text.at(one))) {
            one++;
        }
        int name = one - place;
        if (name < 2 || name > PREFIX_MAX || text.at(one) != '1' || BECH32.indexOf(Bytes.lower(text.at(one + 1))) < 0) {
            return false;
        }
        int check = 1;
        for (int position = place; position < one; position++) {
            check = step(check, Bytes.lower(text.at(position)) >> 5);
        }
        check = step(check, 0);
        for (int position = place; position < one; position++) {
            check = step(check, Bytes.lower(text.at(position)) & 31);
        }
        int end = one + 1;
        while (end - place < BECH32_MAX) {
            int value = BECH32.indexOf(Bytes.lower(text.at(end)));
            if (value < 0) {
                break;
            }
            check = step(check, value);
            end++;
        }
        boolean isChecked = check == 1 || check == 0x2bc830a3;
        if (isChecked && end - one >= 20 && text.isEnd(end)) {
            found.add(Kinds.CRYPTO_ADDRESS, place, end, 99);
            return true;
        }
        return false;
    }

    private static int step(int check, int value) {
        int top = check >>> 25;
        int next = (check & 0x1ffffff) << 5 ^ value;
        for (int index = 0; index < 5; index++) {
            if ((top >> index & 1) != 0) {
                next ^= GENERATOR[index];
            }
        }
        return next;
    }
}
