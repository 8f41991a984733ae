package dev.gantry.guard;

import java.util.List;

/**
 * Addresses of crypto currencies: Bitcoin's in base58 and in bech32 (BIP 173, BIP 350), both with their check; Ethereum's,
 * which carry one only by their capitals. Asked at codes.
 */
final class CryptoDetector implements Detector {
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final ContextWords<Boolean> ETHEREUM = ContextWords.of(
            List.of("eth", "ethereum", "wallet", "address", "erc20", "send", "to", "from", "account", "recipient"),
            List.of("tx", "hash", "txid", "transaction", "commit", "sha1", "contract"));

    @Override
    public void look(Passage text, int place, Candidates found) {
        int first = text.at(place);
        if (!text.isStart(place)) {
            return;
        }
        if (first == '1' || first == '3') {
            base58(text, place, found);
        } else if (first == '0' && Bytes.lower(text.at(place + 1)) == 'x') {
            ethereum(text, place, found);
        } else if ((first == 'b' || first == 'B')
                && Bytes.lower(text.at(place + 1)) == 'c'
                && text.at(place + 2) == '1') {
            bech32(text, place, found);
        }
    }

    private static void base58(Passage text, int place, Candidates found) {
        int end = place;
        while (end - place < 36 && Base58.value(text.at(end)) >= 0) {
            end++;
        }
        int length = end - place;
        if (length >= 26 && length <= 35 && text.isEnd(end) && Base58.isAddress(text, place, end)) {
            found.add(Kinds.CRYPTO_ADDRESS, place, end, 99);
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

    private static void bech32(Passage text, int place, Candidates found) {
        int end = place + 3;
        int check = 1;
        for (int each : new int[] {3, 3, 0, 2, 3}) {
            check = step(check, each);
        }
        while (end - place < 91) {
            int value = BECH32.indexOf(Bytes.lower(text.at(end)));
            if (value < 0) {
                break;
            }
            check = step(check, value);
            end++;
        }
        boolean isChecked = check == 1 || check == 0x2bc830a3;
        if (isChecked && end - place >= 14 && text.isEnd(end)) {
            found.add(Kinds.CRYPTO_ADDRESS, place, end, 99);
        }
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
