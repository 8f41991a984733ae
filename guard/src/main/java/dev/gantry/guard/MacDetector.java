package dev.gantry.guard;

/**
 * Hardware addresses of network interfaces: six pairs of hexadecimal digits divided by colons or hyphens, or three groups
 * of four divided by full stops. Longer rows are fingerprints. Asked at these signs.
 */
final class MacDetector extends Detector {
    @Override
    void look(Passage text, int place, Candidates found) {
        int sign = text.at(place);
        int size = sign == '.' ? 4 : 2;
        int groups = sign == '.' ? 3 : 6;
        int start = place - size;
        for (int position = start; position < place; position++) {
            if (!Bytes.isHex(text.at(position))) {
                return;
            }
        }
        int before = text.at(start - 1);
        if (Bytes.isWord(before) || before == sign) {
            return;
        }
        int letters = 0;
        int different = 0;
        int end = start + groups * (size + 1) - 1;
        for (int position = start; position < end; position++) {
            int each = text.at(position);
            boolean isSign = (position - start) % (size + 1) == size;
            if (isSign ? each != sign : !Bytes.isHex(each)) {
                return;
            }
            letters += Bytes.isLetter(each) ? 1 : 0;
            different |= isSign ? 0 : each ^ text.at(start);
        }
        int after = text.at(end);
        if (different == 0 || Bytes.isWord(after) || (after == sign && Bytes.isHex(text.at(end + 1)))) {
            return;
        }
        int sure = letters > 0 ? 92 : sign == ':' ? 85 : sign == '-' ? 60 : 30;
        found.add(Kinds.MAC_ADDRESS, start, end, sure);
    }
}
